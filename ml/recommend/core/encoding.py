"""Encodes ids as integer codes, once per history; later computations use arrays and sparse matrices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from ml.tables import Col

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float32]
Scores: TypeAlias = NDArray[np.float32]
Reals: TypeAlias = NDArray[np.float64]
Matrix: TypeAlias = sparse.csr_matrix
"""Rows are users unless a name says otherwise; float32."""


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Distinct ids in byte order; an id's code is its position, so that code order is id order."""

    ids: pl.Series

    @classmethod
    def of(cls, ids: pl.Series | Sequence[str]) -> Vocabulary:
        """The vocabulary of ``ids``, which may repeat; nulls are dropped."""
        return cls(pl.Series("id", ids, dtype=pl.String).drop_nulls().unique().sort())

    def __len__(self) -> int:
        return len(self.ids)

    def codes(self, ids: pl.Series | Sequence[str]) -> Ints:
        """The code of each id, int64, in the order given; -1 for an id that is not here."""
        found = pl.Series("id", ids, dtype=pl.String).cast(self._enum, strict=False)
        return found.to_physical().cast(pl.Int64).fill_null(-1).to_numpy().astype(np.int64)

    def names(self, codes: Ints) -> pl.Series:
        """The ids of ``codes`` (each ≥ 0)."""
        return self.ids.gather(pl.Series(codes))

    @cached_property
    def _enum(self) -> pl.Enum:
        """The ids as a type whose values are stored as codes: half the cost of joining a table of them."""
        return pl.Enum(self.ids)


@dataclass(frozen=True, eq=False)
class Encoded:
    """A history as parallel arrays, one element per user, item and day."""

    users: Vocabulary
    items: Vocabulary
    user: Ints
    item: Ints
    day: Ints
    """Days since 1970-01-01."""
    purchases: Floats
    quantity: Floats
    revenue: Floats

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Encoded:
        """Encode a history frame (columns as in ``Interactions``)."""
        users, items = Vocabulary.of(frame[Col.user_id]), Vocabulary.of(frame[Col.item_id])
        return cls(
            users,
            items,
            users.codes(frame[Col.user_id]),
            items.codes(frame[Col.item_id]),
            frame[Col.event_date].cast(pl.Int32).to_numpy().astype(np.int64),
            *(frame[name].to_numpy().astype(np.float32) for name in (Col.purchases, Col.quantity, Col.revenue)),
        )

    def matrix(self, values: NDArray[Any]) -> Matrix:
        """Users x items; each cell the sum of its elements' ``values``."""
        shape = (len(self.users), len(self.items))
        summed = sparse.coo_matrix((values.astype(np.float64), (self.user, self.item)), shape=shape).tocsr()
        return summed.astype(np.float32)

    @cached_property
    def counts(self) -> Matrix:
        """Users x items: how many times each was bought."""
        return self.matrix(self.purchases)


def on_columns(matrix: Matrix, source: Vocabulary, target: Vocabulary) -> Matrix:
    """``matrix`` (rows x ``source``) as rows x ``target``; columns whose id is not in ``target`` are dropped."""
    if source is target:
        return matrix
    moved = target.codes(source.ids)
    coo = matrix.tocoo()
    columns = moved[coo.col]
    kept = columns >= 0
    shape = (matrix.shape[0], len(target))
    return sparse.csr_matrix((coo.data[kept], (coo.row[kept], columns[kept])), shape=shape, dtype=matrix.dtype)


def rows_of(matrix: Matrix, rows: Ints) -> Matrix:
    """The rows of ``matrix`` at the positions ``rows``, in that order; -1 (an unknown user) gives an empty row."""
    if matrix.shape[0] == 0:
        return sparse.csr_matrix((len(rows), matrix.shape[1]), dtype=matrix.dtype)
    known = rows >= 0
    picked = matrix[np.where(known, rows, 0)]
    return sparse.diags(known.astype(np.float32)).tocsr() @ picked if not known.all() else picked


def stored(matrix: Matrix, rows: Ints, columns: Ints) -> NDArray[np.bool_]:
    """For parallel arrays of cells (row, column): whether a CSR matrix stores the cell, bool."""
    width = np.int64(matrix.shape[1])
    there = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr)) * width + matrix.indices
    return positions_in(np.sort(there), rows * width + columns) >= 0  # np.isin takes ten times as long


def positions_in(keys: Ints, wanted: Ints) -> Ints:
    """A position of each wanted key among the rising ``keys``; -1 for one that is not there."""
    if not len(keys):
        return np.full(len(wanted), -1, dtype=np.int64)
    found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[found] == wanted, found, -1)


def distinct(keys: Ints) -> Ints:
    """The sorted unique keys. ``np.unique`` hashes integers first, which takes fifteen times as long (NumPy 2.4)."""
    ordered = np.sort(keys)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered
