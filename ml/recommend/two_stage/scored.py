"""Scored candidates as arrays; kept when their features are freed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.best import Top, best_first
from ml.recommend.core.encoding import Ints, Reals


@dataclass(frozen=True, eq=False)
class Scored:
    """Parallel arrays.

    Attributes:
        row: the shopper's position in the request.
        column: the item's position in the request's items.
        score: the probability of a purchase, as published.
        source: position of the generator in ``candidates.SOURCES``.
    """

    row: Ints
    column: Ints
    score: Reals
    source: Ints

    @classmethod
    def joined(cls, parts: Iterable[Self]) -> Self:
        """One after the other."""
        kinds = (np.int64, np.int64, np.float64, np.int64)
        columns = zip(*([getattr(part, each.name) for each in fields(cls)] for part in parts), strict=True)
        arrays = [np.concatenate(column) for column in columns] or [np.zeros(0, dtype=kind) for kind in kinds]
        return cls(*arrays)

    def where(self, kept: NDArray[np.bool_] | Ints) -> Self:
        """Those that ``kept`` picks."""
        return type(self)(*(getattr(self, each.name)[kept] for each in fields(self)))

    def best(self, k: int) -> Self:
        """Each shopper's k best, in order, of rising rows; ties as they stand."""
        ranked = self.where(best_first(self.row, self.score))
        return ranked.where(ranked.top.ranks() < k)

    @property
    def top(self) -> Top:
        """Without the sources."""
        return Top(self.row, self.column, self.score)


def blocks(start: int, stop: int, size: int) -> Iterator[slice]:
    """``start`` to ``stop`` in blocks of shoppers whose candidates have their features in memory at once."""
    for each in range(start, stop, size):
        yield slice(each, min(each + size, stop))
