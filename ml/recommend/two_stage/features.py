"""The columns that a ranker sees of its candidates: cells of the day's feature tables, and the generators' scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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


def features(candidates: Candidates, names: Sequence[str], order: Ints | slice = slice(None)) -> Features:
    """The features ``names`` of each candidate: ``SCORES``, and columns as ``day_features.feature_names`` has them.

    Args:
        order: positions of the candidates, in the order in which their features are wanted. Rows are looked up in the
            candidates' own order, in which they are found several times as fast.
    """
    scores = dict(zip(SCORES, (candidates.taste[order], candidates.place[order]), strict=True))
    made: list[str] = [name for name in names if name in scores]
    parts = [scores[name][:, None] for name in made]
    for source, rows, where in _sources(candidates):
        columns = tuple(name.partition(".")[2] for name in names if name.partition(".")[0] == source and "." in name)
        if columns:
            made += [f"{source}.{column}" for column in columns]
            parts.append(rows.at(where[order], columns))
    found = Features(tuple(made), np.hstack(parts) if parts else np.zeros((len(candidates.item), 0), np.float32))
    return Features(tuple(names), found.of(names))


def _sources(candidates: Candidates) -> Iterator[tuple[str, Rows, Ints]]:
    """By the first part of a feature's name: the rows that it is read from, and the one of each candidate."""
    shoppers, shopper, item = candidates.shoppers, candidates.shopper, candidates.item
    day = shoppers.day
    yield ITEM, day.item, item
    yield USER, shoppers.own, shopper
    yield USER_ITEM, shoppers.pairs, shoppers.pairs.positions(shopper * len(day.vocabulary) + item)
    for level in LEVELS:
        rows = shoppers.groups[level]
        yield level, rows, rows.positions(shopper * day.groups[level] + day.group[level][item])
