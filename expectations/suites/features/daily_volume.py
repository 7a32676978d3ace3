"""Gate of ``daily_volume``: the day's arrivals against the same weekday of the weeks before.

A day without any rows is a real, empty day and passes (it is told); a day with a few rows where there are usually
many is a broken delivery, and so is one of which every row was refused, or most of many. Refused are rows: a file
refused whole counts as those that it probably holds (``ml.warehouse.refused``).
"""

from __future__ import annotations

from dataclasses import dataclass

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.tables import Col

GATE, WATCH = 7, 4

_DAYS_BEFORE = "days_before"
_EMPTY = "is_empty_day"
_ALL_REFUSED = "is_all_refused"
_REFUSED_SHARE = "share_refused"
_JUDGED_SHARE = "share_refused_of_many"
_OF_USUAL = {column: f"{column}_of_usual" for column in (Col.events, Col.users)}
_VALUE_OF_USUAL = "event_value_of_usual"


@dataclass(frozen=True)
class Thresholds:
    """The day's figures divided by the usual: the median over the same weekday's earlier days with events."""

    fewest: float = 0.1
    value_factor: float = 10.0
    watched_fewest: float = 0.4
    watched_most: float = 2.5
    same_weekdays: int = 3
    """Fewer than these earlier days make no usual."""
    judged_events: int = 30
    watched_refused: float = 0.1
    most_refused: float = 0.5


LIMITS = Thresholds()


def prepare(day: Day) -> pl.DataFrame:
    """One row per arrival day; the day's own holds its figures relative to the usual, 1 where there is no judging."""
    volume = day.table("daily_volume").with_columns(
        day.days_before(Col.arrival_date).alias(_DAYS_BEFORE),
        (pl.col(Col.revenue) / pl.col(Col.events)).fill_nan(None).alias(_VALUE_OF_USUAL),
    )
    alike = volume.filter(pl.col(_DAYS_BEFORE) > 0, pl.col(_DAYS_BEFORE) % 7 == 0, pl.col(Col.events) > 0)
    today = pl.col(_DAYS_BEFORE) == 0
    refused_share = pl.col(Col.refused) / (pl.col(Col.refused) + pl.col(Col.events))
    many = pl.col(Col.refused) + pl.col(Col.events) >= LIMITS.judged_events

    def of_usual(column: str, name: str, fewest_events: int) -> pl.Expr:
        usual = alike[column].median() if len(alike) >= LIMITS.same_weekdays else None
        judged = (pl.col(Col.events) >= fewest_events) & pl.lit(isinstance(usual, float) and usual > 0)
        return pl.when(today).then(pl.when(judged).then(pl.col(column) / pl.lit(usual)).otherwise(1.0)).alias(name)

    return volume.select(
        _DAYS_BEFORE,
        (today & (pl.col(Col.events) == 0)).cast(pl.Int8).alias(_EMPTY),
        (today & (pl.col(Col.events) == 0) & (pl.col(Col.refused) > 0)).cast(pl.Int8).alias(_ALL_REFUSED),
        pl.when(today).then(refused_share.fill_nan(0)).alias(_REFUSED_SHARE),
        pl.when(today).then(pl.when(many).then(refused_share).otherwise(0.0)).alias(_JUDGED_SHARE),
        *(of_usual(column, name, 1) for column, name in _OF_USUAL.items()),
        of_usual(_VALUE_OF_USUAL, _VALUE_OF_USUAL, LIMITS.judged_events),
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """The day is not a fraction of itself and its money is in the same unit as before."""
    oldest = day.table("daily_volume").select(day.days_before(Col.arrival_date).max()).item()
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=1 + (oldest or 0), description="every day since the oldest is there, empty ones included"
        ),
        gxe.ExpectColumnMinToBeBetween(
            column=_DAYS_BEFORE, min_value=0, max_value=0, description="the last day is the day itself"
        ),
        *(
            gxe.ExpectColumnMeanToBeBetween(
                column=name,
                min_value=LIMITS.fewest,
                description=f"{column} of the day against the usual of its weekday (an empty day passes)",
            )
            for column, name in _OF_USUAL.items()
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_ALL_REFUSED,
            max_value=0,
            description="a row of the day was accepted (shelduck check says why not; without files the day is empty)",
        ),
        gxe.ExpectColumnMeanToBeBetween(
            column=_JUDGED_SHARE,
            max_value=LIMITS.most_refused,
            description="most rows of the day were accepted (shelduck check says why not)",
        ),
        gxe.ExpectColumnMeanToBeBetween(
            column=_VALUE_OF_USUAL,
            min_value=1 / LIMITS.value_factor,
            max_value=LIMITS.value_factor,
            description="revenue per event of the day against the usual (a factor of 100 is cents for dollars)",
        ),
    ]


def watch(_day: Day) -> list[gxe.Expectation]:
    """A day that is unusual, or empty."""
    return [
        gxe.ExpectColumnMeanToBeBetween(
            column=name,
            min_value=LIMITS.watched_fewest,
            max_value=LIMITS.watched_most,
            description=f"{column} of the day are near the usual of its weekday",
        )
        for column, name in _OF_USUAL.items()
    ] + [
        gxe.ExpectColumnSumToBeBetween(column=_EMPTY, max_value=0, description="the day is not empty"),
        gxe.ExpectColumnMeanToBeBetween(
            column=_REFUSED_SHARE, max_value=LIMITS.watched_refused, description="few rows of the day were refused"
        ),
    ]
