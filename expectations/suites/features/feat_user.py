"""Gate of ``feat_user``: what is known of every shopper as of the day."""

from __future__ import annotations

from dataclasses import dataclass

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day, bounds_around, figure
from expectations.ranker_columns import facts, watched
from ml.tables import Col

GATE, WATCH = 6, 5

_IS_BUYER = "is_buyer"
_ACTIVE_7D = "is_active_7d"
_SHARE_28D = "share_of_revenue_28d"


@dataclass(frozen=True)
class Thresholds:
    """The last 7 days against the last 28, as factors; shares of shoppers and revenue."""

    price_factor: float = 10.0
    watched_price_factor: float = 2.0
    judged_purchases: int = 30
    watched_active: float = 0.3
    one_shopper: float = 0.5
    crowd: int = 10


LIMITS = Thresholds()


def prepare(day: Day) -> pl.LazyFrame:
    """One row per shopper."""
    share = pl.col(Col.revenue_28d) / pl.col(Col.revenue_28d).sum()
    return day.scan("feat_user").select(
        Col.purchases_7d,
        Col.purchases_28d,
        Col.purchases_365d,
        Col.revenue_7d,
        (pl.col(Col.purchases_365d) > 0).cast(pl.Int8).alias(_IS_BUYER),
        (pl.col(Col.purchases_7d) > 0).cast(pl.Int8).alias(_ACTIVE_7D),
        share.fill_nan(0).alias(_SHARE_28D),
        *facts(day, "feat_user"),
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """Every shopper has features, they agree with the history, and money kept its unit."""
    return [*_coverage(day), *_windows(day)]


def watch(day: Day) -> list[gxe.Expectation]:
    """Drift of the last 7 days against the last 28."""
    sums = _sums(day)
    active = int(figure(day.scan("feat_user"), (pl.col(Col.purchases_28d) > 0).sum()))
    lowest, highest = _revenue_bounds(sums, LIMITS.watched_price_factor)
    return [
        gxe.ExpectColumnSumToBeBetween(
            column=_ACTIVE_7D,
            min_value=LIMITS.watched_active * active,
            description="of the shoppers of the last 28 days, enough bought in the last 7",
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=Col.revenue_7d,
            min_value=lowest,
            max_value=highest,
            description="revenue per purchase of the last 7 days is near that of the last 28",
        ),
        gxe.ExpectColumnMaxToBeBetween(
            column=_SHARE_28D,
            max_value=LIMITS.one_shopper if active >= LIMITS.crowd else 1,
            description="no single shopper brings most of the revenue of the last 28 days",
        ),
        *watched(day, "feat_user"),
    ]


def _coverage(day: Day) -> list[gxe.Expectation]:
    shoppers, buyers = day.rows("dim_user"), day.shoppers_of_the_year()
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=max(1, shoppers), max_value=shoppers, description="every shopper in dim_user has one row"
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_IS_BUYER, min_value=buyers, description="every shopper of the history has purchases"
        ),
        gxe.ExpectColumnUniqueValueCountToBeBetween(
            column=Col.purchases_365d,
            min_value=2 if buyers >= LIMITS.crowd else 1,
            description="shoppers differ in how much they buy",
        ),
    ]


def _windows(day: Day) -> list[gxe.Expectation]:
    sums = _sums(day)
    lowest, highest = _revenue_bounds(sums, LIMITS.price_factor)
    return [
        gxe.ExpectColumnSumToBeBetween(
            column=Col.purchases_28d,
            min_value=sums[Col.purchases_7d],
            max_value=sums[Col.purchases_365d],
            description="the 28-day window lies between the windows of 7 and 365 days",
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=Col.purchases_28d,
            min_value=int(figure(day.history(28), pl.col(Col.purchases).cast(pl.Int64).sum())),
            description="the purchases of the history's last 28 days are in the features",
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=Col.revenue_7d,
            min_value=lowest,
            max_value=highest,
            description="revenue per purchase of the last 7 days against the last 28",
        ),
    ]


def _sums(day: Day) -> dict[str, float]:
    columns = (Col.purchases_7d, Col.purchases_28d, Col.purchases_365d, Col.revenue_28d)
    found = day.scan("feat_user").select(pl.col(columns).cast(pl.Float64).sum()).collect(engine="streaming").row(0)
    return dict(zip(columns, found, strict=True))


def _revenue_bounds(sums: dict[str, float], factor: float) -> tuple[float, float]:
    judged = sums[Col.purchases_7d] >= LIMITS.judged_purchases
    usual = sums[Col.purchases_7d] * sums[Col.revenue_28d] / max(sums[Col.purchases_28d], 1)
    return bounds_around(usual, factor, judged=judged)
