"""How shoppers buy of each group of items (a single item, a category, a brand), seen from the end of a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.encoding import Floats, Ints, distinct

HALF_LIVES: Final = (14.0, 30.0, 90.0)
NEVER: Final = 1000.0
"""Days since something that did not happen."""


@dataclass(frozen=True, eq=False)
class Events:
    """What some shoppers bought: parallel arrays of shopper (from 0), item code and age in days (0 is the day)."""

    shoppers: int
    shopper: Ints
    item: Ints
    age: Ints


@dataclass(frozen=True, eq=False)
class Affinities:
    """One element per pair of shopper and group that met, in the order of ``keys``.

    Attributes:
        keys: shopper x ``groups`` + group, rising.
        groups: number of groups.
        columns: per pair: ``days`` (on how many the shopper bought of the group), ``last``, ``last2``, ``last3``
            (days since the last, second last and third last of them), ``first``, and ``worth_14``, ``worth_30``,
            ``worth_90`` (days, each worth half as much every so many days).
    """

    keys: Ints
    groups: int
    columns: Mapping[str, Floats]

    @classmethod
    def of(cls, events: Events, group: Ints) -> Affinities:
        """The affinities in ``events``; ``group`` per item code, from 0."""
        groups = int(group.max(initial=0)) + 1
        pair = events.shopper * groups + group[events.item]
        span = int(events.age.max(initial=0)) + 1
        visits = distinct(pair * span + (span - 1 - events.age))  # rising by pair, then day
        pair, age = visits // span, (span - 1 - visits % span).astype(np.float32)
        starts = np.flatnonzero(np.diff(pair, prepend=-1))
        ends = np.append(starts[1:], len(pair)) if len(pair) else starts
        columns = {"days": (ends - starts).astype(np.float32), "first": age[starts]}
        for name, back in (("last", 1), ("last2", 2), ("last3", 3)):
            columns[name] = np.where(ends - back >= starts, age[np.maximum(ends - back, 0)], np.float32(NEVER))
        columns |= {f"worth_{half:.0f}": _summed(0.5 ** (age / half), starts) for half in HALF_LIVES}
        return cls(pair[starts], groups, columns)

    @property
    def shopper(self) -> Ints:
        """The shopper of each pair."""
        return self.keys // self.groups

    @property
    def group(self) -> Ints:
        """The group of each pair."""
        return self.keys % self.groups

    @property
    def interval(self) -> Floats:
        """Mean days between a pair's purchase days; NaN where there was one only."""
        days = self.columns["days"]
        span = self.columns["first"] - self.columns["last"]
        return np.where(days > 1, span / np.maximum(days - 1, 1), np.nan).astype(np.float32)

    def positions(self, shopper: Ints, group: Ints) -> Ints:
        """Where the pairs of ``shopper`` and ``group`` stand; -1 for those that never met."""
        return positions_in(self.keys, shopper * self.groups + group)


def positions_in(keys: Ints, wanted: Ints) -> Ints:
    """The position of each wanted key among the rising ``keys``; -1 for one that is not there."""
    if not len(keys):
        return np.full(len(wanted), -1, dtype=np.int64)
    found = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[found] == wanted, found, -1)


def picked(values: Floats, positions: Ints, missing: float) -> Floats:
    """``values`` at ``positions``; ``missing`` at -1."""
    if not len(values):
        return np.full(len(positions), missing, dtype=np.float32)
    return np.where(positions >= 0, values[positions], np.float32(missing)).astype(np.float32)


def _summed(values: NDArray[np.floating], starts: Ints) -> Floats:
    if not len(starts):
        return np.zeros(0, dtype=np.float32)
    return np.asarray(np.add.reduceat(values.astype(np.float64), starts), dtype=np.float32)
