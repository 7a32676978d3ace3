"""What sells: the items that most shoppers bought lately, in the whole shop and in each category."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import polars as pl

from ml.recommend.outputs import POPULAR_ITEM
from ml.tables import Col

ALL: Final = "all"
WINDOW_DAYS: Final = 28
RECENT_DAYS: Final = 7


def category_scope(category: str) -> str:
    """The scope under which a category's list is published."""
    return f"category:{category}"


def popular_items(history: pl.DataFrame, dim_item: pl.DataFrame, as_of: date, k: int = 20) -> pl.DataFrame:
    """The k most bought items of the shop (scope ``all``) and of each item_category (``category:<value>``).

    Args:
        history: one row per user, item and day (columns as in a slice's ``history``).
        dim_item: the catalogue; only recommendable items are listed, items without a category only in ``all``.
        as_of: the day D whose end is "now".
        k: the longest list.

    Returns:
        A frame of ``POPULAR_ITEM``. ``score`` counts the shoppers who bought the item in the 28 days that end
        with D; ``trend`` is its shopper-days per day over the last 7 days divided by those over the 28 (1 is
        steady, 0 to 4). Ties are in the order of ids.
    """
    bought = recent_buyers(history, as_of)
    catalogue = dim_item.filter(pl.col(Col.is_recommendable)).select(Col.item_id, Col.item_category)
    scored = bought.join(catalogue, on=Col.item_id)
    in_category = pl.concat_str(pl.lit(category_scope("")), Col.item_category)
    scoped = pl.concat(
        [scored.with_columns(pl.lit(ALL).alias(Col.scope)), scored.with_columns(in_category.alias(Col.scope))]
    )
    ordered = scoped.drop_nulls(Col.scope).sort(Col.scope, Col.score, Col.item_id, descending=[False, True, False])
    rank = pl.int_range(1, pl.len() + 1).over(Col.scope).alias(Col.rank)
    return POPULAR_ITEM.checked(ordered.with_columns(rank).filter(pl.col(Col.rank) <= k))


def recent_buyers(history: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One row per item bought in the 28 days that end with ``as_of``: item_id, score (shoppers), trend."""
    day = pl.col(Col.event_date)
    window = history.filter(day.is_between(as_of - timedelta(days=WINDOW_DAYS), as_of, closed="right"))
    recent = (day > as_of - timedelta(days=RECENT_DAYS)).sum() / RECENT_DAYS
    return window.group_by(Col.item_id).agg(
        pl.col(Col.user_id).n_unique().cast(pl.Float64).alias(Col.score),
        (recent / (pl.len() / WINDOW_DAYS)).round(4).alias(Col.trend),
    )
