"""Exact top-k of each row of a block of scores; ties go to the lower column.

A pass over a dense block finds each row's threshold from the maxima of chunks (the k-th largest maximum is at most the
k-th largest score), a second one picks the few cells above it, and only those are sorted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.core.encoding import Floats, Ints, Matrix, Reals, Scores

NO_OPINION = np.float32(-np.inf)
"""The score of an item that a recommender would not show."""

SIGNIFICANT_DIGITS = 5
"""Scores are rounded before they are ranked and published, because their last bits depend on the machine."""

_CHUNK = 64
_MANY = 64
_LOOSE: Final = 8
"""Cells of a padded block per cell in it, beyond which it would take too much memory."""
_LOWEST: Final = np.finfo(np.float32).min
_TINIEST: Final = -323
_LARGEST: Final = 308
_POWERS: Final = np.array([float(f"1e{number}") for number in range(_TINIEST, _LARGEST + 1)])
"""Powers of ten. A table, because NumPy's logarithms and powers differ between processors."""

_Cells: TypeAlias = Callable[[Ints, Ints], Scores]


@runtime_checkable
class RoughFirst(Protocol):
    """A scorer that also gives approximate blocks, faster; only cells that may be in the top k get exact scores."""

    def __call__(self, rows: slice, /) -> Scores:
        """See ``topk.Scorer``."""
        ...

    def rough(self, rows: slice) -> Scores:
        """An approximate block: each score is within ``slack`` of the exact one; the error may differ between calls."""
        ...

    def slack(self, rows: slice) -> Floats:
        """The largest absolute error of a rough score, per row."""
        ...

    def exact(self, row: Ints, column: Ints) -> Scores:
        """The scorer's own score of single cells with an opinion; ``row`` is a position among the request's users."""
        ...


@dataclass(frozen=True, eq=False)
class Top:
    """Chosen cells as parallel arrays of row, column and rounded score; sorted by row, then best first."""

    row: Ints
    column: Ints
    score: NDArray[np.float64]

    @classmethod
    def none(cls) -> Top:
        """No cell."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64))

    def where(self, kept: NDArray[np.bool_]) -> Top:
        """The cells that ``kept`` picks."""
        return Top(self.row[kept], self.column[kept], self.score[kept])

    def ranks(self) -> Ints:
        """Rank of each cell within its row, from 0."""
        starts = np.flatnonzero(np.diff(self.row, prepend=-1))
        return np.arange(len(self.row)) - np.repeat(starts, np.diff(starts, append=len(self.row)))


def best_of(block: Scores | Matrix, k: int) -> Top:
    """At most k columns per row by rounded score, ties by column; ``NO_OPINION`` is never chosen."""
    if sparse.issparse(block):
        return _sorted(*_stored(block), k)
    slack = np.zeros(len(block), dtype=np.float32)
    return _sorted(*_candidates(block, k, slack, lambda row, column: block[row, column]), k)


def best_by_exact_score(block: Scores, k: int, scorer: RoughFirst, rows: slice) -> Top:
    """As ``best_of``, by the scorer's exact scores; ``block`` has the rough ones of ``rows``."""
    cells = _candidates(block, k, scorer.slack(rows), lambda row, column: scorer.exact(row + rows.start, column))
    return _sorted(*cells, k)


def rounded(scores: NDArray[np.float32] | NDArray[np.float64]) -> NDArray[np.float64]:
    """``scores`` to ``SIGNIFICANT_DIGITS``, float64; infinities stay. The same on every processor."""
    wide = scores.astype(np.float64)
    finite = np.isfinite(wide)
    wide[~finite] = 0.0
    exponent = np.searchsorted(_POWERS, np.abs(wide), side="right") - 1 + _TINIEST
    shift = np.minimum(SIGNIFICANT_DIGITS - 1 - exponent, _LARGEST)
    unit = _POWERS[shift - _TINIEST]
    return np.where(finite, np.round(wide * unit) / unit, scores.astype(np.float64))


def best_first(row: Ints, score: Reals | Floats) -> Ints:
    """The order of cells by row and falling score, ties as they stand; ``row`` rises, no score is NaN.

    Each row is sorted on its own, in a quarter of the time that sorting all cells by two keys takes.
    """
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    counts = np.diff(starts, append=len(row))
    width = int(counts.max(initial=0))
    if len(starts) * width > _LOOSE * len(row):  # few long rows among short ones
        return np.lexsort((-score, row))
    inside = np.arange(width) < counts[:, None]
    padded = np.full(inside.shape, np.inf)
    padded[inside] = -score
    order: Ints = np.argsort(padded, axis=1, kind="stable") + starts[:, None]
    return order[inside]


def _sorted(row: Ints, column: Ints, score: Floats, k: int) -> Top:
    """Of cells that rise by row and column, or stand best first."""
    precise = rounded(score)
    order = best_first(row, precise)
    top = Top(row[order], column[order], precise[order])
    kept = top.ranks() < k
    return Top(top.row[kept], top.column[kept], top.score[kept])


def _candidates(block: Scores, k: int, slack: Floats, cells: _Cells) -> tuple[Ints, Ints, Floats]:
    """The cells that can be among the k best of their row, row by row, and their scores by ``cells``."""
    rows, width = block.shape
    lowest = _lower_bounds(block, k, slack)
    chosen = np.flatnonzero(block >= np.maximum(lowest, _LOWEST)[:, None])
    if rows > 1 and len(chosen) > _MANY * k * rows:  # a row of equal scores: bound the memory that sorting takes
        half = rows // 2
        upper = _candidates(block[:half], k, slack[:half], cells)
        lower = _candidates(block[half:], k, slack[half:], lambda row, column: cells(row + half, column))
        row = np.concatenate([upper[0], lower[0] + half])
        return row, np.concatenate([upper[1], lower[1]]), np.concatenate([upper[2], lower[2]])
    row, column = np.divmod(chosen, max(width, 1))
    score = cells(row, column)
    if rows == 1 and len(chosen) > _MANY * k:
        best = np.lexsort((column, -rounded(score)))[:k]
        row, column, score = row[best], column[best], score[best]
    return row, column, score


def _lower_bounds(block: Scores, k: int, slack: Floats) -> Floats:
    """Per row: a lower bound of the k-th best rounded score, or the smallest number if the row is too short to tell.

    The k-th largest of the maxima of disjoint chunks is at most the k-th largest score. The slack is taken off twice:
    once because the k cells may be rated too high, once because a better cell may be rated too low.
    """
    rows, width = block.shape
    size = min(_CHUNK, width // (4 * k))
    if size < 2:
        return np.full(rows, _LOWEST)
    chunks = width // size
    maxima = block[:, : chunks * size].reshape(rows, size, chunks).max(axis=1)
    bound = np.partition(maxima, chunks - k, axis=1)[:, chunks - k]
    bound[np.isneginf(bound)] = _LOWEST / 2
    sure = bound - slack  # k cells reach that in truth, and one that is rounded alike is at most so much lower:
    return np.asarray(sure - np.abs(sure) * np.float32(10.0 ** (1 - SIGNIFICANT_DIGITS)) - slack, dtype=np.float32)


def _stored(block: Matrix) -> tuple[Ints, Ints, Floats]:
    block = block.sorted_indices()
    row = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
    opinion = block.data > NO_OPINION
    return row[opinion], block.indices[opinion].astype(np.int64), block.data[opinion]
