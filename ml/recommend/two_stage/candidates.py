"""The first stage: for each shopper the few items worth ranking, what the shopper bought and what not yet.

Own items come by how often and how lately they were bought. The others are proposed by the shopper's taste (EASE or
ALS), by the same weighed with how many new buyers an item has lately won, by that openness alone, of what is new in
the shop, by the categories that the shopper likes, and where it is asked for, of what nobody bought yet, by its text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.best import NO_OPINION, best_first, best_of
from ml.recommend.core.encoding import Floats, Ints, Reals, Scores, distinct
from ml.recommend.core.interactions import Items
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer
from ml.recommend.text_vectors.cold import ColdItems
from ml.recommend.text_vectors.texts import texts_of
from ml.recommend.text_vectors.vectors import TextVectors
from ml.recommend.two_stage.day_features import LATELY, DayFeatures, Shoppers
from ml.recommend.two_stage.proposals import Proposed, best_of_one_ranking
from ml.tables import Col

if TYPE_CHECKING:
    from ml.recommend.models.ease import EASE

RANGE: Final = 8000
"""Unbought items that are considered at all: those with the most purchases in the last 90 days."""
FRESH: Final = 500
"""Items new in the shop that are considered: those with the most buyers so far."""
SOURCES: Final = ("buy_it_again", "taste", "new_buyers", "popularity", "new_in_category", "cold_text")
"""``candidate_source`` by number: the first generator, in this order, that proposed the item."""
_OWN, *_UNBOUGHT = range(len(SOURCES))
_TASTE, _WINNING, _OPEN, _FRESH, _COLD = _UNBOUGHT
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
    cold: int = 0

    @property
    def unbought(self) -> dict[int, int]:
        """By position in ``SOURCES``, the candidates of what the shopper has not bought."""
        return dict(zip(_UNBOUGHT, (self.taste, self.winning, self.open, self.fresh, self.cold), strict=True))


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

    def where(self, kept: NDArray[np.bool_] | Ints) -> Candidates:
        """Those that ``kept`` picks, in its order."""
        arrays = (getattr(self, name)[kept] for name in ("shopper", "item", "source", "taste", "place"))
        return Candidates(self.shoppers, *arrays)


@dataclass(frozen=True, eq=False)
class Look:
    """A block of shoppers, seen once for whatever is proposed to them.

    Attributes:
        position: of each in the request.
        shoppers: what they bought.
        taste: scores of shoppers x the generators' range of items.
        unbought: by position in ``SOURCES``, what a generator proposes of what a shopper has not bought, best first.
    """

    position: Ints
    shoppers: Shoppers
    taste: Scores
    unbought: Mapping[int, Proposed]


@dataclass(frozen=True, eq=False)
class Generators:
    """What proposes for a request: made once, asked block by block."""

    day: DayFeatures
    request: Request
    taste: Scorer
    """Blocks of the request's shoppers x ``ranged``: item codes, rising, that taste and openness choose from."""
    ranged: Ints
    cold: int = 0
    """How many items that nobody bought yet are proposed per shopper, by their texts."""

    @classmethod
    def of(cls, day: DayFeatures, request: Request, taste: EASE, cold: int = 0) -> Generators:
        """With a fitted taste, which has an opinion on the items that it knows."""
        ranged = _ranged(day)
        ranged = ranged[taste.fitted.items.codes(day.vocabulary.names(ranged)) >= 0]
        narrowed = replace(request, items=Items.of(day.vocabulary.names(ranged)))
        return cls(day, request, taste.scorer(narrowed), ranged, cold)

    @cached_property
    def fresh(self) -> Ints:
        """Item codes, rising, of eligible items that came into the shop in the last weeks."""
        buyers = self.day.item.column(Col.buyers_365d)
        first_sold = self.day.item.column(Col.days_since_first_purchase) < LATELY
        new = np.flatnonzero((self.day.column >= 0) & (first_sold | self.day.created_lately))
        order = np.lexsort((new, -buyers[new]))
        return np.sort(new[order[:FRESH]])

    def look(self, rows: slice, most: int | None = None) -> Look:
        """What the generators need to know of the known shoppers among ``rows``, whatever they are asked next.

        Args:
            most: of each generator so many proposals; None: as many as any list asks for.
        """
        users = self.request.user_rows[rows]
        known = np.flatnonzero(users >= 0)
        shoppers, taste = self.day.shoppers(users[known]), self.taste(rows)[known]
        shares = [self.shares(each).unbought for each in (ALL_SHARES, NEW_SHARES)]
        most_of = {source: most or max(each[source] for each in shares) for source in _UNBOUGHT}
        unbought = dict(self._unbought(shoppers, taste, most_of))
        if self.cold:
            unseen = self._texts.scores(rows)[known]
            unbought[_COLD] = Proposed.of(best_of(unseen, most_of[_COLD]), self._cold_items)
        return Look(known + rows.start, shoppers, taste, unbought)

    def shares(self, shares: Shares) -> Shares:
        """The same with the candidates by text that were asked for."""
        return replace(shares, cold=self.cold)

    @cached_property
    def _texts(self) -> ColdItems:
        return ColdItems.of(self.request, TextVectors.of(texts_of(self.request.items.frame)))

    @cached_property
    def _cold_items(self) -> Ints:
        """The item code of each of the items that nobody bought."""
        return self.day.vocabulary.codes(self.request.items.vocabulary.names(self._texts.items))

    def propose(self, look: Look, shares: Shares) -> Candidates:
        """The candidates of some shoppers."""
        shopper, item, source = self._chosen(look, shares)
        taste = self._tastes(look.taste, shopper, item)
        return Candidates(look.shoppers, shopper, item, source, taste, _places(shopper, taste))

    def _chosen(self, look: Look, shares: Shares) -> tuple[Ints, Ints, Ints]:
        """Each proposed pair once, with the first generator that proposed it."""
        width, kinds = max(len(self.day.vocabulary), 1), len(SOURCES)
        given = self.shares(shares).unbought
        proposed = {source: each.first(given[source]) for source, each in look.unbought.items()}
        if shares.own:
            proposed[_OWN] = self.own(look.shoppers, shares.own)
        keys = [(each.shopper * width + each.item) * kinds + source for source, each in proposed.items()]
        everything = distinct(np.concatenate(keys))
        chosen = everything[np.flatnonzero(np.diff(everything // kinds, prepend=-1))]
        return chosen // kinds // width, chosen // kinds % width, chosen % kinds

    def own(self, shoppers: Shoppers, count: int) -> Proposed:
        """What the shoppers bought, by how often and how lately."""
        eligible = np.flatnonzero(self.day.column >= 0)
        return Proposed.of(best_of(shoppers.worth[:, eligible].tocsr(), count), eligible)

    def _unbought(self, shoppers: Shoppers, taste: Scores, most: Mapping[int, int]) -> Iterator[tuple[int, Proposed]]:
        """``most`` of each generator, so that one look serves all lists."""
        scores = _unseen(taste, shoppers, self.ranged)
        yield _TASTE, Proposed.of(best_of(scores, most[_TASTE]), self.ranged)
        openness: Floats = np.log(self.day.item.column(Col.new_buyer_rate_28d)[self.ranged])
        heard = scores > NO_OPINION
        yield _OPEN, Proposed.of(best_of_one_ranking(openness, heard, most[_OPEN]), self.ranged)
        np.log(np.maximum(scores, _FAINT), out=scores, where=heard)
        scores += _PULL * openness
        yield _WINNING, Proposed.of(best_of(scores, most[_WINNING]), self.ranged)
        liking = _unseen(self._liking(shoppers), shoppers, self.fresh)
        yield _FRESH, Proposed.of(best_of(liking, most[_FRESH]), self.fresh)

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


def _places(shopper: Ints, taste: Floats) -> Floats:
    """Ranks by taste of candidates that are sorted by shopper and item."""
    starts = np.searchsorted(shopper, shopper)
    places = np.empty(len(shopper), dtype=np.float32)
    places[best_first(shopper, np.nan_to_num(taste, nan=-np.inf))] = np.arange(len(shopper))
    return places - starts.astype(np.float32)


def scores_without_ranker(found: Candidates) -> Reals:
    """Scores in (0, 1): own items in the upper half, others below it in the order of the taste."""
    worth = found.shoppers.worth_of(found.shopper, found.item)
    return np.where(worth > 0, 0.5 + 0.5 * worth / (1.0 + worth), 0.5 / (2.0 + found.place))
