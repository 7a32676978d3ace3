"""Which items are like which: bought by the same shoppers, on the same day, instead of or along with one another.

``similar`` and ``bought_together`` are sparse products of items x something matrices, computed a block of items at a
time, so memory holds one block's pairs and the lists that remain of earlier ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.counterparts import COMPLEMENT, SUBSTITUTE, Rhythm
from ml.recommend.encoding import Ints, Vocabulary
from ml.recommend.relations import Pairs, Reals, lift_of, matrix, ranked, share
from ml.tables import SIMILAR_ITEM, Col

SIMILAR: Final = "similar"
BOUGHT_TOGETHER: Final = "bought_together"

_BLOCK: Final = 256
_SHRINKAGE: Final = 10
"""A correlation counts n / (n + 10) of itself when n shoppers bought both: few shared shoppers prove little."""
_CANDIDATES: Final = 3
"""Complements are chosen from that many times k items bought together."""


def similar_items(
    history: pl.DataFrame, dim_item: pl.DataFrame, k: int = 20, min_support: int | None = None
) -> pl.DataFrame:
    """The k items most like each item, by four relations; nothing rests on a single shopper.

    ``similar``: the centred cosine (phi coefficient) of the items' vectors of bought or not over shoppers, shrunk
    by n / (n + 10); support n counts the shoppers who bought both. Centring keeps what everybody buys out of
    every list. ``bought_together``: support counts the shopper-days with both (a day stands for a basket); score
    is Dunning's log-likelihood ratio (Computational Linguistics 19, 1993). ``substitute`` and ``complement``: see
    ``counterparts``; support counts shoppers of both, and shopper-days with both. ``confidence`` is the support as
    a share of the item's own shoppers or shopper-days, ``lift`` is against independence in either and above 1.

    Args:
        history: one row per user, item and day (columns as in a slice's ``history``).
        dim_item: the catalogue; items that are not recommendable are left out on both sides.
        k: the longest list, per relation and item.
        min_support: the least support of a pair, never below 2; None asks for 1 in 400 shoppers, at most 5.

    Returns:
        A frame of ``SIMILAR_ITEM``; ties are in the order of ids, and equal input gives equal rows.
    """
    recommendable = dim_item.filter(pl.col(Col.is_recommendable))
    kept = history.join(recommendable, on=Col.item_id, how="semi")
    if kept.is_empty():
        return SIMILAR_ITEM.empty()
    users, items = Vocabulary.of(kept[Col.user_id]), Vocabulary.of(kept[Col.item_id])
    least = max(2, min_support or min(5, len(users) // 400))
    days = kept.select(
        user=pl.Series(users.codes(kept[Col.user_id])),
        item=pl.Series(items.codes(kept[Col.item_id])),
        day=pl.col(Col.event_date).to_physical(),
    )
    rhythm = Rhythm.of(days, _kinds(recommendable, items))
    together = [pairs.best(_CANDIDATES * k) for pairs in _together(days, least)]
    tables = [
        ranked(_alike(days, len(users), least), items, SIMILAR, k),
        ranked(together, items, BOUGHT_TOGETHER, k),
        ranked(map(rhythm.complements, together), items, COMPLEMENT, k),
        ranked([rhythm.substitutes(days, least)], items, SUBSTITUTE, k),
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


def _alike(days: pl.DataFrame, users: int, least: int) -> Iterator[Pairs]:
    """Pairs of items that at least ``least`` shoppers bought, a block at a time."""
    bought = days.select("item", "user").unique(maintain_order=True).filter(pl.len().over("item") >= least)
    if bought.is_empty():
        return
    ones = matrix(bought["item"].to_numpy(), bought["user"].to_numpy(), np.ones(len(bought)))
    buyers = np.diff(ones.indptr).astype(np.float64)
    spread = np.sqrt(buyers * (users - buyers))
    for item, related, (n,) in _products([ones], [ones.T], least):
        apart = np.maximum(spread[item] * spread[related], 1)  # 0 when everybody bought one; then the rest is 0 too
        score = (n * users - buyers[item] * buyers[related]) / apart * (n / (n + _SHRINKAGE))
        lift = lift_of(n, buyers[item], buyers[related], users)
        confidence = share(n, buyers[item])
        yield Pairs(item, related, score.round(6), n.astype(np.int64), confidence, lift).where(lift > 1)


def _together(days: pl.DataFrame, least: int) -> Iterator[Pairs]:
    """Pairs of items on at least ``least`` shopper-days of more than one shopper, a block at a time.

    With u the shopper's code on each shared day, n · Σu² = (Σu)² exactly when all u are equal (Cauchy-Schwarz);
    that finds the pairs of a single shopper without counting shoppers per pair. Where a huge shop overflows the
    integers, both sides wrap alike, so a single shopper is still found.
    """
    total = days.select("user", "day").n_unique()
    days = days.filter(pl.len().over("item") >= least)
    if days.is_empty():
        return
    baskets = days.select(pl.struct("user", "day").rank("dense"))["user"].to_numpy().astype(np.int64) - 1
    ones = matrix(days["item"].to_numpy(), baskets, np.ones(len(days), dtype=np.int64))
    shopper = np.zeros(ones.shape[1], dtype=np.int64)
    shopper[baskets] = days["user"].to_numpy() + 1
    coded = _like(ones, shopper[ones.indices])
    squared = _like(ones, shopper[ones.indices] ** 2)
    counts = np.diff(ones.indptr)
    for item, related, (n, first, second) in _products([ones, coded, squared], [ones.T] * 3, least):
        lift = lift_of(n, counts[item], counts[related], total)
        score = _log_likelihood(n, counts[item], counts[related], total).round(4)
        pairs = Pairs(item, related, score, n, share(n, counts[item]), lift)
        yield pairs.where((lift > 1) & (n * second != first * first))


def _products(
    rows: list[sparse.csr_matrix], columns: list[sparse.csc_matrix], least: int
) -> Iterator[tuple[Ints, Ints, list[NDArray[Any]]]]:
    """The cells of ``rows[i] @ columns[i]``, off the diagonal, where the first is at least ``least``.

    A block of rows at a time. All factors share one pattern and hold positive values only: a zero would fall out
    of one product and not of the others.
    """
    factors = [column.tocsr() for column in columns]
    for start in range(0, rows[0].shape[0], _BLOCK):
        blocks = [row[start : start + _BLOCK] @ factor for row, factor in zip(rows, factors, strict=True)]
        near = np.flatnonzero(blocks[0].data >= least)
        item = start + np.searchsorted(blocks[0].indptr, near, side="right") - 1
        related = blocks[0].indices[near].astype(np.int64)
        off = item != related
        yield item[off], related[off], [block.data[near[off]] for block in blocks]


def _like(pattern: sparse.csr_matrix, values: NDArray[Any]) -> sparse.csr_matrix:
    """Other values in the cells of ``pattern``."""
    return sparse.csr_matrix((values, pattern.indices, pattern.indptr), shape=pattern.shape)


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
