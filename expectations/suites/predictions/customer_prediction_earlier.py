"""Gate of ``customer_prediction_earlier``: the day's model on earlier days, and how far what it says of four weeks ago
came true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.predictions.capability import PREDICTIONS
from ml.predictions.columns import Prediction
from ml.predictions.customers import PURCHASE_DAY
from ml.predictions.outputs import CHANGING, CUSTOMER_PREDICTION, CUSTOMER_PREDICTION_EARLIER
from ml.tables import Col

GATE, WATCH = 4, 1

_TABLE = CUSTOMER_PREDICTION_EARLIER.name
_MONTH: Final = 28
_CHANCES = (Prediction.purchase_7d, Prediction.purchase_28d, Prediction.churn)

_MISSING = "missing_figures"
_IMPOSSIBLE = "impossible_figures"
_UNKNOWN = "customer_before_but_not_now"
_DRIFT = "calibration_drift"


@dataclass(frozen=True)
class Thresholds:
    """Of ``crowd`` customers more: how far the mean probability may lie from the share that bought."""

    crowd: int = 100
    drift: float = 0.05


LIMITS = Thresholds()


def prepare(day: Day) -> pl.DataFrame:
    """One row per earlier day and customer: 1 where a claim is broken, and how far the model is off."""
    now = day.table(CUSTOMER_PREDICTION.name)[Col.user_id].implode()
    broken = {
        _MISSING: pl.any_horizontal(pl.col(name).is_null() for name in CHANGING),
        _IMPOSSIBLE: pl.any_horizontal(pl.col(name) < 0 for name in CHANGING)
        | pl.any_horizontal(pl.col(name) > 1 for name in _CHANCES),
        _UNKNOWN: ~pl.col(Col.user_id).is_in(now),
    }
    return day.table(_TABLE).select(
        Prediction.days_before,
        *(claim.fill_null(value=False).cast(pl.Int8).alias(name) for name, claim in broken.items()),
        pl.lit(drift(day)).alias(_DRIFT),
    )


def gate(day: Day) -> list[gxe.Expectation]:  # noqa: ARG001  the same for any
    """Complete figures of the days that are compared, of customers who still are."""
    claims = {
        _MISSING: "no probability or expected figure is missing",
        _IMPOSSIBLE: "nothing below zero is expected, and no probability is above 1",
        _UNKNOWN: "whoever was a customer still is one",
    }
    return [
        gxe.ExpectColumnValuesToBeInSet(
            column=Prediction.days_before,
            value_set=list(PREDICTIONS.compares),
            description="the day is compared with the days that are declared",
        ),
        *(
            gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
            for column, claim in claims.items()
        ),
    ]


def watch(day: Day) -> list[gxe.Expectation]:  # noqa: ARG001  the same for any
    """How far what the day's model says of four weeks ago is from what these brought."""
    return [
        gxe.ExpectColumnValuesToBeBetween(
            column=_DRIFT,
            min_value=-LIMITS.drift,
            max_value=LIMITS.drift,
            description="as many bought in the last four weeks as the model says of the day before them",
        )
    ]


def drift(day: Day) -> float:
    """Calibration drift: the mean probability of a purchase within 28 days that the day's model gives to customers as
    known 28 days ago, less the share of them who have bought since; 0 where they are too few."""
    then = day.table(_TABLE).filter(pl.col(Prediction.days_before) == _MONTH)
    if len(then) < LIMITS.crowd:
        return 0.0
    since = day.as_of - timedelta(days=_MONTH)
    bought = day.table(PURCHASE_DAY).filter(pl.col(Col.event_date) > since)[Col.user_id].implode()
    outcome = then.select(pl.col(Col.user_id).is_in(bought).mean()).item()
    return float(then.select(pl.col(Prediction.purchase_28d).mean()).item() - outcome)
