"""Gate of ``feat_user_item``: what is known of every shopper and item that met in the last year."""

from __future__ import annotations

from dataclasses import dataclass

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day, bounds_around, coded, figure
from expectations.ranker_columns import facts, watched
from ml.tables import Col

GATE, WATCH = 5, 3

_YEAR = 365
_REPEATED = 2


@dataclass(frozen=True)
class Thresholds:
    """The last 7 days against the last 28, as a factor."""

    watched_volume_factor: float = 3.0
    judged_purchases: int = 30


LIMITS = Thresholds()


def prepare(day: Day) -> pl.LazyFrame:
    """One row per shopper and item."""
    return coded(day.scan("feat_user_item")).select(
        Col.user_id,
        Col.purchases_7d,
        Col.purchases_28d,
        Col.purchases_365d,
        Col.due_ratio,
        *facts(day, "feat_user_item"),
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """The pairs of the history are there, with their purchases and their rhythm."""
    year = day.history(_YEAR)
    of_year = coded(year).select(Col.user_id, Col.item_id).unique()
    shortest, longest, repeated = (
        day.scan("feat_user_item")
        .select(
            pl.col(Col.purchases_7d, Col.purchases_365d).cast(pl.Int64).sum(),
            (pl.col(Col.purchase_days_365d) >= _REPEATED).sum() / pl.max_horizontal(pl.len(), 1),
        )
        .collect(engine="streaming")
        .row(0)
    )
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=max(1, figure(of_year, pl.len())),
            description="every shopper and item of the history has a row",
        ),
        gxe.ExpectColumnUniqueValueCountToBeBetween(
            column=Col.user_id,
            min_value=day.shoppers_of_the_year(),
            description="every shopper of the history has rows",
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=Col.purchases_365d,
            min_value=int(figure(year, pl.col(Col.purchases).cast(pl.Int64).sum())),
            description="the purchases of the history are in the features",
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=Col.purchases_28d,
            min_value=shortest,
            max_value=longest,
            description="the 28-day window lies between the windows of 7 and 365 days",
        ),
        gxe.ExpectColumnProportionOfNonNullValuesToBeBetween(
            column=Col.due_ratio,
            min_value=round(repeated, 6) - 1e-6,
            description="every repeated purchase has a rhythm (due_ratio)",
        ),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """Drift of the last 7 days against the last 28."""
    recent = int(figure(day.scan("feat_user_item"), pl.col(Col.purchases_28d).cast(pl.Int64).sum()))
    judged = recent >= LIMITS.judged_purchases and day.has_a_past()
    lowest, highest = bounds_around(recent / 4, LIMITS.watched_volume_factor, judged=judged)
    return [
        gxe.ExpectColumnSumToBeBetween(
            column=Col.purchases_7d,
            min_value=lowest,
            max_value=highest,
            description="the purchases of the last 7 days against a quarter of the last 28",
        ),
        *watched(day, "feat_user_item"),
    ]
