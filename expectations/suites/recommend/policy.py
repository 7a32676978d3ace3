"""Gate of ``policy``: every recommendation points to a policy that is published with it."""

from __future__ import annotations

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.tables import Col

GATE, WATCH = 2, 0

_ROW = "placement_and_policy"


def prepare(day: Day) -> pl.DataFrame:
    """One row per placement and policy."""
    return day.table("policy").select(_row(), Col.policy_id)


def gate(day: Day) -> list[gxe.Expectation]:
    """Nothing is published without the policy that chose it."""
    pairs = day.scan("recommendation").select(Col.placement, Col.policy_id).unique().collect(engine="streaming")
    used = pairs.select(_row()).to_series().sort().to_list()
    return [
        gxe.ExpectTableRowCountToBeBetween(min_value=max(1, len(used)), description="a row for each placement in use"),
        gxe.ExpectColumnDistinctValuesToContainSet(
            column=_ROW, value_set=used, description="the policy of every recommendation is published"
        ),
    ]


def watch(_day: Day) -> list[gxe.Expectation]:
    """Nothing to watch."""
    return []


def _row() -> pl.Expr:
    return pl.concat_str(Col.placement, Col.policy_id, separator=" ").alias(_ROW)
