"""Which items are like which: bought by the same shoppers, on the same day, instead of or along with one another.

``similar`` and ``bought_together`` come from symmetric sparse products that are computed by tiles, so memory holds one
tile's pairs and the best of earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.counterparts import COMPLEMENT, SUBSTITUTE, Rhythm
from ml.recommend.encoding import Ints, Vocabulary
from ml.recommend.latent import cosines, latent_vectors
from ml.recommend.relations import Margins, Pairs, Reals, matrix, ranked, shared, strongest
from ml.tables import SIMILAR_ITEM, Col

SIMILAR: Final = "similar"
BOUGHT_TOGETHER: Final = "bought_together"

_SHRINKAGE: Final = 10
"""A correlation counts n / (n + 10) of itself when n shoppers bought both: few shared shoppers prove little."""
_CANDIDATES: Final = 3
"""Complements are chosen from that many times k items bought together, similar items from so many by behaviour."""
_LIFTED: Final = 1.00005
"""The least lift that is above 1 in the four digits that are published."""
_AT_A_TIME: Final = 4_000


def similar_items(
    history: pl.DataFrame, dim_item: pl.DataFrame, k: int = 20, min_support: int | None = None
) -> pl.DataFrame:
    """The k items most like each item, by four relations; nothing rests on a single shopper.

    ``similar``: the behavioural cosine, centred (phi coefficient) of the items' vectors of bought or not over
    shoppers and shrunk by n / (n + 10), times the mean of one and the latent cosine (see ``latent``; 0 where negative);
    support n counts the shoppers who bought both, and two are enough, as the latent part ranks what few shoppers
    cannot. Chosen among the 3 k best by behaviour. Centring keeps what everybody buys out of every list.
    ``bought_together``: support counts the shopper-days with both (a day stands for a basket); score
    is Dunning's log-likelihood ratio (Computational Linguistics 19, 1993). ``substitute`` and ``complement``: see
    ``counterparts``; support counts shoppers of both, and shopper-days with both. ``confidence`` is the support as
    a share of the item's own shoppers or shopper-days, ``lift`` is against independence in either and above 1.

    Args:
        history: one row per user, item and day (columns as in a slice's ``history``).
        dim_item: the catalogue; items that are not recommendable are left out on both sides.
        k: the longest list, per relation and item.
        min_support: the least support of a pair, never below 2; None asks for 2 in ``similar``, and for 1 in 400
            shoppers, at most 5, in the others.

    Returns:
        A frame of ``SIMILAR_ITEM``; ties are in the order of ids, and equal input gives equal rows.
    """
    recommendable = dim_item.filter(pl.col(Col.is_recommendable))
    kept = history.join(recommendable, on=Col.item_id, how="semi")
    if kept.is_empty():
        return SIMILAR_ITEM.empty()
    users, items = Vocabulary.of(kept[Col.user_id]), Vocabulary.of(kept[Col.item_id])
    least = max(2, min_support or min(5, len(users) // 400))
    fewest = max(2, min_support or 2)
    days = kept.select(
        user=pl.Series(users.codes(kept[Col.user_id])),
        item=pl.Series(items.codes(kept[Col.item_id])),
        day=pl.col(Col.event_date).to_physical(),
    )
    rhythm = Rhythm.of(days, _kinds(recommendable, items))
    alike, shoppers = _alike(days, len(users), len(items), fewest, k)
    together, baskets = _together(days, len(items), least, k)
    tables = [
        ranked(alike, shoppers, items, SIMILAR, k),
        ranked(together, baskets, items, BOUGHT_TOGETHER, k),
        ranked(rhythm.complements(together), baskets, items, COMPLEMENT, k),
        ranked(rhythm.substitutes(days, least), rhythm.buyers, items, SUBSTITUTE, k),
    ]
    return SIMILAR_ITEM.checked(pl.concat(tables))


def _kinds(recommendable: pl.DataFrame, items: Vocabulary) -> Ints:
    """The product type of each item as a code, by the deepest category it has; -1 where it has none."""
    levels = [name for name in (Col.item_category3, Col.item_category2, Col.item_category) if name in recommendable]
    kind = pl.coalesce(levels) if levels else pl.lit(None, dtype=pl.String)
    named = pl.DataFrame({Col.item_id: items.ids}).join(
        recommendable.select(Col.item_id, kind.alias("kind")), on=Col.item_id, how="left", maintain_order="left"
    )
    return Vocabulary.of(named["kind"]).codes(named["kind"])


def _alike(days: pl.DataFrame, shoppers: int, items: int, least: int, k: int) -> tuple[Pairs, Margins]:
    """Pairs of items that at least ``least`` shoppers bought: the k best or more of each."""
    bought = days.filter(pl.col("user").n_unique().over("item") >= least)
    times = matrix(bought["item"].to_numpy(), bought["user"].to_numpy(), np.ones(len(bought)), items)
    buyers = np.diff(times.indptr).astype(np.int64)
    often, spread = buyers.astype(np.float64), np.sqrt(buyers * (shoppers - buyers))

    def correlated() -> Iterator[Pairs]:
        for item, related, n in shared(times, least):
            seen, expected = n * float(shoppers), often[item] * often[related]
            apart = np.maximum(spread[item] * spread[related], 1)  # 0 when everybody bought one: the rest is 0 too
            score = (seen - expected) / apart * (n / (n + _SHRINKAGE))
            yield Pairs(item, related, score, n).where(seen > _LIFTED * expected)

    near = strongest(correlated(), items, _CANDIDATES * k)
    if not len(near.item):
        return near, Margins(buyers, shoppers)
    latent = cosines(latent_vectors(times), near.item, near.related)
    score = (near.score * (1 + np.maximum(latent, 0)) / 2).round(6)
    return Pairs(near.item, near.related, score, near.support), Margins(buyers, shoppers)


def _together(days: pl.DataFrame, items: int, least: int, k: int) -> tuple[Pairs, Margins]:
    """Pairs of items on at least ``least`` shopper-days of more than one shopper: the k best or more of each."""
    total = days.select("user", "day").n_unique()
    days = days.filter(pl.len().over("item") >= least)
    baskets = days.select(pl.struct("user", "day").rank("dense"))["user"].to_numpy().astype(np.int64) - 1
    held = matrix(days["item"].to_numpy(), baskets, np.ones(len(days), dtype=np.int64), items)
    counts = np.diff(held.indptr).astype(np.int64)
    margins, rest = Margins(counts, total), _Loyalty.of(days, held, baskets, least)

    def likely() -> Iterator[Pairs]:
        for item, related, n in shared(held, least):
            score = _log_likelihood(n, counts[item], counts[related], total).round(4)
            pairs = Pairs(item, related, score, n)
            related_more = pairs.where(margins.lift(pairs) > 1)
            yield related_more.where(~rest.on_one(related_more))

    return strongest(likely(), items, _CANDIDATES * k), margins


@dataclass(frozen=True, eq=False)
class _Loyalty:
    """Which pairs rest on a single shopper.

    Attributes:
        times: items x shoppers: on how many days, where on ``least`` or more.
        shopper: items x shopper-days: the code of the shopper, from 1.
    """

    times: sparse.csr_matrix
    shopper: sparse.csr_matrix

    @classmethod
    def of(cls, days: pl.DataFrame, held: sparse.csr_matrix, baskets: Ints, least: int) -> _Loyalty:
        """Of a history of user and item codes, and the ``baskets`` (shopper-days) that ``held`` is made of."""
        often = days.group_by("item", "user").len("days").filter(pl.col("days") >= least)
        item, user, times = (often[name].to_numpy().astype(np.int64) for name in ("item", "user", "days"))
        code = np.zeros(held.shape[1], dtype=np.int64)
        code[baskets] = days["user"].to_numpy() + 1
        shopper = sparse.csr_matrix((code[held.indices], held.indices, held.indptr), shape=held.shape)
        return cls(matrix(item, user, times, held.shape[0]), shopper)

    def on_one(self, pairs: Pairs) -> NDArray[np.bool_]:
        """Per pair, whether all its shopper-days are of one shopper, who must have bought each item as often."""
        alone = np.zeros(len(pairs.item), dtype=np.bool_)
        for start in range(0, len(alone), _AT_A_TIME):
            part = slice(start, start + _AT_A_TIME)
            alone[part] = self._most(pairs.item[part], pairs.related[part]) >= pairs.support[part]
        doubtful = np.flatnonzero(alone)
        for start in range(0, len(doubtful), _AT_A_TIME):
            few = doubtful[start : start + _AT_A_TIME]
            alone[few] = self._same(pairs.item[few], pairs.related[few])
        return alone

    def _most(self, item: Ints, related: Ints) -> Ints:
        """The most days that one shopper can have bought both on."""
        if not self.times.nnz:
            return np.zeros(len(item), dtype=np.int64)
        return np.asarray(self.times[item].minimum(self.times[related]).max(axis=1).toarray()).ravel()

    def _same(self, item: Ints, related: Ints) -> NDArray[np.bool_]:
        squares = self.shopper[item].multiply(self.shopper[related]).tocsr()  # a day is of one shopper: code x code
        highest = np.maximum.reduceat(squares.data, squares.indptr[:-1])
        return np.asarray(highest == np.minimum.reduceat(squares.data, squares.indptr[:-1]))


def _log_likelihood(both: NDArray[Any], first: NDArray[Any], second: NDArray[Any], total: int) -> Reals:
    """Dunning's G² of the two-by-two table: both, only the first, only the second, neither."""
    neither = total - first - second + both
    cells = _entropy(both, first - both, second - both, neither)
    rows = _entropy(first, total - first)
    columns = _entropy(second, total - second)
    ratio: Reals = 2 * np.maximum(rows + columns - cells, 0)
    return ratio


def _entropy(*counts: NDArray[Any]) -> Reals:
    """N log N minus the sum of n log n, the counts' entropy times their total N."""
    total = np.sum(counts, axis=0).astype(np.float64)
    logs = sum(n * np.log(np.maximum(n, 1)) for n in counts)
    entropy: Reals = total * np.log(np.maximum(total, 1)) - logs
    return entropy
