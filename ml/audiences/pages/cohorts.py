"""How many of those who first bought in a month still buy in the months after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.outputs import COHORT_RETENTION
from ml.audiences.pages.published import PublishedAudiences
from ml.audiences.pages.words import SHARE, SHOPPERS, count, share
from ml.charts.heat import Shaded, heat
from ml.documents import Chart, Section
from ml.words import Words

_MONTHS: Final = 12
_COHORT: Final = Words("First purchase in", "首次购买月份")
_AFTER: Final = Words("Months after", "之后第几个月")


def retention(day: PublishedAudiences) -> Section | None:
    """A heat map of the last cohorts; intervals in the table."""
    table = day.table(COHORT_RETENTION)
    last = table[Aud.cohort_month].unique().sort().tail(_MONTHS)
    rows = table.filter(pl.col(Aud.cohort_month).is_in(last.implode()), pl.col(Aud.months_after) <= _MONTHS)
    rows = rows.sort(Aud.cohort_month, Aud.months_after)
    later = rows.filter(pl.col(Aud.months_after) > 0)
    if later.is_empty():
        return None
    cells = [
        Shaded(
            f"{row[Aud.cohort_month]:%Y-%m} ({row[Aud.shoppers]:,})",
            str(row[Aud.months_after]),
            row[Aud.share],
            row[Aud.share],
            Words(
                f"{row[Aud.active]:,} of {row[Aud.shoppers]:,}; 95 % interval {_interval(row)}",
                f"{row[Aud.shoppers]:,} 人中的 {row[Aud.active]:,} 人；95% 区间 {_interval(row)}",
            ),
        )
        for row in later.iter_rows(named=True)
    ]
    description = Words(
        "Of the shoppers who first bought in a month (how many, in brackets), the share that bought in each later one.",
        "某月首次购买的顾客（括号内为人数）在之后各月仍有购买的比例。",
    )
    numeric = (_AFTER, SHOPPERS, Words("Bought", "有购买"), SHARE, Words("95 % interval", "95% 区间"))
    told = tuple(
        (
            f"{row[Aud.cohort_month]:%Y-%m}",
            str(row[Aud.months_after]),
            count(row[Aud.shoppers]),
            count(row[Aud.active]),
            share(row[Aud.share]),
            _interval(row),
        )
        for row in later.iter_rows(named=True)
    )
    chart = Chart(heat(cells, _COHORT, _AFTER, ".0%"), description)
    heading = Words("Who stays", "留存")
    return Section(heading, "", (_COHORT, *numeric), told, frozenset(numeric), charts=(chart,), name="cohorts")


def _interval(row: Mapping[str, Any]) -> str:
    return f"{row[Aud.low]:.1%}–{row[Aud.high]:.1%}"
