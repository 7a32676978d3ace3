"""The inverse of a Gram matrix in little more memory than the matrix, and symmetric matrices stored as one half."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from ml.recommend.core.encoding import Floats, Matrix

_COLUMNS: Final = 512
"""Columns of the matrix that are made, or mirrored, at a time."""


def memory_of_inverse(rows: int) -> int:
    """Bytes for the inverse and its half, and for the columns of the Gram matrix that are made at a time."""
    return 10 * rows**2 + 24 * rows * min(rows, _COLUMNS)


def inverse_of_gram(vectors: Matrix, penalty: float) -> NDArray[np.float64]:
    """(V V' + penalty I)^-1 for ``vectors`` V (rows x terms), penalty > 0: rows x rows, symmetric to the last bit.

    LAPACK works in the one array that is made here; its columns are contiguous.
    """
    square = _lower_gram(vectors)
    square[np.diag_indices_from(square)] += penalty
    if len(square):
        factor, _ = linalg.lapack.dpotrf(square, lower=1, clean=0, overwrite_a=1)
        square, _ = linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
    for start, stop in _pieces(len(square)):
        square[:start, start:stop] = square[start:stop, :start].T
        corner = square[start:stop, start:stop]
        corner[:] = np.tril(corner) + np.tril(corner, -1).T
    return square


def halved(square: NDArray[np.floating]) -> Floats:
    """The lower triangle of a symmetric matrix (n x n), column by column: n (n + 1) / 2 numbers."""
    rows = len(square)
    half = np.empty(rows * (rows + 1) // 2, dtype=np.float32)
    start = 0
    for at in range(rows):
        half[start : start + rows - at] = square[at:, at]
        start += rows - at
    return half


def whole(half: Floats) -> Floats:
    """The symmetric matrix whose lower triangle ``halved`` packed."""
    rows = (round((8 * len(half) + 1) ** 0.5) - 1) // 2
    square = np.empty((rows, rows), dtype=np.float32)
    start = 0
    for at in range(rows):
        square[at, at:] = half[start : start + rows - at]
        start += rows - at
    for start, stop in _pieces(rows):
        square[start:stop, :start] = square[:start, start:stop].T
        corner = square[start:stop, start:stop]
        corner[:] = np.triu(corner) + np.triu(corner, 1).T
    return square


def _lower_gram(vectors: Matrix) -> NDArray[np.float64]:
    """V V', the lower triangle; what lies above it is undefined."""
    rows = vectors.shape[0]
    square = np.zeros((rows, rows), order="F")
    for start, stop in _pieces(rows):
        square[start:, start:stop] = (vectors[start:] @ vectors[start:stop].T).toarray()
    return square


def _pieces(rows: int) -> list[tuple[int, int]]:
    return [(start, min(start + _COLUMNS, rows)) for start in range(0, rows, _COLUMNS)]
