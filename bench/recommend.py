"""How fast are filtered top-k lists, beside implicit's own, numpy's and the bare matrix product, in the same run?

Synthetic factors: users x items with 64 factors, each user with 160 seen items that are filtered out. Rates are the
best of the repeats, which alternate so that a busy machine slows all of them alike. Shelduck scores shard by shard,
as a day does; its memory is measured first, before anything else has made the process grow.

    python -m bench.recommend [--users 100000] [--items 20000] [--k 50] [--repeats 3] [--memory-budget 512MB]
"""

from __future__ import annotations

import argparse
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ByteSize, TypeAdapter
from rich.console import Console
from rich.table import Table
from scipy import sparse

from ml.recommend.core.best import Top
from ml.recommend.core.products import Products, on_grid
from ml.recommend.core.topk import Limits, Mask, blocks, top_k

FACTORS = 64
SEEN = 160
PIECE = 10_000
GATE, AMBITION = 1.5, 2.0
OURS, THEIRS, PRODUCT = "shelduck, filtered", "implicit, filtered", "matrix product alone"

Shop = tuple[np.ndarray, np.ndarray, sparse.csr_matrix]


def shop(users: int, items: int) -> Shop:
    """Factors of users and items, and what was seen."""
    draw = np.random.default_rng(20171203)
    left = draw.standard_normal((users, FACTORS), dtype=np.float32)
    right = draw.standard_normal((items, FACTORS), dtype=np.float32)
    columns = draw.integers(0, items, users * SEEN, dtype=np.int32)
    cells = (np.ones(users * SEEN, dtype=np.float32), columns, np.arange(users + 1) * SEEN)
    seen = sparse.csr_matrix(cells, shape=(users, items))
    seen.sum_duplicates()
    return left, right, seen


def pieces(users: int) -> Iterator[slice]:
    """Slices of users that are scored together."""
    return (slice(start, min(start + PIECE, users)) for start in range(0, users, PIECE))


def shelduck(left: np.ndarray, right: np.ndarray, seen: sparse.csr_matrix, k: int, limits: Limits) -> list[Top]:
    """Every shard's lists, the same to the last bit on any processor."""
    speaks = np.zeros(len(right), dtype=np.bool_)

    def shard(users: slice) -> Top:
        mine = on_grid(left[users])
        scorer = Products(mine, on_grid(right), np.zeros(len(mine), dtype=np.bool_), speaks)
        return top_k(k, scorer, Mask((len(mine), len(right)), left_out=seen[users]), limits)

    return [shard(users) for users in pieces(len(left))]


def argpartitioned(left: np.ndarray, transposed: np.ndarray, seen: sparse.csr_matrix, k: int) -> None:
    """What one writes with numpy alone, in blocks of the same size."""
    for rows in blocks(*seen.shape):
        block = left[rows] @ transposed
        bought = seen[rows]
        block[np.repeat(np.arange(len(block)), np.diff(bought.indptr)), bought.indices] = -np.inf
        best = np.argpartition(-block, k, axis=1)[:, :k]
        np.take_along_axis(best, np.argsort(-np.take_along_axis(block, best, axis=1), axis=1), axis=1)


def candidates(data: Shop, k: int, limits: Limits) -> dict[str, Callable[[], Any]]:
    """What is compared, by name."""
    from implicit.cpu.als import AlternatingLeastSquares

    left, right, seen = data
    model = AlternatingLeastSquares(factors=FACTORS)
    model.user_factors, model.item_factors = left, right
    transposed = np.ascontiguousarray(right.T)

    def implicit(*, filtered: bool) -> None:
        for users in pieces(len(left)):
            everybody = np.arange(users.start, users.stop)
            model.recommend(everybody, seen[users], N=k, filter_already_liked_items=filtered)

    return {
        OURS: lambda: shelduck(left, right, seen, k, limits),
        PRODUCT: lambda: deque((left[rows] @ transposed for rows in blocks(*seen.shape, 64 * 2**20)), maxlen=0),
        THEIRS: lambda: implicit(filtered=True),
        "implicit, unfiltered": lambda: implicit(filtered=False),
        "numpy argpartition, filtered": lambda: argpartitioned(left, transposed, seen, k),
    }


def memory(field: str) -> int:
    """Bytes of this process: VmRSS now, or VmHWM at its highest."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


def peak_above(run: Callable[[], Any]) -> tuple[int, int]:
    """By how many bytes the process grew at most while it ran, and by how many it is larger with the result."""
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # forgets the highest so far
    kept = run()
    grown, left_over = memory("VmHWM") - before, sum(part.column.nbytes * 3 for part in kept)
    return grown, left_over


def timed(runs: dict[str, Callable[[], Any]], repeats: int) -> dict[str, tuple[float, float]]:
    """Wall and CPU seconds of each, the best of the repeats."""
    best = dict.fromkeys(runs, (np.inf, np.inf))
    for _ in range(repeats):
        for name, run in runs.items():
            started, worked = time.perf_counter(), time.process_time()
            run()
            spent = time.perf_counter() - started, time.process_time() - worked
            best[name] = (min(best[name][0], spent[0]), min(best[name][1], spent[1]))
    return best


def report(console: Console, users: int, best: dict[str, tuple[float, float]]) -> None:
    """The table and the two ratios that count."""
    table = Table("top-k lists", "users per second", "per CPU second", "of the matrix product (CPU)")
    for name, (wall, cpu) in best.items():
        table.add_row(name, f"{users / wall:,.0f}", f"{users / cpu:,.0f}", f"{best[PRODUCT][1] / cpu:.0%}")
    console.print(table)
    wall, cpu = (best[THEIRS][of] / best[OURS][of] for of in (0, 1))
    console.print(f"{wall:.2f} x implicit, filtered, by wall and {cpu:.2f} x by CPU (gate {GATE}, ambition {AMBITION})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--k", type=int, default=50)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--memory-budget", type=TypeAdapter(ByteSize).validate_python, default=ByteSize(512 * 10**6))
    chosen = parser.parse_args()
    console, limits = Console(width=100), Limits(int(chosen.memory_budget))
    runs = candidates(shop(chosen.users, chosen.items), chosen.k, limits)
    peak, lists = peak_above(runs[OURS])
    report(console, chosen.users, timed(runs, chosen.repeats))
    console.print(
        f"shelduck's memory while scoring: {peak / 1e6:,.0f} MB at most beyond its inputs, {lists / 1e6:,.0f} MB of it "
        f"the lists; budget {limits.memory / 1e6:,.0f} MB with {limits.threads} threads, "
        f"blocks of {limits.block_bytes / 1e6:,.1f} MB"
    )


if __name__ == "__main__":
    main()
