"""What conditions of tags can name of a shopper: profile, predictions, counts of purchase lines, percentiles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

from ml.audiences.capability import CUSTOMER_AFFINITY
from ml.audiences.conditions.vocabulary import KnownColumn, Vocabulary, columns_of
from ml.audiences.shoppers import TODAY, Shop, known_columns
from ml.audiences.tags.columns import ANY_ITEM, Affinity
from ml.audiences.tags.percentiles import percentile_columns, with_percentiles
from ml.tables import Col, Kind
from ml.words import Words

_COUNTED: Final = (
    KnownColumn(
        Col.purchases_365d,
        Kind.COUNT,
        Words("purchase lines in 365 days", "近 365 天购买行数"),
        "Purchase lines of recommendable items in the last 365 days.",
        "purchase lines",
    ),
    KnownColumn(
        Affinity.subcategories_365d,
        Kind.COUNT,
        Words("subcategories bought often in 365 days", "近 365 天常购子品类数"),
        "Subcategories (item_category2) of which at least three lines were bought in the last 365 days.",
        "subcategories",
    ),
    KnownColumn(
        Affinity.recent_share,
        Kind.NUMBER,
        Words("share of the purchase lines of 365 days in the last 90", "近 90 天占近 365 天购买行数的比例"),
        "Share of purchases_365d that lie in the last 90 days; null without any.",
        "share of 1",
    ),
)
_DIGITS: Final = 6


def vocabulary() -> Vocabulary:
    """What conditions of tags may name: columns alone. Tags, segments and shelves are made after them."""
    columns = {**columns_of(known_columns().values()), **{each.name: each for each in _COUNTED}}
    return Vocabulary(columns | percentile_columns(columns.values()), purposes={})


def people(shop: Shop, days: int, columns: Iterable[str]) -> pl.DataFrame:
    """The shoppers as of D - ``days``: ``user_id`` and every column that a vocabulary's conditions read.

    Args:
        columns: those that are read; percentiles are computed of no others.
    """
    everybody = _counted(shop, TODAY)
    return with_percentiles(everybody if days == TODAY else _counted(shop, days), everybody, columns)


def _counted(shop: Shop, days: int) -> pl.DataFrame:
    field, recent = pl.col(Col.item_field), pl.col(Col.purchases_90d)
    counts = (
        shop.days[days]
        .scan(CUSTOMER_AFFINITY)
        .group_by(Col.user_id)
        .agg(
            pl.col(Col.purchases_365d).filter(field == ANY_ITEM).sum(),
            recent.filter(field == ANY_ITEM).sum(),
            (field == Col.item_category2).sum().cast(pl.Int64).alias(Affinity.subcategories_365d),
        )
        .with_columns(
            (pl.col(Col.purchases_90d) / pl.col(Col.purchases_365d)).round(_DIGITS).alias(Affinity.recent_share)
        )
        .drop(Col.purchases_90d)
        .collect()
    )
    return (
        shop.shoppers[days]
        .join(counts, on=Col.user_id, how="left", maintain_order="left")
        .with_columns(pl.col(each.name).fill_null(0) for each in _COUNTED if each.kind is Kind.COUNT)
    )
