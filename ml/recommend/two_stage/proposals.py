"""What one generator proposes to a block of shoppers, best first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.best import NO_OPINION, Top, best_of, rounded
from ml.recommend.core.encoding import Floats, Ints


@dataclass(frozen=True, eq=False)
class Proposed:
    """Items that a generator proposes, as parallel arrays, sorted by shopper.

    Attributes:
        shopper: position among those asked for.
        item: code in the day's vocabulary.
        rank: within the shopper's, from 0.
    """

    shopper: Ints
    item: Ints
    rank: Ints

    @classmethod
    def of(cls, top: Top, items: Ints) -> Proposed:
        """The chosen columns, which stand for ``items``."""
        return cls(top.row, items[top.column], top.ranks())

    def first(self, count: int) -> Proposed:
        """The ``count`` best of each shopper."""
        kept = self.rank < count
        return Proposed(self.shopper[kept], self.item[kept], self.rank[kept])


def best_of_one_ranking(ranking: Floats, allowed: NDArray[np.bool_], count: int) -> Top:
    """At most ``count`` columns per row of ``allowed`` (rows x columns), by one ranking for all rows.

    Few columns are looked at first, more only while a row is short.
    """
    order = np.lexsort((np.arange(len(ranking)), -rounded(ranking)))
    width = 4 * count
    while True:
        columns = np.sort(order[:width])
        top = best_of(np.where(allowed[:, columns], ranking[columns], NO_OPINION), count)
        if width >= len(order) or len(top.row) == len(allowed) * count:
            return Top(top.row, columns[top.column], top.score)
        width *= 4
