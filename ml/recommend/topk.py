"""The k best of each row of a block of scores: exact, stable, in bounded memory.

A pass over a dense block finds each row's threshold from the maxima of chunks (the k-th largest maximum is at most the
k-th largest score), a second one picks the few cells above it, and only those are sorted.

Threads take whole blocks, and BLAS gets one thread in each: every pass runs on all cores, and no sum depends on how
many there are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from ml.recommend.encoding import Floats, Ints, Matrix, Scores

NO_OPINION = np.float32(-np.inf)
"""The score of an item that a recommender would not show."""

SIGNIFICANT_DIGITS = 5
"""Scores are ranked and published rounded, so that the last bits of a sum, which depend on the number of
threads and the machine, decide nothing."""

BLOCK_BYTES = 16 * 2**20
"""The largest block: two or three of them fit into a processor's cache, larger ones are slower."""
_WORKING_COPIES = 8
"""What a recommender holds at most while it makes and ranks a block, in blocks (measured by ``bench/recommend.py``)."""
_CHUNK = 64
_MANY = 64
_CROWDED = 0.01

Scorer: TypeAlias = Callable[[slice], Scores | Matrix]
"""Positions among the request's users -> a new block (users x eligible items) that the caller may write to.

A dense block has a score or ``NO_OPINION`` per cell, never NaN; a CSR one has an opinion where it stores a cell."""


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
class Top:
    """The chosen cells, row by row, best first: parallel arrays of row, column and rounded score."""

    row: Ints
    column: Ints
    score: NDArray[np.float64]

    @classmethod
    def none(cls) -> Top:
        """No cell."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64))

    def ranks(self) -> Ints:
        """Rank of each cell within its row, from 0."""
        starts = np.flatnonzero(np.diff(self.row, prepend=-1))
        return np.arange(len(self.row)) - np.repeat(starts, np.diff(starts, append=len(self.row)))


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


def best_of(block: Scores | Matrix, k: int) -> Top:
    """At most k columns per row by rounded score, ties by column; ``NO_OPINION`` is never chosen."""
    row, column, score = _stored(block) if sparse.issparse(block) else _candidates(block, k)
    precise = rounded(score)
    order = np.lexsort((column, -precise, row))
    top = Top(row[order], column[order], precise[order])
    kept = top.ranks() < k
    return Top(top.row[kept], top.column[kept], top.score[kept])


def blocks(users: int, items: int, block_bytes: int = BLOCK_BYTES) -> Iterator[slice]:
    """Consecutive slices of ``range(users)`` whose float32 blocks fit into ``block_bytes``; never of one row.

    BLAS takes another path for a single row, so that its last bits would depend on where blocks begin.
    """
    step = max(2, block_bytes // (4 * max(items, 1)))
    start = 0
    while start < users:
        end = min(start + step, users)
        if users - end == 1:
            end += 1 if step == 2 else -1
        yield slice(start, end)
        start = end


def rounded(scores: NDArray[np.float32] | NDArray[np.float64]) -> NDArray[np.float64]:
    """``scores`` to ``SIGNIFICANT_DIGITS``, float64; infinities stay."""
    wide = scores.astype(np.float64)
    finite = np.isfinite(wide)
    wide[~finite] = 0.0
    size = np.abs(wide)
    exponent = np.floor(np.log10(size, where=size > 0, out=np.zeros_like(size)))
    unit = 10.0 ** (SIGNIFICANT_DIGITS - 1 - exponent)
    return np.where(finite, np.round(wide * unit) / unit, scores.astype(np.float64))


def _candidates(block: Scores, k: int) -> tuple[Ints, Ints, Floats]:
    """The cells that can be among the k best of their row, row by row."""
    rows, width = block.shape
    lowest = _lower_bounds(block, k)
    chosen = np.flatnonzero(block >= np.maximum(lowest, np.finfo(np.float32).min)[:, None])
    if rows > 1 and len(chosen) > _MANY * k * rows:  # a row of equal scores: bound the memory that sorting takes
        halves = [_candidates(half, k) for half in (block[: rows // 2], block[rows // 2 :])]
        return (
            np.concatenate([halves[0][0], halves[1][0] + rows // 2]),
            np.concatenate([halves[0][1], halves[1][1]]),
            np.concatenate([halves[0][2], halves[1][2]]),
        )
    row, column = np.divmod(chosen, max(width, 1))
    if rows == 1 and len(chosen) > _MANY * k:
        best = np.lexsort((column, -rounded(block[0, column])))[:k]
        row, column = row[best], column[best]
    return row, column, block[row, column]


def _lower_bounds(block: Scores, k: int) -> Floats:
    """Per row a score that at least k cells reach after rounding; the smallest number where too few do."""
    rows, width = block.shape
    size = min(_CHUNK, width // (4 * k))
    if size < 2:
        return np.full(rows, np.finfo(np.float32).min)
    chunks = width // size
    maxima = block[:, : chunks * size].reshape(rows, size, chunks).max(axis=1)
    bound = np.partition(maxima, chunks - k, axis=1)[:, chunks - k]
    bound[np.isneginf(bound)] = np.finfo(np.float32).min / 2
    return bound - np.abs(bound) * np.float32(10.0 ** (1 - SIGNIFICANT_DIGITS))


def _densified(block: Scores | Matrix) -> Scores | Matrix:
    """A CSR block with so many cells that sorting them would cost more than looking at all, as a dense one."""
    if isinstance(block, np.ndarray) or block.nnz < _CROWDED * block.shape[0] * block.shape[1]:
        return block
    dense = np.full(block.shape, NO_OPINION)
    dense[np.repeat(np.arange(block.shape[0]), np.diff(block.indptr)), block.indices] = block.data
    return dense


def _stored(block: Matrix) -> tuple[Ints, Ints, Floats]:
    row = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
    opinion = block.data > NO_OPINION
    return row[opinion], block.indices[opinion].astype(np.int64), block.data[opinion]


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
