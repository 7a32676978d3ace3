"""Dot products that are equal to the last bit on every machine, whatever the order of summation.

The last bits of a float32 matrix product depend on the processor, the number of threads, the shape of the block and a
row's place in it. Here each vector is rounded to multiples of a power of two (its grid). The grid is so coarse that
float64 holds every partial sum of a product exactly, so the order of summation cannot matter. With 64 factors the grid
has 23 bits, as many as float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.best import NO_OPINION
from ml.recommend.core.encoding import Floats, Ints, Reals, Scores

_EXACT_BITS: Final = np.finfo(np.float64).nmant + 1
_FLOAT32_BITS: Final = np.finfo(np.float32).nmant + 1
_PANEL: Final = 2048
"""Rows of the right side that are widened to float64 at a time in a block's product."""
_PIECE: Final = 2048
"""Rows, or single products, that are widened at a time."""


def on_grid(vectors: Floats) -> Floats:
    """``vectors`` (rows x terms) for ``products``: each row rounded to a grid that fits its largest absolute number.

    A number has at most (53 - log2(terms)) / 2 bits: a product of two has twice as many, and a sum of ``terms``
    products log2(terms) more, which float64's 53 bits hold.
    """
    terms = max(vectors.shape[1], 1)
    bits = min(_FLOAT32_BITS, (_EXACT_BITS - (terms - 1).bit_length()) // 2)
    grid = np.empty(vectors.shape, dtype=np.float32)
    for start in range(0, len(vectors), _PIECE):
        piece = vectors[start : start + _PIECE].astype(np.float64)
        _, exponent = np.frexp(np.abs(piece).max(axis=1, initial=0.0))
        shift = (bits - exponent)[:, None]
        grid[start : start + _PIECE] = np.ldexp(np.rint(np.ldexp(piece, shift)), -shift)
    return grid


def products(left: Floats, right: Floats) -> Scores:
    """``left @ right.T`` of rows from ``on_grid``: exact in float64, then rounded to float32."""
    wide = left.astype(np.float64)
    block = np.empty((len(left), len(right)), dtype=np.float32)
    for start in range(0, len(right), _PANEL):
        panel = slice(start, start + _PANEL)
        block[:, panel] = wide @ right[panel].astype(np.float64).T
    return block


@dataclass(frozen=True, eq=False)
class Products:
    """A scorer: dot products of ``users`` and ``items`` (rows from ``on_grid``); ``NO_OPINION`` where either is silent.

    Attributes:
        users: the requested shoppers' vectors.
        items: the eligible items' vectors.
        silent_users: a flag per user.
        silent_items: a flag per item.
    """

    users: Floats
    items: Floats
    silent_users: NDArray[np.bool_]
    silent_items: NDArray[np.bool_]

    def __call__(self, rows: slice, /) -> Scores:
        """The exact scores of a block."""
        return self._heard(products(self.users[rows], self.items), rows)

    def rough(self, rows: slice) -> Scores:
        """The same in half the time, each score within ``slack`` of the exact one."""
        return self._heard(self.users[rows] @ self.items.T, rows)

    def slack(self, rows: slice) -> Floats:
        """Per user: the most by which a ``rough`` score is off, in whatever order it was added up.

        Higham, Accuracy and Stability of Numerical Algorithms (2002), section 3.1: n u / (1 - n u) times the product
        of the lengths; here with twice that, for the rounding of the exact score and of this bound.
        """
        unit = self.users.shape[1] * 0.5 * float(np.finfo(np.float32).eps)
        return np.asarray(2.0 * unit / (1.0 - unit) * self._longest_item * _lengths(self.users[rows]), dtype=np.float32)

    def exact(self, row: Ints, column: Ints) -> Scores:
        """Single cells as a block has them, unless one is silent; parallel arrays."""
        cells = np.empty(len(row), dtype=np.float32)
        for start in range(0, len(row), _PIECE):
            piece = slice(start, start + _PIECE)
            left, right = self.users[row[piece]].astype(np.float64), self.items[column[piece]].astype(np.float64)
            cells[piece] = np.einsum("ij,ij->i", left, right)
        return cells

    @cached_property
    def _longest_item(self) -> float:
        return float(_lengths(self.items).max(initial=0.0))

    def _heard(self, block: Scores, rows: slice) -> Scores:
        block[:, self.silent_items] = NO_OPINION
        block[self.silent_users[rows]] = NO_OPINION
        return block


def _lengths(vectors: Floats) -> Reals:
    return np.asarray(np.linalg.norm(vectors.astype(np.float64), axis=1))
