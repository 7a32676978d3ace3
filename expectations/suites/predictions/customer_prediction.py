"""Gate of ``customer_prediction``: figures that agree with each other, for everybody who has ever bought something."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import ANYTHING, Day, bounds_around
from ml.predictions.columns import Customer, Prediction
from ml.predictions.customers import FEAT_CUSTOMER, PURCHASE_DAY
from ml.predictions.daily import LEAST_HISTORY
from ml.predictions.measures import calibration_error
from ml.predictions.outputs import CUSTOMER_PREDICTION
from ml.tables import Col

GATE, WATCH = 11, 4

_TABLE = CUSTOMER_PREDICTION.name
_MONTH, _QUARTER, _YEAR = 28, 90, 365
_CHANCES = (Prediction.purchase_7d, Prediction.purchase_28d, Prediction.churn)
_AMOUNTS = (
    *(Prediction.orders_28d, Prediction.orders_90d),
    *(Prediction.spend_28d, Prediction.spend_90d, Prediction.spend_365d),
)
_RISING = (
    (Prediction.orders_28d, Prediction.orders_90d),
    (Prediction.spend_28d, Prediction.spend_90d),
    (Prediction.spend_90d, Prediction.spend_365d),
)
_RANGES = (
    (Prediction.spend_28d_low, Prediction.spend_28d, Prediction.spend_28d_high),
    (Prediction.spend_90d_low, Prediction.spend_90d, Prediction.spend_90d_high),
    (Prediction.spend_365d_low, Prediction.spend_365d, Prediction.spend_365d_high),
)
_ROUNDING: Final = 2e-6

_UNKNOWN = "unknown_shopper"
_MISSING = "missing_figures"
_NO_CHANCE = "not_a_probability"
_NEGATIVE = "negative_figures"
_FALLING = "week_above_four_weeks"
_SHRINKING = "longer_span_below_shorter"
_OUTSIDE = "outside_the_interval"
_MISDATED = "date_before_tomorrow_or_after_a_year"
_TORN = "both_gone_and_back"
_ERROR = "calibration_error_of_28_days_ago"


@dataclass(frozen=True)
class Thresholds:
    """Factors against the last 90 days and the day before; of ``crowd`` customers more."""

    crowd: int = 100
    spend_factor: float = 5.0
    watched_spend_factor: float = 1.5
    kept_customers: float = 0.99
    calibration: float = 0.05
    chance: tuple[float, float] = (0.5, 2.0)


LIMITS = Thresholds()


def prepare(day: Day) -> pl.DataFrame:
    """One row per customer: figures, and 1 where a claim is broken."""
    table, known = day.table(_TABLE), day.table(FEAT_CUSTOMER)[Col.user_id].implode()
    chances, amounts = pl.concat_list(_CHANCES), pl.concat_list(_AMOUNTS)
    rising = [pl.col(short) > pl.col(long) + _ROUNDING for short, long in _RISING]
    outside = [
        ~pl.col(middle).is_between(pl.col(low) - _ROUNDING, pl.col(high) + _ROUNDING) for low, middle, high in _RANGES
    ]
    ahead = -day.days_before(Prediction.next_order_date)
    torn = pl.col(Prediction.purchase_28d) + pl.col(Prediction.churn) > 1 + _ROUNDING
    broken = {
        _UNKNOWN: ~pl.col(Col.user_id).is_in(known),
        _MISSING: pl.any_horizontal(pl.col(name).is_null() for name in (*_CHANCES, *_AMOUNTS)),
        _NO_CHANCE: (chances.list.min() < 0) | (chances.list.max() > 1),
        _NEGATIVE: amounts.list.min() < 0,
        _FALLING: pl.col(Prediction.purchase_7d) > pl.col(Prediction.purchase_28d) + _ROUNDING,
        _SHRINKING: pl.any_horizontal(rising),
        _OUTSIDE: pl.any_horizontal(outside),
        _MISDATED: ~ahead.is_between(1, _YEAR),
        _TORN: torn & (pl.col(Prediction.churn_days) >= _MONTH),
    }
    return table.select(
        *_CHANCES,
        *_AMOUNTS,
        *(claim.fill_null(value=False).cast(pl.Int8).alias(name) for name, claim in broken.items()),
        pl.lit(_drift(day)).alias(_ERROR),
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """A row per customer, complete, whose figures do not contradict each other; money that kept its unit."""
    customers = day.table(FEAT_CUSTOMER).filter(pl.col(Customer.shop_days) >= LEAST_HISTORY).height
    claims = {
        _UNKNOWN: "everybody has bought something",
        _MISSING: "no probability or expected figure is missing",
        _NO_CHANCE: "probabilities are from 0 to 1",
        _NEGATIVE: "nothing below zero is expected",
        _FALLING: "a purchase within 7 days is no likelier than one within 28",
        _SHRINKING: "longer spans expect at least as much as shorter ones",
        _OUTSIDE: "predicted values lie inside their intervals",
        _MISDATED: "the next order lies between tomorrow and a year ahead",
        _TORN: "nobody is both gone and back within 28 days",
    }
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=customers,
            max_value=customers,
            description="every customer has a row, none while the shop is young",
        ),
        *(
            gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
            for column, claim in claims.items()
        ),
        _money(day, LIMITS.spend_factor, "five times"),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """What is seldom so, what changed since the day before, and how predictions of four weeks ago came true."""
    before = day.yesterday(_TABLE)
    chance = 0.0 if before is None else float(before[Prediction.purchase_28d].sum())
    judged = before is not None and len(before) >= LIMITS.crowd and chance > 0
    low, high = (factor * chance for factor in LIMITS.chance) if judged else ANYTHING
    return [
        gxe.ExpectColumnValuesToBeBetween(
            column=_ERROR,
            max_value=LIMITS.calibration,
            description="of predictions of four weeks ago as many came true as promised",
        ),
        gxe.ExpectTableRowCountToBeBetween(
            min_value=int(LIMITS.kept_customers * (0 if before is None else len(before))),
            description="nearly all customers of the day before are there",
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=Prediction.purchase_28d,
            min_value=low,
            max_value=high,
            description="as many purchases are expected as the day before",
        ),
        _money(day, LIMITS.watched_spend_factor, "half as much again"),
    ]


def _money(day: Day, factor: float, words: str) -> gxe.Expectation:
    """Expected spend of 90 days against what was paid in the last 90."""
    recent = day.table(PURCHASE_DAY).filter(day.days_before(Col.event_date) < _QUARTER)[Col.revenue].sum()
    lowest, highest = bounds_around(float(recent), factor, judged=len(day.table(_TABLE)) >= LIMITS.crowd)
    return gxe.ExpectColumnSumToBeBetween(
        column=Prediction.spend_90d,
        min_value=lowest,
        max_value=highest,
        description=f"the next 90 days are not expected to bring {words} of the last 90, nor as little",
    )


def _drift(day: Day) -> float:
    """The calibration error of what was published 28 days ago, against what these days brought; 0 where too few."""
    earlier = day.published_before(_TABLE, _MONTH)
    if earlier is None or len(earlier) < LIMITS.crowd:
        return 0.0
    since = day.as_of - timedelta(days=_MONTH)
    bought = day.table(PURCHASE_DAY).filter(pl.col(Col.event_date) > since)[Col.user_id].implode()
    outcome = earlier[Col.user_id].is_in(bought).cast(pl.Float64).to_numpy()
    return calibration_error(earlier[Prediction.purchase_28d].to_numpy(), outcome)
