"""The k best items of each shopper, a block of scores at a time: in bounded memory, on all cores.

Threads take whole blocks, and BLAS gets one thread in each, so that every pass runs on all cores. A row's scores must
not depend on the rows beside it (see ``products`` for those that are sums): then no list depends on blocks or threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from ml.recommend.best import NO_OPINION, RoughFirst, Top, best_by_exact_score, best_of, rounded
from ml.recommend.encoding import Matrix, Scores

BLOCK_BYTES = 16 * 2**20
"""The largest block: two or three of them fit into a processor's cache, larger ones are slower."""
_WORKING_COPIES = 8
"""What a recommender holds at most while it makes and ranks a block, in blocks (measured by ``bench/recommend.py``)."""
_CROWDED = 0.01

Scorer: TypeAlias = Callable[[slice], Scores | Matrix]
"""Positions among the request's users -> a new block (users x eligible items) that the caller may write to.

A dense block has a score or ``NO_OPINION`` per cell, never NaN; a CSR one has an opinion where it stores a cell.
A row is the same to the last bit, whichever rows are asked for with it."""


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Limits:
    """What ranking may use beside its inputs and its lists.

    Attributes:
        memory: bytes for blocks of scores.
        threads: blocks that are worked on at a time.
    """

    memory: int = 2 * 10**9
    threads: int = field(default_factory=_cores)

    @property
    def block_bytes(self) -> int:
        """The size of a float32 block with which all threads stay within ``memory``."""
        return min(BLOCK_BYTES, self.memory // (self.threads * _WORKING_COPIES))


@dataclass(frozen=True, eq=False)
class Seen:
    """Which cells of the block (users x eligible items) were bought, and what follows from it."""

    cells: Matrix
    exclude: bool = False
    only: bool = False

    def applied(self, block: Scores | Matrix, rows: slice) -> Scores | Matrix:
        """``block`` without the cells that the request does not want."""
        if not (self.exclude or self.only):
            return block
        bought = self.cells[rows]
        if sparse.issparse(block):
            return _where(block, bought, present=self.only)
        row, column = np.repeat(np.arange(bought.shape[0]), np.diff(bought.indptr)), bought.indices
        if self.exclude:
            block[row, column] = NO_OPINION
            return block
        kept = np.full_like(block, NO_OPINION)
        kept[row, column] = block[row, column]
        return kept


def top_k(k: int, scorer: Scorer, seen: Seen, limits: Limits | None = None) -> Top:
    """The k best columns for each row of ``seen``, ties by column, block by block.

    ``scorer`` is called from several threads at a time.
    """
    limits = limits or Limits()
    users, items = seen.cells.shape

    def best(rows: slice) -> Top:
        if isinstance(scorer, RoughFirst):
            part = best_by_exact_score(seen.applied(scorer.rough(rows), rows), k, scorer, rows)
        else:
            part = best_of(seen.applied(_densified(scorer(rows)), rows), k)
        return Top(part.row + rows.start, part.column, part.score)

    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(limits.threads) as pool:
        return _joined(list(pool.map(best, blocks(users, items, limits.block_bytes))))


def top_of_one(ranking: Scores, k: int, seen: Seen, limits: Limits | None = None) -> Top:
    """As ``top_k`` where every user has the same scores: looks only as far down the ranking as it must."""
    order = np.lexsort((np.arange(len(ranking)), -rounded(ranking)))[: int((ranking > NO_OPINION).sum())]
    width = 8 * k
    while True:
        columns = np.sort(order[:width])
        narrowed = Seen(seen.cells[:, columns], seen.exclude, seen.only)
        top = top_k(k, partial(_repeated, ranking[columns]), narrowed, limits)
        if width >= len(order) or len(top.row) == seen.cells.shape[0] * k:
            return Top(top.row, columns[top.column], top.score)
        width *= 8


def _repeated(ranking: Scores, rows: slice) -> Scores:
    return np.tile(ranking, (rows.stop - rows.start, 1))


def blocks(users: int, items: int, block_bytes: int = BLOCK_BYTES) -> Iterator[slice]:
    """Consecutive slices of ``range(users)`` whose float32 blocks fit into ``block_bytes``, or of one row."""
    step = max(1, block_bytes // (4 * max(items, 1)))
    return (slice(start, min(start + step, users)) for start in range(0, users, step))


def _densified(block: Scores | Matrix) -> Scores | Matrix:
    """A CSR block with so many cells that sorting them would cost more than looking at all, as a dense one."""
    if isinstance(block, np.ndarray) or block.nnz < _CROWDED * block.shape[0] * block.shape[1]:
        return block
    dense = np.full(block.shape, NO_OPINION)
    dense[np.repeat(np.arange(block.shape[0]), np.diff(block.indptr)), block.indices] = block.data
    return dense


def _where(block: Matrix, cells: Matrix, *, present: bool) -> Matrix:
    """The stored cells of ``block`` that are (or are not) stored in ``cells``."""
    width = np.int64(block.shape[1])
    row = np.repeat(np.arange(block.shape[0], dtype=np.int64), np.diff(block.indptr))
    other = np.repeat(np.arange(cells.shape[0], dtype=np.int64), np.diff(cells.indptr)) * width + cells.indices
    kept = np.isin(row * width + block.indices, other, invert=not present)
    return sparse.csr_matrix((block.data[kept], (row[kept], block.indices[kept])), shape=block.shape)


def _joined(parts: list[Top]) -> Top:
    if not parts:
        return Top.none()
    row, column, score = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("row", "column", "score")
    )
    return Top(row, column, score)
