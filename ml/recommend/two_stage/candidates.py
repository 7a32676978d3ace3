"""The first stage: for each shopper the few items worth ranking, what the shopper bought and what not yet.

Own items come by how often and how lately they were bought. The others are proposed by the shopper's taste (EASE or
ALS), by the same weighed with how many new buyers an item has lately won, by that openness alone, and, of what is new
in the shop, by the categories that the shopper likes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.best import NO_OPINION, best_of
from ml.recommend.core.encoding import Floats, Ints, Reals, Scores, distinct
from ml.recommend.core.interactions import Items
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer
from ml.recommend.two_stage.day_features import LATELY, DayFeatures, Shoppers
from ml.tables import Col

RANGE: Final = 8000
"""Unbought items that are considered at all: those with the most purchases in the last 90 days."""
FRESH: Final = 500
"""Items new in the shop that are considered: those with the most buyers so far."""
SOURCES: Final = ("buy_it_again", "taste", "new_buyers", "popularity", "new_in_category")
"""``candidate_source`` by number: the first generator, in this order, that proposed the item."""
_LIKED: Final = "category"
_FAINT = np.float32(1e-4)
_PULL = np.float32(0.6)
"""Weight of an item's openness beside the shopper's taste, on validation."""


@dataclass(frozen=True)
class Shares:
    """How many candidates each generator gives per shopper, in the order of ``SOURCES``."""

    own: int
    taste: int
    winning: int
    open: int
    fresh: int


ALL_SHARES: Final = Shares(own=130, taste=30, winning=20, open=0, fresh=3)
NEW_SHARES: Final = Shares(own=0, taste=90, winning=90, open=60, fresh=10)


@dataclass(frozen=True, eq=False)
class Candidates:
    """Parallel arrays, sorted by shopper and item.

    Attributes:
        shoppers: whom they are for.
        shopper: position among ``shoppers``.
        item: code in the day's vocabulary.
        source: position in ``SOURCES``.
        taste: the generator's score; NaN for an item outside its range.
        place: rank by taste among the shopper's candidates, from 0.
    """

    shoppers: Shoppers
    shopper: Ints
    item: Ints
    source: Ints
    taste: Floats
    place: Floats


@dataclass(frozen=True, eq=False)
class Look:
    """A block of shoppers: their positions in the request, what they bought, and their taste.

    ``taste`` holds scores of shoppers x the generators' range of items.
    """

    position: Ints
    shoppers: Shoppers
    taste: Scores


@dataclass(frozen=True, eq=False)
class Generators:
    """What proposes for a request: made once, asked block by block."""

    day: DayFeatures
    request: Request
    taste: Scorer
    """Blocks of the request's shoppers x ``ranged``."""

    @staticmethod
    def narrowed(day: DayFeatures, request: Request) -> Request:
        """The request that the taste generator has to answer: only the items in its range."""
        return replace(request, items=Items.of(day.vocabulary.names(_ranged(day))))

    @cached_property
    def ranged(self) -> Ints:
        """Item codes, rising, that taste and openness choose from."""
        return _ranged(self.day)

    @cached_property
    def fresh(self) -> Ints:
        """Item codes, rising, of eligible items that came into the shop in the last weeks."""
        buyers = self.day.item.column(Col.buyers_365d)
        first_sold = self.day.item.column(Col.days_since_first_purchase) < LATELY
        new = np.flatnonzero((self.day.column >= 0) & (first_sold | self.day.created_lately))
        order = np.lexsort((new, -buyers[new]))
        return np.sort(new[order[:FRESH]])

    def look(self, rows: slice) -> Look:
        """What the generators need to know of the known shoppers among ``rows``, whatever they are asked next."""
        users = self.request.user_rows[rows]
        known = np.flatnonzero(users >= 0)
        return Look(known + rows.start, self.day.shoppers(users[known]), self.taste(rows)[known])

    def propose(self, look: Look, shares: Shares) -> Candidates:
        """The candidates of some shoppers."""
        shopper, item, source = self._chosen(look.shoppers, look.taste, shares)
        taste = self._tastes(look.taste, shopper, item)
        return Candidates(look.shoppers, shopper, item, source, taste, _places(shopper, item, taste))

    def _chosen(self, shoppers: Shoppers, block: Scores, shares: Shares) -> tuple[Ints, Ints, Ints]:
        """Each proposed pair once, with the first generator that proposed it."""
        width, kinds = max(len(self.day.vocabulary), 1), len(SOURCES)
        keys = [
            (shopper * width + item) * kinds + source
            for source, shopper, item in self._proposals(shoppers, block, shares)
        ]
        everything = distinct(np.concatenate(keys)) if keys else np.zeros(0, dtype=np.int64)
        chosen = everything[np.flatnonzero(np.diff(everything // kinds, prepend=-1))]
        return chosen // kinds // width, chosen // kinds % width, chosen % kinds

    def _proposals(self, shoppers: Shoppers, block: Scores, shares: Shares) -> Iterator[tuple[int, Ints, Ints]]:
        """Generator, shoppers and items, generator by generator."""
        if shares.own:
            eligible = np.flatnonzero(self.day.column >= 0)
            own = best_of(shoppers.worth[:, eligible].tocsr(), shares.own)
            yield 0, own.row, eligible[own.column]
        openness: Floats = np.log(self.day.item.column(Col.new_buyer_rate_28d)[self.ranged])
        unseen = _unseen(block, shoppers, self.ranged)
        if shares.taste:
            yield self._best(1, unseen, shares.taste)
        if shares.winning:
            yield self._best(2, _logarithm(unseen) + _PULL * openness, shares.winning)
        if shares.open:
            yield self._best(3, np.where(unseen > NO_OPINION, openness, NO_OPINION), shares.open)
        if shares.fresh and len(self.fresh):
            top = best_of(_unseen(self._liking(shoppers), shoppers, self.fresh), shares.fresh)
            yield len(SOURCES) - 1, top.row, self.fresh[top.column]

    def _best(self, source: int, scores: NDArray[np.floating], count: int) -> tuple[int, Ints, Ints]:
        top = best_of(scores.astype(np.float32), count)
        return source, top.row, self.ranged[top.column]

    def _liking(self, shoppers: Shoppers) -> Scores:
        """Shoppers x fresh items: how much the shopper buys of the item's category, times the item's first success."""
        rows = shoppers.groups[_LIKED]
        worth = np.zeros((len(shoppers.codes), self.day.groups[_LIKED]), dtype=np.float32)
        worth.flat[rows.keys] = rows.column(Col.decayed_purchase_days_90d)
        liked = worth[:, self.day.group[_LIKED][self.fresh]]
        buyers = np.nan_to_num(self.day.item.column(Col.buyers_365d)[self.fresh])
        scores = np.log1p(liked) * (1.0 + np.log1p(buyers))
        return np.where(liked > 0, scores, NO_OPINION).astype(np.float32)

    def _tastes(self, block: Scores, shopper: Ints, item: Ints) -> Floats:
        column = np.full(len(self.day.vocabulary), -1)
        column[self.ranged] = np.arange(len(self.ranged))
        within = column[item] >= 0
        taste = np.full(len(item), np.nan, dtype=np.float32)
        taste[within] = block[shopper[within], column[item[within]]]
        taste[np.isneginf(taste)] = np.nan
        return taste


def _ranged(day: DayFeatures) -> Ints:
    bought, buyers = day.item.column(Col.purchases_90d), day.item.column(Col.buyers_365d)
    sold = np.flatnonzero((day.column >= 0) & (buyers > 0))
    order = np.lexsort((sold, -buyers[sold], -bought[sold]))
    return np.sort(sold[order[:RANGE]])


def _unseen(block: Scores, shoppers: Shoppers, items: Ints) -> Scores:
    """A copy of a block of shoppers x ``items`` without what they bought."""
    unseen = np.array(block, copy=True)
    bought = shoppers.worth[:, items].tocoo()
    unseen[bought.row, bought.col] = NO_OPINION
    return unseen


def _logarithm(scores: Scores) -> NDArray[np.float32]:
    logs = np.log(np.maximum(scores, _FAINT))
    return np.where(scores > NO_OPINION, logs, NO_OPINION)


def _places(shopper: Ints, item: Ints, taste: Floats) -> Floats:
    order = np.lexsort((item, -np.nan_to_num(taste, nan=-np.inf), shopper))
    starts = np.searchsorted(shopper, shopper)  # candidates are sorted by shopper
    places = np.empty(len(order), dtype=np.float32)
    places[order] = np.arange(len(order))
    return places - starts.astype(np.float32)


def scores_without_ranker(found: Candidates) -> Reals:
    """Scores in (0, 1): own items in the upper half, others below it in the order of the taste."""
    worth = found.shoppers.worth_of(found.shopper, found.item)
    return np.where(worth > 0, 0.5 + 0.5 * worth / (1.0 + worth), 0.5 / (2.0 + found.place))
