"""The columns that a ranker sees of its candidates: cells of the day's feature tables, and the generators' scores."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.encoding import Floats, Ints
from ml.recommend.core.snapshots import ITEM, USER, USER_ITEM
from ml.recommend.two_stage.candidates import Candidates
from ml.recommend.two_stage.day_features import LEVELS, Rows

SCORES: Final = ("taste", "taste_place")
"""What models say of a candidate; every other feature has the name of its table and column."""


@dataclass(frozen=True, eq=False)
class Features:
    """Candidates x named columns, float32; NaN where there is no value."""

    names: tuple[str, ...]
    values: Floats

    def of(self, names: Sequence[str], rows: Ints | NDArray[np.bool_] | slice = slice(None)) -> Floats:
        """Some columns, in the order asked for."""
        columns = [self.names.index(name) for name in names]
        return self.values[rows][:, columns] if columns != list(range(len(self.names))) else self.values[rows]


def features(candidates: Candidates, names: Sequence[str]) -> Features:
    """The features ``names`` of each candidate; see ``Cells.table``."""
    return Features(tuple(names), Cells(candidates).table(names))


@dataclass(frozen=True, eq=False)
class Cells:
    """Where the features of some candidates stand: looked up once, of whichever of them they are read."""

    candidates: Candidates

    def table(
        self, names: Sequence[str], of: Ints | slice = slice(None), read: Collection[str] | None = None
    ) -> Floats:
        """Candidates x ``names``, float32, each column in one piece: ``SCORES``, and columns as ``feature_names`` has.

        Args:
            of: positions of the candidates that are asked for; by default all.
            read: the columns to fill, by default all; the others hold zeros.
        """
        scores = dict(zip(SCORES, (self.candidates.taste, self.candidates.place), strict=True))
        table = np.zeros((len(self.candidates.item[of]), len(names)), dtype=np.float32, order="F")
        at: dict[str, Ints] = {}
        for number, name in enumerate(names):
            source, dot, column = name.partition(".")
            if read is not None and name not in read:
                continue
            if not dot:
                table[:, number] = scores[name][of]
                continue
            if source not in at:
                at[source] = self._places[source][of]
            table[:, number] = self._rows[source].at(at[source], column)
        return table

    @cached_property
    def _rows(self) -> dict[str, Rows]:
        """By source, the first part of a feature's name: the rows that it is read from."""
        shoppers = self.candidates.shoppers
        return {ITEM: shoppers.day.item, USER: shoppers.own, USER_ITEM: shoppers.pairs, **shoppers.groups}

    @cached_property
    def _places(self) -> dict[str, Ints]:
        """By source: which of the rows is each candidate's; -1 where there is none."""
        shopper, item, day = self.candidates.shopper, self.candidates.item, self.candidates.shoppers.day
        places = {ITEM: item, USER: shopper}
        places[USER_ITEM] = self._rows[USER_ITEM].positions(shopper * len(day.vocabulary) + item)
        for level in LEVELS:
            group = day.group[level][item]
            places[level] = self._rows[level].positions(shopper * day.groups[level] + group)
        return places
