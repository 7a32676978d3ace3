"""Whether the columns that a ranker learns from still say something, and still what they said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day, Earlier
from expectations.drift import drift, sampled
from ml.errors import StaleFeatures
from ml.warehouse.feature_columns import ranker_columns

VARYING: Final = "ranker_columns_that_vary"
DRIFT: Final = "largest_drift_of_a_ranker_column"
_JUDGED_ROWS: Final = 1000
"""Below so many rows a column may be constant, or another one, by chance."""


@dataclass(frozen=True)
class Thresholds:
    """Drift is a population stability index; columns still fill up in the first weeks of a shop."""

    watched_drift: float = 0.25
    judged_days: int = 56


LIMITS = Thresholds()


def facts(day: Day, table: str) -> list[pl.Expr]:
    """In every row of a batch: how many of the table's columns for rankers vary, and how far the farthest drifted."""
    vary = len(_declared(day, table)) - len(constant(day, table))
    return [pl.lit(vary).alias(VARYING), pl.lit(max(drifts(day, table).values(), default=0.0)).alias(DRIFT)]


def watched(day: Day, table: str) -> list[gxe.Expectation]:
    """Expectations about ``facts``; what breaks one is named."""
    named, since = constant(day, table), f" since {day.earlier.as_of}" if day.earlier else ""
    drifted = {name: index for name, index in drifts(day, table).items() if index > LIMITS.watched_drift}
    moved = ", ".join(f"{name} ({index:.2f})" for name, index in sorted(drifted.items()))
    return [
        gxe.ExpectColumnMinToBeBetween(
            column=VARYING,
            min_value=len(_declared(day, table)),
            description=f"no column that rankers learn from is constant{': ' * bool(named)}{', '.join(named)}",
        ),
        gxe.ExpectColumnMaxToBeBetween(
            column=DRIFT,
            max_value=LIMITS.watched_drift,
            description=f"no column that rankers learn from has drifted{since}{': ' * bool(moved)}{moved}",
        ),
    ]


def drifts(day: Day, table: str) -> dict[str, float]:
    """The drift of each of the table's columns for rankers since an earlier day; of few rows or a young shop none."""
    return day.once(f"drifts of {table}", lambda: _drifts(day, table))


def _drifts(day: Day, table: str) -> dict[str, float]:
    names, earlier = _declared(day, table), day.earlier
    if earlier is None or day.rows(table) < _JUDGED_ROWS or not _is_grown(day, earlier):
        return {}
    try:
        before = earlier.scan(table)
        there = before.collect_schema().names()
        then = sampled(before, [name for name in names if name in there])
    except (StaleFeatures, OSError, pl.exceptions.PolarsError):  # it is gone by now, or older than the table
        return {}
    if len(then) < _JUDGED_ROWS:
        return {}
    return drift(then, sampled(day.scan(table), names), (day.as_of - earlier.as_of).days)


def _is_grown(day: Day, earlier: Earlier) -> bool:
    """Whether the history of the earlier day was long enough."""
    oldest = day.oldest_event()
    return oldest is not None and (earlier.as_of - oldest).days >= LIMITS.judged_days


def constant(day: Day, table: str) -> list[str]:
    """The table's columns for rankers that take one value only, null or not; of few rows or a young shop none."""
    return day.once(f"constant columns of {table}", lambda: _constant(day, table))


def _constant(day: Day, table: str) -> list[str]:
    if day.rows(table) < _JUDGED_ROWS or not day.has_a_past():
        return []
    names = _declared(day, table)
    asked = [(_is_one_value(pl.col(name))).alias(name) for name in names]
    [same] = day.scan(table).select(asked).collect(engine="streaming").rows()
    return [name for name, is_one in zip(names, same, strict=True) if is_one]


def _is_one_value(values: pl.Expr) -> pl.Expr:
    """Whether all are null, or none is and the lowest is the highest: without counting the values."""
    return (values.count() == 0) | ((values.null_count() == 0) & (values.min() == values.max()).fill_null(value=False))


def _declared(day: Day, table: str) -> list[str]:
    there = day.scan(table).collect_schema().names()
    return [name for name in ranker_columns().get(table, []) if name in there]
