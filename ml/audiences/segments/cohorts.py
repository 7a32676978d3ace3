"""Cohort retention: of those who first bought in a month, how many bought in each month after it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import polars as pl

from ml.audiences.columns import Aud
from ml.tables import Col

_NORMAL_95: Final = 1.959963984540054
_DIGITS: Final = 6
_MONTH: Final = "month"


def retention(purchases: pl.DataFrame, first: pl.DataFrame, as_of: date, history_days: int) -> pl.DataFrame:
    """Rows of ``cohort_retention``, for whole months that the history covers and that have ended by the day.

    Args:
        purchases: ``user_id``, ``event_date``: a row per shopper and day with a purchase, of the history.
        first: ``user_id``, ``event_date``: of everybody who has ever bought something, the first day.
        history_days: how far purchases reach back; cohorts may be older.
    """
    months = _whole_months(as_of - timedelta(days=history_days - 1), as_of)
    month = pl.col(Col.event_date).dt.truncate("1mo")
    cohort = first.select(Col.user_id, month.alias(Aud.cohort_month))
    sizes = cohort.group_by(Aud.cohort_month).agg(pl.len().cast(pl.Int64).alias(Aud.shoppers))
    active = (
        purchases.select(Col.user_id, month.alias(_MONTH))
        .unique()
        .join(cohort, on=Col.user_id)
        .group_by(Aud.cohort_month, _MONTH)
        .agg(pl.len().cast(pl.Int64).alias(Aud.active))
    )
    rows = sizes.join(pl.DataFrame({_MONTH: months}, schema={_MONTH: pl.Date}), how="cross")
    return (
        rows.filter(pl.col(_MONTH) >= pl.col(Aud.cohort_month))
        .join(active, on=[Aud.cohort_month, _MONTH], how="left")
        .with_columns(pl.col(Aud.active).fill_null(0), _months_between(Aud.cohort_month, _MONTH))
        .with_columns(*wilson(pl.col(Aud.active), pl.col(Aud.shoppers)))
        .drop(_MONTH)
        .sort(Aud.cohort_month, Aud.months_after)
    )


def wilson(hits: pl.Expr, of: pl.Expr) -> tuple[pl.Expr, ...]:
    """``share`` and the bounds of its 95 % interval, ``low`` and ``high``."""
    share, squared = hits / of, _NORMAL_95**2
    middle = (share + squared / (2 * of)) / (1 + squared / of)
    half = _NORMAL_95 / (1 + squared / of) * (share * (1 - share) / of + squared / (4 * of**2)).sqrt()
    bounds = ((share, Aud.share), ((middle - half).clip(0, 1), Aud.low), ((middle + half).clip(0, 1), Aud.high))
    return tuple(each.round(_DIGITS).alias(name) for each, name in bounds)


def _months_between(early: str, late: str) -> pl.Expr:
    first, last = pl.col(early).dt, pl.col(late).dt
    years, months = (last.year() - first.year()).cast(pl.Int64), last.month().cast(pl.Int64) - first.month()
    return (12 * years + months).alias(Aud.months_after)


def _whole_months(first: date, last: date) -> list[date]:
    """The first days of the months that lie within these days."""
    found, month = [], first.replace(day=1)
    if month < first:
        month = _next(month)
    while _next(month) <= last + timedelta(days=1):
        found.append(month)
        month = _next(month)
    return found


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)
