"""Gate of ``feat_user_group``: what every shopper bought of each type, category, brand line and brand."""

from __future__ import annotations

from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day, coded
from expectations.ranker_columns import facts, watched
from ml.tables import Col

GATE, WATCH = 3, 2

_LEVELS: Final = 4
_YEAR: Final = 365
_TABLE: Final = "feat_user_group"


def prepare(day: Day) -> pl.LazyFrame:
    """One row per shopper and group of items."""
    return coded(day.scan(_TABLE)).select(Col.user_id, Col.days_since_last_purchase, *facts(day, _TABLE))


def gate(day: Day) -> list[gxe.Expectation]:
    """Every shopper of the history has groups of every level, and their days lie within the year."""
    buyers = day.shoppers_of_the_year()
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=max(1, _LEVELS * buyers), description="every shopper of the history has groups of every level"
        ),
        gxe.ExpectColumnUniqueValueCountToBeBetween(
            column=Col.user_id, min_value=buyers, description="every shopper of the history has groups"
        ),
        gxe.ExpectColumnMaxToBeBetween(
            column=Col.days_since_last_purchase,
            min_value=0,
            max_value=_YEAR - 1,
            description="the last purchase of a group lies within the year",
        ),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """What rankers learn from says something."""
    return watched(day, _TABLE)
