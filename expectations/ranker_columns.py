"""Whether the columns that a ranker learns from still say something."""

from __future__ import annotations

from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.warehouse.feature_columns import ranker_columns

VARYING: Final = "ranker_columns_that_vary"
_JUDGED_ROWS: Final = 1000
"""Below so many rows a column may be constant by chance."""


def varying(day: Day, table: str) -> pl.Expr:
    """How many of the table's columns for rankers take more than one value, in every row."""
    return pl.lit(len(_declared(day, table)) - len(constant(day, table))).alias(VARYING)


def constant(day: Day, table: str) -> list[str]:
    """The table's columns for rankers that take one value only, null or not; of few rows or a young shop none."""
    features = day.table(table)
    if len(features) < _JUDGED_ROWS or not day.has_a_past():
        return []
    names = _declared(day, table)
    counts = features.select(pl.col(names).n_unique()).row(0)
    return [name for name, values in zip(names, counts, strict=True) if values < 2]


def every_column_varies(day: Day, table: str) -> gxe.Expectation:
    """An expectation about the column ``VARYING`` of a batch."""
    named = constant(day, table)
    return gxe.ExpectColumnMinToBeBetween(
        column=VARYING,
        min_value=len(_declared(day, table)),
        description=f"no column that rankers learn from is constant{': ' * bool(named)}{', '.join(named)}",
    )


def _declared(day: Day, table: str) -> list[str]:
    there = day.table(table).columns
    return [name for name in ranker_columns().get(table, []) if name in there]
