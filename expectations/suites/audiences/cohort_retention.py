"""Gate of ``cohort_retention``: shares of cohorts, within their intervals."""

from __future__ import annotations

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.audiences.columns import Aud
from ml.audiences.outputs import COHORT_RETENTION

GATE, WATCH = 2, 0

_IMPOSSIBLE = "more_active_than_shoppers"
_OUTSIDE = "share_outside_its_interval"
_ROUNDING = 2e-6


def prepare(day: Day) -> pl.DataFrame:
    """One row per cohort and month, and 1 where a claim is broken."""
    inside = pl.col(Aud.share).is_between(pl.col(Aud.low) - _ROUNDING, pl.col(Aud.high) + _ROUNDING)
    broken = {
        _IMPOSSIBLE: (pl.col(Aud.active) > pl.col(Aud.shoppers)) | (pl.col(Aud.months_after) < 0),
        _OUTSIDE: ~inside,
    }
    return day.table(COHORT_RETENTION.name).select(
        claim.fill_null(value=True).cast(pl.Int8).alias(name) for name, claim in broken.items()
    )


def gate(_day: Day) -> list[gxe.Expectation]:
    """No more come back than there were. A shop younger than a month has no row."""
    return [
        gxe.ExpectColumnSumToBeBetween(
            column=_IMPOSSIBLE, max_value=0, description="of a cohort at most all buy again, in months after it"
        ),
        gxe.ExpectColumnSumToBeBetween(column=_OUTSIDE, max_value=0, description="shares lie inside their intervals"),
    ]


def watch(_day: Day) -> list[gxe.Expectation]:
    """Nothing to watch."""
    return []
