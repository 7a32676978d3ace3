"""Cohort retention, against counting by hand."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from ml.audiences.segments.cohorts import retention, wilson


def days(*rows: tuple[str, date]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"user_id": pl.String, "event_date": pl.Date}, orient="row")


FIRST = days(("a", date(2024, 11, 3)), ("b", date(2025, 1, 31)), ("c", date(2025, 1, 2)), ("d", date(2025, 3, 1)))
PURCHASES = days(
    *[("a", date(2025, 1, 5)), ("a", date(2025, 3, 5)), ("a", date(2025, 3, 9))],
    *[("b", date(2025, 1, 31)), ("b", date(2025, 2, 1)), ("c", date(2025, 1, 2)), ("c", date(2025, 3, 31))],
    *[("d", date(2025, 3, 1)), ("d", date(2025, 4, 1))],
)


def test_whole_months_are_counted_of_those_whom_the_history_covers() -> None:
    rows = retention(PURCHASES, FIRST, date(2025, 4, 29), history_days=130)  # from 2024-12-21
    found = {
        (row[0], row[3]): (row[1], row[2])
        for row in rows.select("cohort_month", "shoppers", "active", "months_after").iter_rows()
    }
    november, january, march = date(2024, 11, 1), date(2025, 1, 1), date(2025, 3, 1)
    assert found == {
        (november, 2): (1, 1),
        (november, 3): (1, 0),
        (november, 4): (1, 1),
        (january, 0): (2, 2),
        (january, 1): (2, 1),
        (january, 2): (2, 1),
        (march, 0): (1, 1),
    }
    assert rows.filter(pl.col("active") == 0)["share"].to_list() == [0.0]


def test_a_month_that_ends_with_the_day_is_whole() -> None:
    assert retention(PURCHASES, FIRST, date(2025, 3, 31), 400)["months_after"].max() == 4
    assert retention(PURCHASES, FIRST, date(2025, 3, 30), 400)["months_after"].max() == 3


def test_a_shop_younger_than_a_month_has_no_cohort() -> None:
    assert retention(PURCHASES, FIRST, date(2025, 1, 20), 10).is_empty()
    assert retention(PURCHASES.clear(), FIRST.clear(), date(2025, 4, 30), 365).is_empty()


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(0, 10, 0.0, 0.277533), (10, 10, 0.722467, 1.0), (81, 263, 0.255289, 0.366210)],
)
def test_intervals_are_those_of_wilson(hits: int, of: int, low: float, high: float) -> None:
    """The last one is the example of Newcombe (1998): .2553 to .3662."""
    frame = pl.DataFrame({"hits": [hits], "of": [of]}).select(wilson(pl.col("hits"), pl.col("of")))
    share, *bounds = frame.row(0)
    assert share == round(hits / of, 6) and bounds == pytest.approx([low, high], abs=2e-6)
