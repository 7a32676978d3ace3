"""Gate of ``feat_customer``: everybody who has ever bought something, as predictions see them."""

from __future__ import annotations

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.predictions.columns import Customer
from ml.tables import Col

GATE, WATCH = 6, 1

_TABLE = "feat_customer"
_SPAN = "days_from_first_to_last_purchase"
_WINDOW = "window_above_the_past"
_NARROW = "shorter_window_above_longer"
_ROUNDING = 1e-6


def prepare(day: Day) -> pl.DataFrame:
    """One row per customer; 1 where a claim is broken."""
    wide, narrow, past = (
        pl.col(name) for name in (Customer.purchase_days_90d, Customer.purchase_days_28d, Customer.purchase_days)
    )
    return day.table(_TABLE).select(
        Customer.purchase_days,
        Customer.days_since_last,
        Customer.purchase_rate,
        (pl.col(Customer.days_since_first) - pl.col(Customer.days_since_last)).alias(_SPAN),
        (wide > past).cast(pl.Int8).alias(_WINDOW),
        (narrow > wide).cast(pl.Int8).alias(_NARROW),
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """All who bought lately are there, and no figure contradicts another."""
    buyers = day.table("customer_purchase_day")[Col.user_id].n_unique()
    return [
        gxe.ExpectTableRowCountToBeBetween(min_value=buyers, description="whoever bought in the history is a customer"),
        gxe.ExpectColumnValuesToBeBetween(
            column=Customer.purchase_days, min_value=1, description="customers have bought something"
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column=_SPAN, min_value=0, description="nobody's last purchase lies before the first"
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column=Customer.purchase_rate,
            min_value=0,
            max_value=1 + _ROUNDING,
            description="at most one purchase day per day",
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_WINDOW, max_value=0, description="no window holds more days than all of the past"
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_NARROW, max_value=0, description="28 days hold no more purchase days than 90"
        ),
    ]


def watch(day: Day) -> list[gxe.Expectation]:  # noqa: ARG001  the same on every day
    """Whether purchases go on."""
    return [
        gxe.ExpectColumnMinToBeBetween(
            column=Customer.days_since_last, max_value=6, description="somebody bought in the last seven days"
        )
    ]
