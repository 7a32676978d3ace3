"""Intervals of shares against worked examples of the literature."""

import polars as pl
import pytest

from ml.reviews.intervals import Interval, difference, wilson


def figures(interval: Interval, **values: int) -> list[float]:
    return list(
        pl.DataFrame({name: [value] for name, value in values.items()})
        .select(value.alias(name) for value, name in zip(interval.rounded, "abc", strict=True))
        .row(0)
    )


def test_a_share_lies_in_wilsons_interval() -> None:
    """Newcombe 1998, table I: 81 of 263 and 0 of 20."""
    found = wilson(pl.col("count"), pl.col("of"))
    assert figures(found, count=81, of=263) == pytest.approx([0.3080, 0.2553, 0.3662], abs=1e-4)
    assert figures(found, count=0, of=20) == pytest.approx([0.0, 0.0, 0.1611], abs=1e-4)


def test_a_difference_lies_in_newcombes_interval() -> None:
    """Newcombe 1998, table II, method 10: 56/70 less 48/80, and 9/10 less 3/10."""
    found = difference(wilson(pl.col("a"), pl.col("m")), wilson(pl.col("b"), pl.col("n")))
    assert figures(found, a=56, m=70, b=48, n=80) == pytest.approx([0.2, 0.0524, 0.3339], abs=1e-4)
    assert figures(found, a=9, m=10, b=3, n=10) == pytest.approx([0.6, 0.1705, 0.8090], abs=1e-4)


def test_a_share_of_nothing_is_null() -> None:
    assert figures(wilson(pl.col("count"), pl.col("of")), count=0, of=0) == [None, None, None]
