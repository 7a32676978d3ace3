"""Gate of ``history``: the purchases that recommenders learn from."""

from __future__ import annotations

from dataclasses import dataclass

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day, coded, figure
from ml.tables import Col

GATE, WATCH = 4, 2

_RECENT_DAYS = 28
_PURCHASES_RECENTLY = "purchases_28d"
_DAYS_BEFORE = "days_before"
_SHARE_OF_SHOPPER = "share_of_shopper"
_SHARE_DISLIKED = "share_of_rated_pairs_that_are_disliked"


@dataclass(frozen=True)
class Thresholds:
    """Shares of purchases, where zero-quantity lines are in the features and not in the history; of rated pairs."""

    in_history: float = 0.9
    one_shopper: float = 0.5
    watched_disliked: float = 0.8


LIMITS = Thresholds()


def prepare(day: Day) -> pl.LazyFrame:
    """One row per shopper, item and day."""
    recent = day.days_before(Col.event_date) < _RECENT_DAYS
    of_shopper = pl.col(Col.purchases).sum().over(Col.user_id) / pl.col(Col.purchases).sum()
    return coded(day.scan("history")).select(
        day.days_before(Col.event_date).alias(_DAYS_BEFORE),
        pl.when(recent).then(Col.purchases).otherwise(0).alias(_PURCHASES_RECENTLY),
        of_shopper.alias(_SHARE_OF_SHOPPER),
        pl.lit(_share_disliked(day)).alias(_SHARE_DISLIKED),
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """The history is complete and ends with the day."""
    recent = coded(day.scan("feat_user_item").filter(pl.col(Col.purchases_28d) > 0))
    recent = recent.join(day.disliked().lazy(), on=[Col.user_id, Col.item_id], how="anti")
    totals = recent.select(pl.len(), pl.col(Col.purchases_28d).cast(pl.Int64).sum()).collect(engine="streaming")
    pairs, purchases = totals.row(0)
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=max(1, int(LIMITS.in_history * pairs)),
            description="every shopper and item with purchases in the last 28 days is in the history"
            if pairs
            else "something was bought within the longest window",
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_PURCHASES_RECENTLY,
            min_value=LIMITS.in_history * purchases,
            description="the purchases of the last 28 days in feat_user_item are in the history",
        ),
        gxe.ExpectColumnMinToBeBetween(
            column=_DAYS_BEFORE, min_value=0, description="nothing in the history is later than the day"
        ),
        gxe.ExpectColumnMaxToBeBetween(
            column=_DAYS_BEFORE,
            max_value=day.history_days - 1,
            description="nothing in the history is older than the longest window",
        ),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """A test account or a robot that buys like a crowd; ratings on another scale than the settings think."""
    crowd = figure(day.scan("history"), pl.col(Col.user_id).n_unique()) >= 10
    return [
        gxe.ExpectColumnMaxToBeBetween(
            column=_SHARE_OF_SHOPPER,
            max_value=LIMITS.one_shopper if crowd else 1,
            description="no single shopper makes most of the purchases",
        ),
        gxe.ExpectColumnMaxToBeBetween(
            column=_SHARE_DISLIKED,
            max_value=LIMITS.watched_disliked,
            description="enough ratings count as liking (SHELDUCK_LIKED_FROM is on the scale of the ratings)",
        ),
    ]


def _share_disliked(day: Day) -> float:
    rated = figure(coded(day.scan("rating")), pl.struct(Col.user_id, Col.item_id).n_unique())
    return len(day.disliked()) / max(int(rated), 1)
