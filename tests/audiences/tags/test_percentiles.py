"""Percentiles against the slow obvious ones."""

from __future__ import annotations

import math
import random

import polars as pl
import pytest

from ml.audiences.tags.people import vocabulary
from ml.audiences.tags.percentiles import measured_by, percentile_columns, with_percentiles


def obvious(value: float | None, among: list[float | None]) -> float | None:
    known = [each for each in among if each is not None and not math.isnan(each)]
    if value is None or math.isnan(value):
        return None
    return (sum(each < value for each in known) + sum(each == value for each in known) / 2) / max(len(known), 1)


def test_a_percentile_is_the_share_below_and_half_of_the_equals() -> None:
    dice = random.Random(3)
    now = [dice.choice([None, math.nan, 0.0, 1.0, 2.5, dice.random() * 9]) for _ in range(200)]
    before = [*now[:50], -1.0, 99.0, None]
    everybody = pl.DataFrame({"spend": pl.Series(now, dtype=pl.Float64)})
    for values in (now, before):
        people = pl.DataFrame({"spend": pl.Series(values, dtype=pl.Float64)})
        found = with_percentiles(people, everybody, ["spend_percentile", "spend"])["spend_percentile"]
        assert found.to_list() == [pytest.approx(obvious(each, now), abs=1e-6) for each in values]
        assert found.null_count() >= 1


def test_there_is_one_for_every_number_and_for_no_text() -> None:
    columns = vocabulary().columns
    numbers = [name for name, each in columns.items() if each.sort == "a number" and not measured_by(name)]
    assert len(numbers) > 30
    assert {f"{name}_percentile" for name in numbers} == {name for name in columns if measured_by(name)}
    assert not percentile_columns([columns["lifecycle_stage"]])


def test_without_anybody_nobody_has_one() -> None:
    nobody = pl.DataFrame({"spend": pl.Series([None, None], dtype=pl.Int64)})
    found = with_percentiles(nobody, nobody, ["spend_percentile"])
    assert found["spend_percentile"].to_list() == [None, None]
