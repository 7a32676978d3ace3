"""The gates of a day: a healthy shop passes, a truncated table never does, and a failure can be acted on."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from expectations import engine
from expectations.day import Day
from expectations.gates import feature_suites, gate_draft, gate_slice, run_gate
from expectations.report import GateReport, page_path
from ml.errors import GateFailed, NotPublished, StaleFeatures
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from testkit.damaged_files import damage_rows
from testkit.published import tables as published_tables
from tests.expectations.conftest import AS_OF, ITEMS, SHOPPERS, Tables

Store = Callable[[], tuple[Path, Path]]

FEATURES = feature_suites(RECOMMEND)


def _folder(table: str) -> str:
    return "features" if table in FEATURES else RECOMMEND.name


def gate(settings: Settings, day: Day, table: str) -> GateReport:
    (report,) = run_gate(settings, replace(day), [table], _folder(table))  # a fresh one: it has read nothing yet
    return report


def failure(settings: Settings, day: Day, table: str) -> str:
    with pytest.raises(GateFailed) as failed:
        gate(settings, day, table)
    return str(failed.value)


def test_a_healthy_small_shop_passes_every_gate(settings: Settings, stored: Store) -> None:
    slice_folder, draft_folder = stored()
    reports = gate_slice(settings, RECOMMEND, slice_folder) + gate_draft(settings, RECOMMEND, draft_folder)
    assert [report.table for report in reports] == [*FEATURES, *RECOMMEND.tables]
    for report in reports:
        suite = engine.load_suite(_folder(report.table), report.table)
        assert len(report.checks) == suite.GATE + suite.WATCH + 2 + 3 * getattr(suite, "PER_PLACEMENT", 0)
        assert all(check.passed for check in report.checks if check.level == "gate")
        assert report.rows > 0


def test_no_gate_holds_a_table_that_grows_with_the_shoppers(
    settings: Settings, stored: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    slice_folder, draft_folder = stored()
    held: set[str] = set()
    table = Day.table
    monkeypatch.setattr(Day, "table", lambda day, name: held.add(name) or table(day, name))
    gate_slice(settings, RECOMMEND, slice_folder)
    gate_draft(settings, RECOMMEND, draft_folder)
    assert held >= {"dim_item", "similar_item"}, "those of the catalogue are"
    growing = {"history", "rating", "dim_user", "recommendation", "page_slot", "purchase_probability"}
    assert not held & (growing | {"feat_user", "feat_user_item", "feat_user_group"})


@pytest.mark.parametrize("table", [*FEATURES, *RECOMMEND.tables])
def test_truncating_any_table_fails_its_gate(settings: Settings, tables: Tables, day: Day, table: str) -> None:
    tables[table] = tables[table].clear()
    assert failure(settings, day, table).startswith(f"GateFailed: {table} of {AS_OF}")


@pytest.mark.parametrize("table", [*FEATURES, *RECOMMEND.tables])
def test_losing_half_of_any_table_fails_its_gate(settings: Settings, tables: Tables, day: Day, table: str) -> None:
    tables[table] = tables[table].head(len(tables[table]) // 2)
    assert table in failure(settings, day, table)


def test_bounds_that_contradict_each_other_fail_the_gate_instead_of_breaking_it(
    settings: Settings, tables: Tables, day: Day
) -> None:
    tables["dim_item"] = tables["dim_item"].clear()
    told = failure(settings, day, "feat_item")
    assert "expected each lowest value at most the highest, found contradictory thresholds; an input table is" in told


def test_a_failure_says_what_where_and_what_next(settings: Settings, tables: Tables, day: Day) -> None:
    tables["feat_user"] = tables["feat_user"].head(30)
    text = failure(settings, day, "feat_user")
    assert "every shopper in dim_user has one row: expected exactly 40, found 30" in text
    assert "every shopper of the history has purchases [is_buyer]: expected at least 40, found 30" in text
    assert f"reports/gates/{AS_OF}/feat_user.json" in text
    assert text.endswith(f"then run: shelduck run --as-of {AS_OF}")
    assert str(settings.home) not in text


def test_the_whole_result_is_kept_and_the_same_for_the_same_day(settings: Settings, tables: Tables, day: Day) -> None:
    tables["feat_user"] = tables["feat_user"].head(30)
    path = settings.reports_dir / "gates" / f"{AS_OF}" / "feat_user.json"
    failure(settings, day, "feat_user")
    first = path.read_bytes()
    failure(settings, day, "feat_user")
    assert path.read_bytes() == first
    found = json.loads(first)
    assert found["rows"] == 30
    assert {check["level"] for check in found["checks"]} == {"gate", "watch"}
    assert "feat_user" in page_path(settings, AS_OF).read_text()


def test_one_error_names_every_table_that_failed(settings: Settings, tables: Tables, day: Day) -> None:
    tables["feat_user"], tables["feat_item"] = tables["feat_user"].clear(), tables["feat_item"].clear()
    with pytest.raises(GateFailed, match=f"feat_user, feat_item of {AS_OF}"):
        run_gate(settings, day, FEATURES, "features")


def test_a_suite_that_lost_an_expectation_fails(settings: Settings, day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    suite = engine.load_suite("features", "feat_user")
    whole = suite.gate
    monkeypatch.setattr(suite, "gate", lambda day: whole(day)[1:])
    text = failure(settings, day, "feat_user")
    assert "the suite ran every gate expectation it announces: expected 6, found 5" in text


def test_an_expectation_that_cannot_be_computed_fails_even_when_it_is_only_watched(
    settings: Settings, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = engine.load_suite("features", "feat_user")
    whole = suite.prepare
    monkeypatch.setattr(suite, "prepare", lambda day: whole(day).drop("is_active_7d"))
    assert "could not be computed" in failure(settings, day, "feat_user")


@pytest.mark.parametrize("table", [name for name in FEATURES if name not in ("dim_rule", "dim_layout", "dim_consent")])
def test_a_table_of_the_slice_that_cannot_be_read_is_named(settings: Settings, stored: Store, table: str) -> None:
    folder, _ = stored()
    damage_rows(folder / f"{table}.parquet")
    with pytest.raises(StaleFeatures, match=rf"{table} of slice .* found ComputeError: parquet: .*shelduck run"):
        gate_slice(settings, RECOMMEND, folder)


def test_a_table_of_the_day_before_that_cannot_be_read_is_named(settings: Settings, stored: Store) -> None:
    _, draft = stored()
    day = AS_OF - timedelta(days=1)
    record = DraftRecord(capability="recommend", code_revision="0", as_of_date=day, slice="", inputs_hash="", policy={})
    before = write_draft(settings.drafts_of("recommend") / f"{day}-abc", RECOMMEND, record, published_tables(day, "a"))
    version = publish(settings, RECOMMEND, before, provenance={})
    damage_rows(settings.home / version.path / "recommendation.parquet")
    with pytest.raises(NotPublished, match=rf"recommendation of version {version.version_id}: .* --as-of {day}"):
        gate_draft(settings, RECOMMEND, draft)


def test_reports_hold_no_shopper_and_no_item(settings: Settings, tables: Tables, day: Day) -> None:
    broken = tables["recommendation"].with_columns(pl.lit("article-out").alias("item_id"))
    tables["recommendation"] = broken
    failure(settings, day, "recommendation")
    pages = [path for path in settings.reports_dir.rglob("*") if path.suffix in {".json", ".html"}]
    assert {path.name for path in pages} == {"recommendation.json", f"{AS_OF}.html"}
    for path in pages:
        text = path.read_text()
        assert not any(each in text for each in (*SHOPPERS, *ITEMS, "article-out"))


def test_the_page_asks_no_network_for_anything_and_runs_nothing(settings: Settings, day: Day) -> None:
    gate(settings, day, "feat_user")
    assert [path.name for path in settings.reports_dir.rglob("*.html")] == [f"{AS_OF}.html"]
    page = page_path(settings, AS_OF).read_text()
    assert f"<h1>Gates of {AS_OF}: all passed</h1>" in page
    assert not re.search(r"https?:|<script|<link|<img|@import|url\(", page)


def test_the_page_opens_with_what_failed_then_warnings_and_folds_what_passed(
    settings: Settings, tables: Tables, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables["feat_user"] = tables["feat_user"].head(30)
    tables["feat_item"] = tables["feat_item"].with_columns(trend_7d=pl.lit(9.0))
    with pytest.raises(GateFailed):
        run_gate(settings, day, ["dim_user", "feat_item", "feat_user"], "features")
    page = page_path(settings, AS_OF).read_text()
    tables_in_order = re.findall(r"<details( open)?>\s*<summary><h2>(\w+)</h2>", page)
    assert tables_in_order == [(" open", "feat_user"), (" open", "feat_item"), ("", "dim_user")]
    verdicts = [re.findall(r'<li class="(\w+)">', section) for section in page.split("<details")[1:]]
    assert [list(dict.fromkeys(each)) for each in verdicts] == [["failed", "passed"], ["warning", "passed"], ["passed"]]
    claim = page[page.index("every shopper in dim_user has one row") :][:400]
    assert "exactly 40" in claim and "30" in claim and 'name="viewport"' in page


def test_a_second_gate_of_the_day_joins_the_first_on_its_page(settings: Settings, day: Day) -> None:
    gate(settings, day, "feat_user")
    gate(settings, day, "popular_item")
    page = page_path(settings, AS_OF).read_text()
    assert "feat_user" in page
    assert "popular_item" in page


def test_great_expectations_is_quiet(settings: Settings, day: Day, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        gate(settings, day, "dim_user")
    assert [record.name for record in caplog.records] == ["expectations.gates"]


def test_a_shop_that_opened_yesterday_passes(settings: Settings, tables: Tables, day: Day) -> None:
    tables["daily_volume"] = tables["daily_volume"].filter(pl.col("arrival_date") >= AS_OF - timedelta(days=1))
    assert gate(settings, day, "daily_volume").rows == 2
