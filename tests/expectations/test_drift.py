"""A column that rankers learn from and that has shifted is told by name; an ordinary day is not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from expectations import ranker_columns
from expectations.day import Day, Earlier
from expectations.drift import drift, stability_index
from expectations.earlier import earlier_day
from ml.settings import Settings
from tests.expectations.conftest import AS_OF, Tables
from tests.expectations.test_gates import gate

TABLES = ["feat_user", "feat_item", "feat_user_item", "feat_user_group"]
WEEK = AS_OF - timedelta(days=7)


@pytest.fixture
def compared(day: Day, tables: Tables, monkeypatch: pytest.MonkeyPatch) -> Day:
    """The day beside a week before it with the same tables."""
    monkeypatch.setattr(ranker_columns, "_JUDGED_ROWS", 1)
    before = dict(tables)
    return replace(day, earlier=Earlier(WEEK, lambda name: before[name].lazy()))


def told(settings: Settings, day: Day, table: str) -> list[str]:
    return [check.claim for check in gate(settings, day, table).warnings if "has drifted" in check.claim]


@pytest.mark.parametrize("table", TABLES)
def test_a_column_that_has_shifted_is_told_by_name(
    table: str, settings: Settings, tables: Tables, compared: Day
) -> None:
    assert told(settings, compared, table) == []
    assert ranker_columns.drifts(compared, table), "it was judged"
    column = next(name for name in ranker_columns.ranker_columns()[table] if name in tables[table].columns)
    other = tables[table].with_columns(pl.col(column) * 100 + 100).lazy()
    (claim,) = told(settings, replace(compared, earlier=Earlier(WEEK, lambda _: other)), table)
    assert claim.startswith(f"no column that rankers learn from has drifted since {WEEK}: {column} (")


def test_a_shops_first_weeks_and_few_rows_are_not_judged(
    settings: Settings, tables: Tables, compared: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables["feat_user"] = tables["feat_user"].with_columns(pl.selectors.numeric() * 100 + 100)
    assert told(settings, compared, "feat_user")
    young = replace(compared, earlier=Earlier(AS_OF - timedelta(days=28), compared.earlier.scan))  # type: ignore[union-attr]
    assert (AS_OF - compared.table("history")["event_date"].min()).days == 83  # type: ignore[operator]
    assert told(settings, young, "feat_user") == []
    monkeypatch.setattr(ranker_columns, "_JUDGED_ROWS", 41)
    assert told(settings, compared, "feat_user") == []


def test_an_earlier_day_that_is_gone_or_older_than_the_table_stops_nothing(settings: Settings, compared: Day) -> None:
    def gone(name: str) -> pl.LazyFrame:
        return pl.scan_parquet(f"/nowhere/{name}.parquet")

    assert told(settings, replace(compared, earlier=Earlier(WEEK, gone)), "feat_user") == []


def test_a_day_is_compared_with_the_week_before_or_with_the_newest_day_of_four_weeks(settings: Settings) -> None:
    def keep(*days_before: int) -> date | None:
        for number in days_before:
            folder = settings.slices_dir / f"{AS_OF - timedelta(days=number)}-abc"
            folder.mkdir(parents=True)
            record = {"as_of_date": folder.name[:10], "inputs_hash": "abc"}
            (folder / "slice.json").write_text(json.dumps(record))
        found = earlier_day(settings, AS_OF)
        return found.as_of if found else None

    assert keep() is None and keep(0, 29) is None
    assert keep(14) == AS_OF - timedelta(days=14)
    assert keep(1, 3) == AS_OF - timedelta(days=1)
    assert keep(7) == WEEK


def test_the_index_is_the_textbooks() -> None:
    before = pl.Series([0.0] * 50 + [1.0] * 50)
    now = pl.Series([0.0] * 80 + [1.0] * 20)
    p, q = np.array([50.5, 50.5, 0.5]) / 101.5, np.array([80.5, 20.5, 0.5]) / 101.5
    expected = float(((p - q) * np.log(p / q)).sum())
    assert stability_index(before, now) == pytest.approx(expected, abs=0.02) and expected > 0.35
    assert stability_index(before, before) == 0.0


def test_chance_ties_that_move_a_little_and_columns_that_age_are_no_drift_and_lost_values_are() -> None:
    dice = np.random.default_rng(1)
    before = pl.DataFrame(
        {
            "amount": dice.lognormal(size=5000),
            "prior": np.where(dice.random(5000) < 0.7, 0.00123, dice.random(5000)),
            "days_since_first_purchase": 300.0 + dice.integers(0, 3, 5000),
        }
    )
    now = pl.DataFrame(
        {
            "amount": dice.lognormal(size=5000),
            "prior": before["prior"] * 0.99,
            "days_since_first_purchase": before["days_since_first_purchase"] + 7,
        }
    )
    assert max(drift(before, now, 7).values()) < 0.05
    older = now.with_columns(pl.col("days_since_first_purchase") + 60)
    assert drift(before, older, 7)["days_since_first_purchase"] > 1, "ages rise by the days between"
    lost = now.with_columns(pl.when(pl.col("amount") > 1).then("amount").alias("amount"))
    assert drift(before, lost, 7)["amount"] > 1
    assert drift(before, now.with_columns(pl.col("amount") * 100), 7)["amount"] > 1, "cents for dollars"
