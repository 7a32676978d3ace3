"""Evaluation segments: metrics for groups of shoppers and of items, rather than on average.

Shoppers: by activity (days with a purchase before the origin) and by segment (where they stand in their life as a
customer); who has bought nothing is cold. Items: by category and by age in the shop. Nothing else is known of a shopper
here, least of all protected attributes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

import polars as pl

from ml.recommend.core.interactions import Interactions
from ml.recommend.evaluation.beyond_accuracy import UNKNOWN, Backdrop
from ml.recommend.evaluation.metrics import at
from ml.tables import Col

ACTIVITY, SEGMENT, CATEGORY, PRODUCT_AGE = "activity", "segment", "category", "product_age"
COLD: Final = "cold"
NEVER_SOLD: Final = "never sold before"
BANDS: Final = {1: "1-9 baskets", 10: "10-29 baskets", 30: "30-99 baskets", 100: "100 baskets or more"}
"""A band's lowest number of days with a purchase, and its name."""
RECENT_DAYS: Final = 28
LAPSED_DAYS: Final = 90
MOST_CATEGORIES: Final = 20
SLICE, GROUP, NDCG, RECALL = "slice", "group", "ndcg", "recall"
_SHOPPERS, _PAIRS, _LISTS, _LOW, _HIGH, _HIT = "shoppers", "pairs", "share_of_lists", "low", "high", "hit"
RELEVANT: Final = "relevant"
"""Of a shopper's row: how many items count."""
SCHEMA: Final = {
    SLICE: pl.String(),
    GROUP: pl.String(),
    _SHOPPERS: pl.Int64(),
    _PAIRS: pl.Int64(),
    RECALL: pl.Float64(),
    NDCG: pl.Float64(),
    _LOW: pl.Float64(),
    _HIGH: pl.Float64(),
    _LISTS: pl.Float64(),
}
"""The table of slices. Shoppers' groups: mean recall and NDCG per shopper, the latter with a 95 % interval. Items'
groups: recall is the share of the bought pairs that were on a list, and ``share_of_lists`` that of all shown items."""


def shopper_groups(train: Interactions, users: pl.Series, as_of: date) -> pl.DataFrame:
    """user_id, activity, segment: a row for each of ``users``."""
    day = pl.col(Col.event_date)
    known = train.frame.group_by(Col.user_id).agg(day.n_unique().alias(ACTIVITY), day.min(), day.max().alias(SEGMENT))
    band = pl.lit(COLD)
    for lowest, name in BANDS.items():
        band = pl.when(pl.col(ACTIVITY) >= lowest).then(pl.lit(name)).otherwise(band)
    recently, lapsed = (as_of - timedelta(days=days) for days in (RECENT_DAYS, LAPSED_DAYS))
    segment = (
        pl.when(pl.col(SEGMENT).is_null())
        .then(pl.lit(COLD))
        .when(day > recently)
        .then(pl.lit("new"))
        .when(pl.col(SEGMENT) > recently)
        .then(pl.lit("active"))
        .when(pl.col(SEGMENT) > lapsed)
        .then(pl.lit("slipping away"))
        .otherwise(pl.lit("lapsed"))
    )
    joined = pl.DataFrame({Col.user_id: users}).join(known, on=Col.user_id, how="left", maintain_order="left")
    return joined.select(Col.user_id, band.alias(ACTIVITY), segment.alias(SEGMENT))


def item_groups(train: Interactions, backdrop: Backdrop, as_of: date) -> pl.DataFrame:
    """item_id, product_age and (where there are categories) category, of every item sold or eligible."""
    first = train.frame.group_by(Col.item_id).agg(pl.col(Col.event_date).min())
    age = (
        pl.when(pl.col(Col.event_date).is_null())
        .then(pl.lit(NEVER_SOLD))
        .when(pl.col(Col.event_date) > as_of - timedelta(days=RECENT_DAYS))
        .then(pl.lit(f"first sold in the last {RECENT_DAYS} days"))
        .otherwise(pl.lit("sold before"))
    )
    if backdrop.kinds is None:
        return first.select(Col.item_id, age.alias(PRODUCT_AGE))
    everything = backdrop.kinds.join(first, on=Col.item_id, how="full", coalesce=True)
    return everything.select(
        Col.item_id, age.alias(PRODUCT_AGE), pl.col(Col.item_category).fill_null(UNKNOWN).alias(CATEGORY)
    )


def slices(
    per_user: pl.DataFrame, found: Mapping[str, pl.DataFrame], groups: Mapping[str, pl.DataFrame], k: int
) -> pl.DataFrame:
    """The table of ``SCHEMA``.

    Args:
        per_user: a row per shopper, with the metrics at ``k``.
        found: ``truth`` and ``lists``, both (user_id, item_id), the latter cut at ``k``.
        groups: ``shoppers`` and ``items``, as the functions above make them.
    """
    by_shopper = per_user.join(groups["shoppers"], on=Col.user_id)
    truth = _with_kind(found["truth"], groups["items"])
    hit = (
        found["truth"]
        .join(found["lists"], on=[Col.user_id, Col.item_id], how="semi")
        .with_columns(pl.lit(True).alias(_HIT))
    )
    truth = truth.join(hit, on=[Col.user_id, Col.item_id], how="left").with_columns(pl.col(_HIT).fill_null(False))
    lists = _with_kind(found["lists"], groups["items"])
    parts = [_of_shoppers(by_shopper, name, k) for name in (ACTIVITY, SEGMENT)]
    parts += [_of_items(truth, lists, name) for name in (CATEGORY, PRODUCT_AGE) if name in groups["items"].columns]
    return pl.concat([part.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items()) for part in parts])


def _of_shoppers(by_shopper: pl.DataFrame, name: str, k: int) -> pl.DataFrame:
    ndcg = pl.col(at(NDCG, k))
    spread = 1.96 * ndcg.std() / pl.len().sqrt()
    return (
        by_shopper.group_by(pl.col(name).alias(GROUP))
        .agg(
            pl.lit(name).first().alias(SLICE),
            pl.len().alias(_SHOPPERS),
            pl.col(RELEVANT).sum().alias(_PAIRS),
            pl.col(at(RECALL, k)).mean().alias(RECALL),
            ndcg.mean().alias(NDCG),
            (ndcg.mean() - spread).alias(_LOW),
            (ndcg.mean() + spread).alias(_HIGH),
            pl.lit(None).first().alias(_LISTS),
        )
        .sort(GROUP)
    )


def _of_items(truth: pl.DataFrame, lists: pl.DataFrame, name: str) -> pl.DataFrame:
    shown = lists.group_by(name).agg((pl.len() / max(len(lists), 1)).alias(_LISTS))
    return (
        truth.group_by(name)
        .agg(
            pl.col(Col.user_id).n_unique().alias(_SHOPPERS),
            pl.len().alias(_PAIRS),
            pl.col(_HIT).mean().alias(RECALL),
        )
        .join(shown, on=name, how="left")
        .sort(pl.col(_PAIRS), pl.col(name), descending=[True, False])
        .head(MOST_CATEGORIES)
        .select(
            pl.lit(name).alias(SLICE),
            pl.col(name).alias(GROUP),
            *(_SHOPPERS, _PAIRS, RECALL),
            *(pl.lit(None).alias(each) for each in (NDCG, _LOW, _HIGH)),
            pl.col(_LISTS).fill_null(0.0),
        )
    )


def _with_kind(pairs: pl.DataFrame, kinds: pl.DataFrame) -> pl.DataFrame:
    joined = pairs.join(kinds, on=Col.item_id, how="left")
    missing = [pl.col(PRODUCT_AGE).fill_null(NEVER_SOLD)]
    if CATEGORY in kinds.columns:
        missing.append(pl.col(CATEGORY).fill_null(UNKNOWN))
    return joined.with_columns(missing)
