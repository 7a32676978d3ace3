"""What a shopper's purchases of one item look like over time: one row per pair of shopper and item."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from ml.recommend.core.baskets import Baskets
from ml.recommend.core.encoding import Encoded, Ints, Reals, distinct
from ml.recommend.core.interactions import Interactions
from ml.recommend.core.recency import WINDOW_DAYS, ages

HALF_LIVES = (14.0, 45.0, 90.0, 365.0)
_LITTLE = 0.01
_PRIOR = 5.0
"""Shoppers added to every item's when its share of repeaters is estimated."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Parallel arrays, by shopper and item code of the history; ages and intervals in days.

    Attributes:
        days: on how many days the shopper bought the item.
        since: days from the last purchase to the day the pairs are seen from.
        interval: mean days between purchases; 0 where there was one only.
        worth: pairs x ``HALF_LIVES``: purchases, each worth half as much every so many days.
    """

    user: Ints
    item: Ints
    days: Reals
    since: Reals
    interval: Reals
    worth: Reals

    @classmethod
    def of(cls, history: Interactions, as_of: date) -> Pairs:
        """The pairs of a history, seen from the end of ``as_of``."""
        encoded, age = history.encoded, ages(history, as_of).astype(np.float64)
        items = max(len(encoded.items), 1)
        keys, pair = np.unique(encoded.user * items + encoded.item, return_inverse=True)
        days = np.bincount(pair, minlength=len(keys)).astype(np.float64)
        since, first = np.full(len(keys), np.inf), np.zeros(len(keys))
        np.minimum.at(since, pair, age)
        np.maximum.at(first, pair, age)
        worth = [np.bincount(pair, encoded.purchases * 0.5 ** (age / half), len(keys)) for half in HALF_LIVES]
        interval = (first - since) / np.maximum(days - 1, 1)
        return cls(keys // items, keys % items, days, since, interval, np.column_stack(worth))

    def features(self, history: Interactions, as_of: date) -> Reals:
        """Pairs x features that tell how likely the next purchase is; logarithms, all finite."""
        encoded = history.encoded
        again = self.days > 1
        due = np.where(again, np.log((self.since + 1.0) / (self.interval + 1.0)), 0.0)
        baskets = Baskets.of(encoded).of_user[self.user]
        columns = [
            *np.log(self.worth.T + _LITTLE),
            np.log1p(self.since),
            again,
            due,
            due**2,
            np.maximum(due, 0.0) ** 2,
            self._loyalty(encoded),
            np.log1p(_recent_shoppers(history, as_of)[self.item]),
            np.log(self.days / np.maximum(baskets, 1)),
        ]
        return np.column_stack(columns).astype(np.float64)

    def _loyalty(self, encoded: Encoded) -> Reals:
        """The share of the item's shoppers who bought it on several days."""
        shoppers = np.bincount(self.item, minlength=len(encoded.items))
        repeaters = np.bincount(self.item, self.days > 1, len(encoded.items))
        usual = repeaters.sum() / max(shoppers.sum(), 1)
        return np.asarray(((repeaters + _PRIOR * usual) / (shoppers + _PRIOR))[self.item])


def _recent_shoppers(history: Interactions, as_of: date) -> Reals:
    encoded = history.encoded
    recent = ages(history, as_of) < WINDOW_DAYS
    pairs = distinct(encoded.user[recent] * len(encoded.items) + encoded.item[recent])
    return np.bincount(pairs % max(len(encoded.items), 1), minlength=len(encoded.items)).astype(np.float64)
