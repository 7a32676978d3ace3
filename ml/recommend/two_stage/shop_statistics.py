"""A shop seen from the end of a day: what its history says of items and shoppers, and nothing later.

Everything follows from the purchase history up to the day and the catalogue, so that the days on which a ranker learns
and the day that it scores are seen in the same way. Of items everything is known at once; shoppers are looked at
a block at a time, so that memory does not grow with their number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ml.recommend.core.encoding import Encoded, Floats, Ints, Matrix, Vocabulary
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.two_stage.affinities import NEVER, Affinities, Events, picked
from ml.tables import Col

WINDOWS: Final = (7, 14, 28, 56, 112)
"""Days over which an item's buyers are counted."""
LATELY: Final = 28
ITEM, TYPE, CATEGORY, LINE, BRAND = "item", "type", "category", "line", "brand"
_LEVELS: Final = {
    TYPE: (Col.item_category, Col.item_category2, Col.item_category3),
    CATEGORY: (Col.item_category, Col.item_category2),
    LINE: (Col.item_brand, Col.item_category, Col.item_category2, Col.item_category3),
    BRAND: (Col.item_brand,),
}
_EPOCH: Final = date(1970, 1, 1)
_AT_ONCE: Final = 5000
"""Shoppers that are looked at in one go to count what they say of items."""


@dataclass(frozen=True, eq=False)
class ShopStatistics:
    """See the module. ``history`` ends on ``as_of``; ``items`` are the eligible ones."""

    history: Interactions
    items: Items
    as_of: date

    @property
    def encoded(self) -> Encoded:
        """The history as arrays."""
        return self.history.encoded

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What was ever sold and what is eligible; its codes are the item codes of everything here."""
        return Vocabulary.of(pl.concat([self.encoded.items.ids.alias("id"), self.items.vocabulary.ids.alias("id")]))

    @cached_property
    def item(self) -> Ints:
        """The item code of each event of the history."""
        return self.vocabulary.codes(self.encoded.items.ids)[self.encoded.item]

    @cached_property
    def age(self) -> Ints:
        """Days from each event to the shop statistics' day."""
        return (self.as_of - _EPOCH).days - self.encoded.day

    @cached_property
    def column(self) -> Ints:
        """For each item code its row in ``items``; -1 for one that is not eligible."""
        return self.items.vocabulary.codes(self.vocabulary.ids)

    @cached_property
    def groups(self) -> dict[str, Ints]:
        """By level (item, type, category, line, brand): the group of each item code, from 0."""
        ids = pl.DataFrame({Col.item_id: self.vocabulary.ids})
        known = ids.join(self.items.frame, on=Col.item_id, how="left", maintain_order="left")
        return {ITEM: np.arange(len(ids))} | {level: _coded(known, columns) for level, columns in _LEVELS.items()}

    @cached_property
    def created_lately(self) -> NDArray[np.bool_]:
        """Per item code: whether the catalogue dates it to the last weeks."""
        if Col.created_date not in self.items.frame.columns:
            return np.zeros(len(self.vocabulary), dtype=np.bool_)
        since = (pl.lit(self.as_of) - pl.col(Col.created_date)).dt.total_days()
        recent = self.items.frame.select(since.is_between(0, LATELY - 1).fill_null(False))[:, 0].to_numpy()
        return np.where(self.column >= 0, recent[self.column], False)

    @cached_property
    def item_facts(self) -> dict[str, Floats]:
        """By name: a figure per item code; ages in days, prices in the shop's currency."""
        facts = self._sales() | self._loyalty()
        facts["openness"] = _openness(facts[f"first_{LATELY}"], facts["shoppers"], len(self.encoded.users))
        for window in (7, 28, 112):
            group = self.groups[TYPE]
            facts[f"type_days_{window}"] = np.bincount(group, facts[f"days_{window}"])[group]
        return {name: values.astype(np.float32) for name, values in facts.items()}

    def shoppers(self, codes: Ints) -> Shoppers:
        """The shoppers of these codes in the history, each once."""
        return Shoppers(self, codes)

    def _sales(self) -> dict[str, NDArray[Any]]:
        count = len(self.vocabulary)
        days = {f"days_{window}": np.bincount(self.item[self.age < window], minlength=count) for window in WINDOWS}
        price = self._price(np.ones(len(self.age), dtype=np.bool_))
        lately = self._price(self.age < WINDOWS[1])
        return {**days, "price": price, "price_ratio": np.where(lately > 0, lately / np.maximum(price, 1e-9), 1.0)}

    def _price(self, among: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Revenue per unit of the events ``among``; 0 where there were none."""
        count, item = len(self.vocabulary), self.item[among]
        units, revenue = (
            np.bincount(item, each[among], count) for each in (self.encoded.quantity, self.encoded.revenue)
        )
        return np.asarray(np.where(units > 0, revenue / np.maximum(units, 1e-9), 0.0))

    def _loyalty(self) -> dict[str, NDArray[Any]]:
        count = len(self.vocabulary)
        sums: dict[str, NDArray[np.float64]] = defaultdict(lambda: np.zeros(count))
        oldest, newest = np.zeros(count), np.full(count, NEVER)
        for affinities in self._everybody():
            item, columns = affinities.group, affinities.columns
            again = columns["days"] > 1
            np.maximum.at(oldest, item, columns["first"])
            np.minimum.at(newest, item, columns["last"])
            sums["shoppers"] += np.bincount(item, minlength=count)
            sums["days"] += np.bincount(item, columns["days"], count)
            sums["repeaters"] += np.bincount(item[again], minlength=count)
            sums["intervals"] += np.bincount(item[again], affinities.interval[again], count)
            for window in WINDOWS[:-1]:
                sums[f"first_{window}"] += np.bincount(item[columns["first"] < window], minlength=count)
        shoppers, repeaters = np.maximum(sums["shoppers"], 1), sums.pop("repeaters")
        shares = {"repeat_share": repeaters / shoppers, "days_per_shopper": sums.pop("days") / shoppers}
        interval = sums.pop("intervals") / np.maximum(repeaters, 1)
        return {**sums, **shares, "interval": interval, "oldest": oldest, "newest": newest}

    def _everybody(self) -> Iterator[Affinities]:
        count = len(self.encoded.users)
        for start in range(0, max(count, 1), _AT_ONCE):
            yield self.shoppers(np.arange(start, min(start + _AT_ONCE, count))).pairs


@dataclass(frozen=True, eq=False)
class Shoppers:
    """Some shoppers seen from the shop statistics' day; shopper i is the i-th of ``codes``, each in the history."""

    statistics: ShopStatistics
    codes: Ints

    @cached_property
    def events(self) -> Events:
        """What they bought."""
        owner = self.statistics.encoded.user  # rises: a history is sorted by shopper
        first, end = np.searchsorted(owner, self.codes), np.searchsorted(owner, self.codes, side="right")
        counts = end - first
        offset = np.repeat(first - np.append(0, np.cumsum(counts)[:-1]), counts) if len(counts) else first
        rows = np.arange(len(offset)) + offset
        shopper = np.repeat(np.arange(len(self.codes)), counts)
        return Events(len(self.codes), shopper, self.statistics.item[rows], self.statistics.age[rows])

    @cached_property
    def pairs(self) -> Affinities:
        """How each buys of each item."""
        return Affinities.of(self.events, self.statistics.groups[ITEM])

    @cached_property
    def affinities(self) -> dict[str, Affinities]:
        """By level: how each buys of each group."""
        groups = {level: group for level, group in self.statistics.groups.items() if level != ITEM}
        return {ITEM: self.pairs} | {level: Affinities.of(self.events, group) for level, group in groups.items()}

    @cached_property
    def overall(self) -> Affinities:
        """How each buys anything: one group that holds all items; pair i is shopper i."""
        return Affinities.of(self.events, np.zeros(len(self.statistics.vocabulary), dtype=np.int64))

    @cached_property
    def worth(self) -> Matrix:
        """Shoppers x items: how often and how lately each was bought; half-lives of 30 and 90 days, added."""
        pairs = self.pairs
        value = pairs.columns["worth_30"] + pairs.columns["worth_90"]
        return Matrix((value, (pairs.shopper, pairs.group)), shape=(len(self.codes), len(self.statistics.vocabulary)))

    def worth_of(self, shopper: Ints, item: Ints) -> Floats:
        """Cells of ``worth``."""
        at = self.pairs.positions(shopper, item)
        return picked(self.pairs.columns["worth_30"], at, 0.0) + picked(self.pairs.columns["worth_90"], at, 0.0)


def _openness(first_lately: NDArray[np.float64], shoppers: NDArray[np.float64], everybody: int) -> NDArray[np.float64]:
    """Of those who had not bought an item four weeks ago, the share that has since; pulled towards few."""
    strangers = everybody - shoppers + first_lately
    return np.asarray((first_lately + 0.5) / (strangers + 20.0))


def _coded(known: pl.DataFrame, columns: tuple[str, ...]) -> Ints:
    present = [pl.col(column).cast(pl.String).fill_null("") for column in columns if column in known.columns]
    if not present:
        return np.zeros(len(known), dtype=np.int64)
    names = known.select(pl.concat_str(present, separator="\x1f").alias(Col.item_id))[Col.item_id]
    return Vocabulary.of(names).codes(names)
