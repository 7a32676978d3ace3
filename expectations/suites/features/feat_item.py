"""Gate of ``feat_item``: what is known of every recommendable item as of the day."""

from __future__ import annotations

from dataclasses import dataclass

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import ANYTHING, Day, figure
from expectations.ranker_columns import facts, watched
from ml.tables import Col

GATE, WATCH = 5, 5

_YEAR = 365
_IS_SOLD = "is_sold"
_SHARE_28D = "share_of_purchases_28d"


@dataclass(frozen=True)
class Thresholds:
    """Shares of purchases and items; the trend is 1 where the last 7 days sell like the last 28."""

    from_catalogue: float = 0.3
    watched_from_catalogue: float = 0.7
    one_item: float = 0.5
    watched_one_item: float = 0.2
    judged_items: int = 100
    watched_trend: tuple[float, float] = (0.3, 3.0)


LIMITS = Thresholds()


def prepare(day: Day) -> pl.DataFrame:
    """One row per recommendable item."""
    share = pl.col(Col.purchases_28d) / pl.col(Col.purchases_28d).sum()
    return day.table("feat_item").select(
        Col.purchases_7d,
        Col.purchases_28d,
        Col.trend_7d,
        (pl.col(Col.purchases_365d) > 0).cast(pl.Int8).alias(_IS_SOLD),
        share.fill_nan(0).alias(_SHARE_28D),
        *facts(day, "feat_item"),
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """Every recommendable item has features, and what the shop sells can be recommended."""
    items, sold = len(day.recommendable()), int(figure(day.history(_YEAR), pl.col(Col.item_id).n_unique()))
    features, bought = day.table("feat_item"), int(figure(day.scan("feat_user"), pl.col(Col.purchases_28d).sum()))
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=max(1, items), max_value=items, description="every recommendable item has one row"
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_IS_SOLD, min_value=sold, description="every item of the history has purchases"
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=Col.purchases_28d,
            min_value=int(features[Col.purchases_7d].sum()),
            max_value=int(features[Col.purchases_365d].sum()),
            description="the 28-day window lies between the windows of 7 and 365 days",
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=Col.purchases_28d,
            min_value=LIMITS.from_catalogue * bought,
            description="what shoppers bought in the last 28 days is in the catalogue and may be recommended",
        ),
        gxe.ExpectColumnMaxToBeBetween(
            column=_SHARE_28D,
            max_value=LIMITS.one_item if items >= LIMITS.judged_items else 1,
            description="no single item makes the purchases of the last 28 days (a bag, a deposit, a fuel)",
        ),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """Drift and concentration."""
    items, bought = len(day.recommendable()), int(figure(day.scan("feat_user"), pl.col(Col.purchases_28d).sum()))
    lowest, highest = LIMITS.watched_trend if day.has_a_past() else ANYTHING
    return [
        gxe.ExpectColumnSumToBeBetween(
            column=Col.purchases_28d,
            min_value=LIMITS.watched_from_catalogue * bought,
            description="nearly all of what shoppers bought in the last 28 days may be recommended",
        ),
        gxe.ExpectColumnMaxToBeBetween(
            column=_SHARE_28D,
            max_value=LIMITS.watched_one_item if items >= LIMITS.judged_items else 1,
            description="no single item dominates the purchases of the last 28 days",
        ),
        gxe.ExpectColumnMeanToBeBetween(
            column=Col.trend_7d,
            min_value=lowest,
            max_value=highest,
            description="items sell in the last 7 days about as in the last 28",
        ),
        *watched(day, "feat_item"),
    ]
