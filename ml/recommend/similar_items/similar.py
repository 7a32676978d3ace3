"""Item-to-item relations: ``similar``, ``bought_together``, ``substitute``, ``complement``.

``similar`` and ``bought_together`` come from symmetric sparse products that are computed by tiles, so memory holds one
tile's pairs and the best of earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.core.encoding import Ints, Vocabulary
from ml.recommend.outputs import SIMILAR_ITEM
from ml.recommend.similar_items.item_embeddings import cosines, latent_vectors
from ml.recommend.similar_items.item_pairs import Codes, Margins, Pairs, Reals, ranked, shared, strongest
from ml.recommend.similar_items.purchases import Purchases, sampled
from ml.recommend.similar_items.substitutes import COMPLEMENT, SUBSTITUTE, Rhythm
from ml.tables import Col

SIMILAR: Final = "similar"
BOUGHT_TOGETHER: Final = "bought_together"

_SHRINKAGE: Final = 10
"""A correlation counts n / (n + 10) of itself when n shoppers bought both: few shared shoppers prove little."""
_ENOUGH: Final = 5
_SHOPPERS_PER_SUPPORT: Final = 400
_RARE: Final = 20
"""An item with fewer shoppers than that seldom shares ``_ENOUGH`` of them with another; ``_FEWEST`` do then."""
_FEWEST: Final = 2
_BY_BEHAVIOUR: Final = 2
_TOGETHER: Final = 3
"""Similar items are chosen from so many times k by behaviour, complements from so many times k bought together."""
_LIFTED: Final = 1.00005
"""The least lift that is above 1 in the four digits that are published."""
_AT_A_TIME: Final = 4_000


def similar_items(
    history: pl.DataFrame, dim_item: pl.DataFrame, k: int = 20, min_support: int | None = None
) -> pl.DataFrame:
    """The k items most like each item, by four relations; nothing rests on a single shopper.

    ``similar``: the behavioural cosine, centred (phi coefficient) of the items' vectors of bought or not over
    shoppers and shrunk by n / (n + 10), times the mean of one and the latent cosine (see ``latent``; 0 where negative);
    support n counts the shoppers who bought both: five, or two if one of the items has fewer than 20 shoppers. Chosen
    among the pairs that are of the 2 k best by behaviour of either item. Centring keeps what everybody buys out of
    every list.
    ``bought_together``: support counts the shopper-days with both (a day stands for a basket); score
    is Dunning's log-likelihood ratio (Computational Linguistics 19, 1993). ``substitute`` and ``complement``: see
    ``substitutes``; support counts shoppers of both, and shopper-days with both. ``confidence`` is the support as
    a share of the item's own shoppers or shopper-days, ``lift`` is against independence in either and above 1.

    Args:
        history: one row per user, item and day (columns as in a slice's ``history``); of a long one a sample of the
            shoppers counts (see ``purchases.sampled``), in supports too.
        dim_item: the catalogue; items that are not recommendable are left out on both sides.
        k: the longest list, per relation and item.
        min_support: the least support of a pair, never below 2; None asks for 1 in 400 shoppers, at most 5, and for 2
            in ``similar`` where an item is rare.

    Returns:
        A frame of ``SIMILAR_ITEM``; ties are in the order of ids, and equal input gives equal rows.
    """
    recommendable = dim_item.filter(pl.col(Col.is_recommendable))
    history = sampled(history)
    sold = Vocabulary.of(history[Col.item_id])
    items = Vocabulary(sold.ids.filter(sold.ids.is_in(recommendable[Col.item_id].implode())))
    if not len(items):
        return SIMILAR_ITEM.empty()
    bought = Purchases.of(history, items)
    least = max(2, min_support or min(_ENOUGH, bought.users // _SHOPPERS_PER_SUPPORT))
    rhythm = Rhythm.of(bought, _kinds(recommendable, items))
    alike, shoppers = _alike(bought.times, least, max(_FEWEST, min_support or 0), k)
    together, baskets = _together(bought, least, k)
    tables = {
        SIMILAR: ranked(alike, shoppers, items, SIMILAR, k),
        BOUGHT_TOGETHER: ranked(together, baskets, items, BOUGHT_TOGETHER, k),
        COMPLEMENT: ranked(rhythm.complements(together), baskets, items, COMPLEMENT, k),
        SUBSTITUTE: ranked(rhythm.substitutes(bought, least), rhythm.buyers, items, SUBSTITUTE, k),
    }
    in_order = pl.concat(tables[relation] for relation in sorted(tables))  # so that nothing has to sort them again
    return SIMILAR_ITEM.checked(in_order)


def _kinds(recommendable: pl.DataFrame, items: Vocabulary) -> Ints:
    """The product type of each item as a code, by the deepest category it has; -1 where it has none."""
    levels = [name for name in (Col.item_category3, Col.item_category2, Col.item_category) if name in recommendable]
    kind = pl.coalesce(levels) if levels else pl.lit(None, dtype=pl.String)
    named = pl.DataFrame({Col.item_id: items.ids}).join(
        recommendable.select(Col.item_id, kind.alias("kind")), on=Col.item_id, how="left", maintain_order="left"
    )
    return Vocabulary.of(named["kind"]).codes(named["kind"])


def _alike(times: sparse.csr_matrix, least: int, fewest: int, k: int) -> tuple[Pairs, Margins]:
    """Pairs of relation ``similar`` with their scores, and the marginal counts of shoppers.

    Args:
        times: items x shoppers: the number of days on which the shopper bought the item.
        least: shoppers who must have bought both items; ``fewest`` if one of the items is rare.
        k: the pairs hold at least the 2 k best of each item by behaviour.
    """
    buyers, shoppers = np.diff(times.indptr), times.shape[1]
    often, asked = buyers.astype(np.float64), np.where(buyers < _RARE, fewest, least)
    spread = np.sqrt(often * (shoppers - often))
    steady = 1 / np.where(spread > 0, spread, np.inf)  # 0 when everybody bought it
    counts = np.arange(buyers.max(initial=0) + 1)
    trust = counts / (counts + _SHRINKAGE)

    def correlated() -> Iterator[Pairs]:
        for item, related, n in shared(times, asked):
            seen, expected = n * float(shoppers), often[item] * often[related]
            more = np.flatnonzero(seen > _LIFTED * expected)
            score = (seen[more] - expected[more]) * (steady[item[more]] * steady[related[more]]) * trust[n[more]]
            yield Pairs(item[more], related[more], score, n[more])

    near = strongest(correlated(), len(buyers), _BY_BEHAVIOUR * k)
    if not len(near.item):
        return near, Margins(buyers, shoppers)
    known = np.flatnonzero(buyers >= fewest)
    place = np.zeros(len(buyers), dtype=np.int32)
    place[known] = np.arange(len(known))
    latent = cosines(latent_vectors(times[known]), place[near.item], place[near.related])
    score = (near.score * (1 + np.maximum(latent, 0)) / 2).round(6)
    return Pairs(near.item, near.related, score, near.support), Margins(buyers, shoppers)


def _together(bought: Purchases, least: int, k: int) -> tuple[Pairs, Margins]:
    """Pairs that share at least ``least`` shopper-days of more than one shopper, at least the 3 k best of each item."""
    total = len(bought.owner)
    often = np.bincount(bought.item, minlength=bought.items) >= least
    held = bought.held(np.flatnonzero(often[bought.item]))
    counts = np.diff(held.indptr)
    margins, rest, ratio = Margins(counts, total), _Loyalty.of(bought, held, least), _LikelihoodRatio.of(total)

    def likely() -> Iterator[Pairs]:
        for item, related, n in shared(held, np.full(bought.items, least)):
            expected = counts[item].astype(np.float64) * counts[related]
            more = np.flatnonzero(n * float(total) > _LIFTED * expected)
            surprise = ratio.of_pairs(n[more], counts[item[more]], counts[related[more]])
            pairs = Pairs(item[more], related[more], surprise, n[more])
            yield pairs.where(~rest.on_one(pairs))

    return strongest(likely(), bought.items, _TOGETHER * k), margins


@dataclass(frozen=True, eq=False)
class _Loyalty:
    """Finds pairs whose support comes from a single shopper.

    Attributes:
        times: items x shoppers: on how many days, where on as many as a pair needs.
        most: per item the highest of those; 0 without one.
        shopper: items x shopper-days: the code of the shopper, from 1.
    """

    times: sparse.csr_matrix
    most: Codes
    shopper: sparse.csr_matrix

    @classmethod
    def of(cls, bought: Purchases, held: sparse.csr_matrix, least: int) -> _Loyalty:
        """Of a history, the baskets by item that ``held`` has of it, and the support that a pair needs."""
        times = bought.times.copy()
        times.data[times.data < least] = 0
        times.eliminate_zeros()
        most = np.zeros(bought.items, dtype=np.int32)
        some = np.flatnonzero(np.diff(times.indptr))
        if len(some):
            most[some] = np.maximum.reduceat(times.data, times.indptr[some])
        shopper = sparse.csr_matrix((bought.owner[held.indices] + 1, held.indices, held.indptr), shape=held.shape)
        return cls(times, most, shopper)

    def on_one(self, pairs: Pairs) -> NDArray[np.bool_]:
        """Per pair, whether all its shopper-days are of one shopper, who must have bought each item as often."""
        alone = np.minimum(self.most[pairs.item], self.most[pairs.related]) >= pairs.support
        for rests in (self._as_often, self._same):
            doubtful = np.flatnonzero(alone)
            for start in range(0, len(doubtful), _AT_A_TIME):
                few = doubtful[start : start + _AT_A_TIME]
                alone[few] = rests(pairs.where(few))
        return alone

    def _as_often(self, pairs: Pairs) -> NDArray[np.bool_]:
        often = self.times[pairs.item].minimum(self.times[pairs.related]).max(axis=1).toarray().ravel()
        return np.asarray(often >= pairs.support)

    def _same(self, pairs: Pairs) -> NDArray[np.bool_]:
        squares = self.shopper[pairs.item].multiply(self.shopper[pairs.related]).tocsr()  # a day is of one: code x code
        highest = np.maximum.reduceat(squares.data, squares.indptr[:-1])
        return np.asarray(highest == np.minimum.reduceat(squares.data, squares.indptr[:-1]))


@dataclass(frozen=True, eq=False)
class _LikelihoodRatio:
    """Dunning's G² of tables of two by two that hold ``total`` shopper-days.

    Attributes:
        terms: n log n of every count up to the total, worked out once.
    """

    total: int
    terms: Reals

    @classmethod
    def of(cls, total: int) -> _LikelihoodRatio:
        counts = np.arange(total + 1, dtype=np.float64)
        return cls(total, counts * np.log(np.maximum(counts, 1)))

    def of_pairs(self, both: Codes, first: Codes, second: Codes) -> Reals:
        """Of tables of both, only the first, only the second, neither: to four digits."""
        terms, total = self.terms, self.total
        cells = terms[both] + terms[first - both] + terms[second - both] + terms[total - first - second + both]
        rows, columns = (terms[side] + terms[total - side] for side in (first, second))
        return np.asarray((2 * np.maximum(cells - rows - columns + terms[total], 0)).round(4))
