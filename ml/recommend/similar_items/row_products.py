"""Sums of products of two rows of a sparse matrix, for many chosen pairs of rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from scipy import sparse

from ml.recommend.core.encoding import Ints
from ml.recommend.similar_items.item_pairs import Codes, Reals

_DENSE_BYTES: Final = 64 * 2**20
"""Memory for rows that are written out with their zeros."""
_CELLS: Final = 2_000_000
"""Cells of shorter rows that are looked up at a time."""


def row_products(cells: sparse.csr_matrix, first: Codes, second: Codes) -> Reals:
    """Per pair (``first``, ``second``) of rows of ``cells``: the sum over columns of the products of both.

    A pair costs the cells of its shorter row: the longer ones are written out, some at a time, and the cells of the
    shorter are looked up in them. The sum of a pair does not depend on the other pairs.
    """
    size = np.diff(cells.indptr)
    is_first = size[first] >= size[second]
    longer, shorter = np.where(is_first, first, second), np.where(is_first, second, first)
    order = np.argsort(longer, kind="stable")
    found = np.zeros(len(first))
    for rows, pairs in _blocks(longer, order, max(1, _DENSE_BYTES // (8 * max(cells.shape[1], 1)))):
        written_out = cells[rows].toarray()
        for part in _pieces(pairs, size[shorter[pairs]]):
            place = np.searchsorted(rows, longer[part])
            found[part] = _looked_up(written_out, place, cells, shorter[part])
    return found


def _blocks(longer: Codes, order: Ints, height: int) -> Iterator[tuple[Codes, Ints]]:
    """At most ``height`` distinct longer rows, and the positions of their pairs."""
    ordered = longer[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    for at in range(0, len(starts), height):
        end = starts[at + height] if at + height < len(starts) else len(order)
        yield ordered[starts[at : at + height]], order[starts[at] : end]


def _pieces(pairs: Ints, sizes: Ints) -> Iterator[Ints]:
    """``pairs`` cut where their cells reach another multiple of ``_CELLS``."""
    yield from np.split(pairs, np.flatnonzero(np.diff(np.cumsum(sizes) // _CELLS)) + 1)


def _looked_up(written_out: Reals, place: Ints, cells: sparse.csr_matrix, shorter: Codes) -> Reals:
    start = cells.indptr[shorter].astype(np.int64)
    size = cells.indptr[shorter + 1] - start
    pair = np.repeat(np.arange(len(shorter)), size)
    at = np.arange(len(pair)) - np.repeat(np.cumsum(size) - size, size) + start[pair]
    products = written_out[place[pair], cells.indices[at]] * cells.data[at]
    return np.asarray(np.bincount(pair, weights=products, minlength=len(shorter)), dtype=np.float64)
