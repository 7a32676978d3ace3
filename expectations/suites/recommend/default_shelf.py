"""Gate of ``default_shelf``: what a shopper without a shelf of their own is shown."""

from __future__ import annotations

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from expectations.suites.recommend.rules import allowed, broken_rules
from ml.placements import NEWCOMER
from ml.tables import Col

GATE, WATCH = 6, 1

_INELIGIBLE = "is_ineligible"
_BREAKS_RULES = "broken_rules"
_RANK_GAP = "rank_gap"
_COMPLETE = "is_complete_list"


def prepare(day: Day) -> pl.DataFrame:
    """One row per placement and rank, beside what must not happen in it."""
    rows = day.table("default_shelf").sort(Col.placement, Col.rank)
    eligible = day.recommendable()[Col.item_id].implode()
    return rows.select(
        Col.placement,
        Col.item_id,
        Col.reason_text,
        (~pl.col(Col.item_id).is_in(eligible)).cast(pl.Int8).alias(_INELIGIBLE),
        broken_rules(day, rows.with_columns(pl.lit(NEWCOMER).alias(Col.user_id))).alias(_BREAKS_RULES),
        (pl.col(Col.rank) - pl.int_range(1, pl.len() + 1).over(Col.placement)).abs().alias(_RANK_GAP),
        ((pl.len().over(Col.placement) >= day.k) & (pl.col(Col.rank) == 1)).cast(pl.Int8).alias(_COMPLETE),
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """A list for every placement while anything sells, of items that may be shown to anybody."""
    sold = day.history(28).select(Col.item_id).unique().collect()
    shown = {each.name: allowed(day, each.name, without_consent=True) for each in day.placements}
    served = [name for name, items in shown.items() if len(sold.join(items, on=Col.item_id, how="semi"))]
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=len(served), max_value=len(day.placements) * day.k, description="at most k rows per placement"
        ),
        gxe.ExpectColumnDistinctValuesToContainSet(
            column=Col.placement, value_set=served, description="every placement has a list"
        ),
        gxe.ExpectColumnSumToBeBetween(column=_INELIGIBLE, max_value=0, description="no ineligible item"),
        gxe.ExpectColumnSumToBeBetween(
            column=_BREAKS_RULES, max_value=0, description="the shop's rules hold; nobody gave a consent"
        ),
        gxe.ExpectCompoundColumnsToBeUnique(
            column_list=[Col.placement, Col.item_id], description="no item twice in one list"
        ),
        gxe.ExpectColumnSumToBeBetween(column=_RANK_GAP, max_value=0, description="ranks run 1, 2, 3… in every list"),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """Short lists."""
    return [
        gxe.ExpectColumnSumToBeBetween(
            column=_COMPLETE, min_value=len(day.placements), description="the lists are full"
        )
    ]
