"""How fast are filtered top-k lists, beside implicit's own and the bare matrix product, in the same run?

Synthetic factors: users x items with 64 factors, each user with 160 seen items that are filtered out. Rates are the
best of the repeats, which alternate so that a busy machine slows all of them alike.

    python bench/recommend.py [--users 20000] [--items 20000] [--k 50] [--repeats 3]
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import sparse

from ml.recommend.topk import Seen, blocks, top_k

FACTORS = 64
SEEN = 160
GATE, AMBITION = 1.5, 2.0


def shop(users: int, items: int) -> tuple[np.ndarray, np.ndarray, sparse.csr_matrix]:
    """Factors of users and items, and what was seen."""
    draw = np.random.default_rng(20171203)
    left = draw.standard_normal((users, FACTORS)).astype(np.float32)
    right = draw.standard_normal((items, FACTORS)).astype(np.float32)
    columns = draw.integers(0, items, (users, SEEN))
    cells = (np.ones(users * SEEN, dtype=np.float32), (np.repeat(np.arange(users), SEEN), columns.ravel()))
    return left, right, sparse.csr_matrix(cells, shape=(users, items))


def candidates(left: np.ndarray, right: np.ndarray, seen: sparse.csr_matrix, k: int) -> dict[str, Callable[[], Any]]:
    """What is compared, by name."""
    from implicit.cpu.als import AlternatingLeastSquares

    users, items = seen.shape
    model = AlternatingLeastSquares(factors=FACTORS)
    model.user_factors, model.item_factors = left, right
    everybody, transposed = np.arange(users), np.ascontiguousarray(right.T)
    return {
        "matrix product alone": lambda: deque((left[rows] @ transposed for rows in blocks(users, items)), maxlen=0),
        "shelduck, filtered": lambda: top_k(
            users, items, k, lambda rows: left[rows] @ transposed, Seen(seen, exclude=True)
        ),
        "implicit, filtered": lambda: model.recommend(everybody, seen, N=k, filter_already_liked_items=True),
        "implicit, unfiltered": lambda: model.recommend(everybody, seen, N=k, filter_already_liked_items=False),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=20_000)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--k", type=int, default=50)
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    runs = candidates(*shop(chosen.users, chosen.items), chosen.k)
    best = dict.fromkeys(runs, (np.inf, np.inf))
    for _ in range(chosen.repeats):
        for name, run in runs.items():
            started, worked = time.perf_counter(), time.process_time()
            run()
            spent = time.perf_counter() - started, time.process_time() - worked
            best[name] = (min(best[name][0], spent[0]), min(best[name][1], spent[1]))
    table = Table("top-k lists", "users per second", "per CPU second", "of the matrix product (CPU)")
    for name, (wall, cpu) in best.items():
        share = best["matrix product alone"][1] / cpu
        table.add_row(name, f"{chosen.users / wall:,.0f}", f"{chosen.users / cpu:,.0f}", f"{share:.0%}")
    console = Console(width=100)
    console.print(table)
    wall, cpu = (best["implicit, filtered"][of] / best["shelduck, filtered"][of] for of in (0, 1))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    console.print(f"{wall:.2f} x implicit, filtered, by wall and {cpu:.2f} x by CPU (gate {GATE}, ambition {AMBITION})")
    console.print(f"peak memory {peak:.1f} GiB")


if __name__ == "__main__":
    main()
