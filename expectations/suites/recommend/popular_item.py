"""Gate of ``popular_item``: what sells, in the shop and in each category."""

from __future__ import annotations

from dataclasses import dataclass

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import ANYTHING, Day
from ml.tables import Col

GATE, WATCH = 6, 1

_RECENT_DAYS = 28
_ALL = "all"
_IN_ALL = "is_in_all"
_INELIGIBLE = "is_ineligible"
_RANK_GAP = "rank_gap"


@dataclass(frozen=True)
class Thresholds:
    """A trend is a rate over 7 days divided by one over 28 that holds them: from 0 to 4."""

    highest_trend: float = 4.0
    watched_trend: tuple[float, float] = (0.5, 2.0)


LIMITS = Thresholds()


def prepare(day: Day) -> pl.DataFrame:
    """One row per scope and rank, beside what must not happen in it."""
    eligible = day.recommendable()[Col.item_id].implode()
    return day.table("popular_item").select(
        Col.scope,
        Col.score,
        Col.trend,
        (pl.col(Col.scope) == _ALL).cast(pl.Int8).alias(_IN_ALL),
        (~pl.col(Col.item_id).is_in(eligible)).cast(pl.Int8).alias(_INELIGIBLE),
        (pl.col(Col.rank) - pl.int_range(1, pl.len() + 1).over(Col.scope)).abs().alias(_RANK_GAP),
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """The shop's list is full, every category that sold has one, and only eligible items are listed."""
    catalogue = day.table("dim_item").lazy().select(Col.item_id, Col.item_category)
    sold = day.history(_RECENT_DAYS).join(catalogue, on=Col.item_id)
    counted = (pl.col(name).drop_nulls().n_unique() for name in (Col.item_id, Col.item_category, Col.user_id))
    items, categories, buyers = sold.select(counted).collect(engine="streaming").row(0)
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=min(day.k, items) + categories, description="a row per category that sold, beside the shop's list"
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_IN_ALL, min_value=min(day.k, items), description="the shop's list is full"
        ),
        gxe.ExpectColumnUniqueValueCountToBeBetween(
            column=Col.scope, min_value=categories + (items > 0), description="every category that sold has a list"
        ),
        gxe.ExpectColumnSumToBeBetween(column=_INELIGIBLE, max_value=0, description="only eligible items are listed"),
        gxe.ExpectColumnSumToBeBetween(column=_RANK_GAP, max_value=0, description="ranks run 1, 2, 3… in every list"),
        gxe.ExpectColumnValuesToBeBetween(
            column=Col.score,
            min_value=1,
            max_value=max(1, buyers),
            description="scores count shoppers of the last 28 days",
        ),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """Popular items that come or go together."""
    lowest, highest = LIMITS.watched_trend if day.has_a_past() else ANYTHING
    return [
        gxe.ExpectColumnMeanToBeBetween(
            column=Col.trend,
            min_value=lowest,
            max_value=highest,
            description="popular items sell in the last 7 days about as in the last 28",
        )
    ]
