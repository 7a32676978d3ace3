"""Top-k items of each shopper, a block of scores at a time: in bounded memory, on all cores.

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
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from ml.recommend.core.best import NO_OPINION, RoughFirst, Top, best_by_exact_score, best_of, rounded
from ml.recommend.core.encoding import Ints, Matrix, Scores, stored

BLOCK_BYTES = 16 * 2**20
"""The largest block: two or three of them fit into a processor's cache, larger ones are slower."""
_WORKING_COPIES = 8
"""The most memory that making and ranking a block takes, in blocks (measured by ``bench/recommend.py``)."""
_CROWDED = 0.01

Scorer: TypeAlias = Callable[[slice], Scores | Matrix]
"""Positions among the request's users -> a new block (users x eligible items) that the caller may write to.

A dense block has a score or ``NO_OPINION`` per cell, never NaN; a CSR one has an opinion where it stores a cell.
A row is the same to the last bit, whichever rows are asked for with it."""


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Limits:
    """Resources for ranking, beside its inputs and its lists.

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
class Mask:
    """Which cells of a block (users x eligible items) may be ranked.

    Attributes:
        shape: users and items of the whole block.
        left_out: stored cells are not ranked.
        kept: cells that are not stored are not ranked.
    """

    shape: tuple[int, int]
    left_out: Matrix | None = None
    kept: Matrix | None = None

    def applied(self, block: Scores | Matrix, rows: slice) -> Scores | Matrix:
        """``block``, the scores of ``rows``, without the cells that may not be ranked."""
        if self.left_out is not None:
            block = _without(block, self.left_out[rows])
        return block if self.kept is None else _only(block, self.kept[rows])

    def allows(self, row: Ints, column: Ints) -> NDArray[np.bool_]:
        """For cells (user, item): whether they may be ranked."""
        allowed = np.ones(len(row), dtype=np.bool_)
        if self.left_out is not None:
            allowed &= ~stored(self.left_out, row, column)
        if self.kept is not None:
            allowed &= stored(self.kept, row, column)
        return allowed

    def of_users(self, rows: slice) -> Mask:
        """The mask of some of the users."""
        narrowed = (None if cells is None else cells[rows] for cells in (self.left_out, self.kept))
        return Mask((rows.stop - rows.start, self.shape[1]), *narrowed)

    def of_columns(self, columns: Ints) -> Mask:
        """The mask of a narrower block."""
        narrowed = (None if cells is None else cells[:, columns] for cells in (self.left_out, self.kept))
        return Mask((self.shape[0], len(columns)), *narrowed)


def top_k(k: int, scorer: Scorer, mask: Mask, limits: Limits | None = None) -> Top:
    """The k best columns for each of the mask's users, ties by column, block by block.

    ``scorer`` is called from several threads at a time.
    """
    limits = limits or Limits()

    def best(rows: slice) -> Top:
        if isinstance(scorer, RoughFirst):
            part = best_by_exact_score(mask.applied(scorer.rough(rows), rows), k, scorer, rows)
        else:
            part = best_of(mask.applied(_densified(scorer(rows)), rows), k)
        return Top(part.row + rows.start, part.column, part.score)

    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(limits.threads) as pool:
        return _joined(list(pool.map(best, blocks(*mask.shape, limits.block_bytes))))


def top_of_one(ranking: Scores, k: int, mask: Mask, limits: Limits | None = None) -> Top:
    """As ``top_k`` where all users have the same scores (one per item).

    It tries the 8 k best items first and widens the search only while a list is short.
    """
    order = np.lexsort((np.arange(len(ranking)), -rounded(ranking)))[: int((ranking > NO_OPINION).sum())]
    width = 8 * k
    while True:
        columns = np.sort(order[:width])
        top = top_k(k, partial(_repeated, ranking[columns]), mask.of_columns(columns), limits)
        if width >= len(order) or len(top.row) == mask.shape[0] * k:
            return Top(top.row, columns[top.column], top.score)
        width *= 8


def _repeated(ranking: Scores, rows: slice) -> Scores:
    return np.tile(ranking, (rows.stop - rows.start, 1))


def blocks(users: int, items: int, block_bytes: int = BLOCK_BYTES) -> Iterator[slice]:
    """Consecutive slices of ``range(users)`` whose float32 blocks fit into ``block_bytes``, or of one row."""
    step = max(1, block_bytes // (4 * max(items, 1)))
    return (slice(start, min(start + step, users)) for start in range(0, users, step))


def _densified(block: Scores | Matrix) -> Scores | Matrix:
    """``block`` as a dense one if it is CSR with so many cells that sorting them costs more than a dense pass."""
    if isinstance(block, np.ndarray) or block.nnz < _CROWDED * block.shape[0] * block.shape[1]:
        return block
    dense = np.full(block.shape, NO_OPINION)
    dense[_cells(block)] = block.data
    return dense


def _cells(matrix: Matrix) -> tuple[Ints, Ints]:
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)), matrix.indices


def _without(block: Scores | Matrix, cells: Matrix) -> Scores | Matrix:
    """``block`` with no opinion on the stored ``cells``."""
    if sparse.issparse(block):
        return _where(block, cells, present=False)
    block[_cells(cells)] = NO_OPINION
    return block


def _only(block: Scores | Matrix, cells: Matrix) -> Scores | Matrix:
    """``block`` with no opinion on any but the stored ``cells``."""
    if sparse.issparse(block):
        return _where(block, cells, present=True)
    kept, there = np.full_like(block, NO_OPINION), _cells(cells)
    kept[there] = block[there]
    return kept


def _where(block: Matrix, cells: Matrix, *, present: bool) -> Matrix:
    """The stored cells of ``block`` that are (or are not) stored in ``cells``."""
    row, column = _cells(block)
    kept = stored(cells, row, column) == present
    return sparse.csr_matrix((block.data[kept], (row[kept], column[kept])), shape=block.shape)


def _joined(parts: list[Top]) -> Top:
    if not parts:
        return Top.none()
    row, column, score = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("row", "column", "score")
    )
    return Top(row, column, score)
