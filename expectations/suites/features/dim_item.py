"""Gate of ``dim_item``: the catalogue as of the day covers what is sold."""

from __future__ import annotations

from dataclasses import dataclass

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day, figure
from ml.tables import Col

GATE, WATCH = 3, 1


@dataclass(frozen=True)
class Thresholds:
    """Shares of the catalogue."""

    recommendable: float = 0.05
    categorised: float = 0.9


LIMITS = Thresholds()


def prepare(day: Day) -> pl.DataFrame:
    """One row per item."""
    return day.table("dim_item").select(pl.col(Col.is_recommendable).cast(pl.Int8), Col.item_category)


def gate(day: Day) -> list[gxe.Expectation]:
    """The catalogue is there and most of it is not ruled out by accident."""
    sold = int(figure(day.scan("history"), pl.col(Col.item_id).n_unique()))
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=max(1, sold),
            description="there are as many items as the history sold, or more" if sold else "the catalogue has items",
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=Col.is_recommendable,
            min_value=max(1, sold),
            description="as many items may be recommended as the history sold, or more",
        ),
        gxe.ExpectColumnMeanToBeBetween(
            column=Col.is_recommendable,
            min_value=LIMITS.recommendable,
            description="exclusions and availability leave a part of the catalogue",
        ),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """Items without a category fall out of category lists."""
    any_category = day.table("dim_item")[Col.item_category].is_not_null().any()
    return [
        gxe.ExpectColumnProportionOfNonNullValuesToBeBetween(
            column=Col.item_category,
            min_value=LIMITS.categorised if any_category else 0,
            description="nearly every item has a category (where the shop has categories)",
        )
    ]
