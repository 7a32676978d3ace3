"""Housekeeping step by step on a home with three days, of which the last is young; and what it says it did."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ml.capabilities import capabilities, models
from ml.cleanup import Cleanup
from ml.operations import tidy as tidying
from ml.operations.tidy import STEPS, tidy, told
from ml.recommend.model import MODEL
from ml.registry.retention import KeptDays
from ml.settings import Settings
from testkit.disk_use import FIRST_DAY, live
from testkit.faults.garden import copied

UNPUBLISHED, OLD, YOUNG = 9, 12, 14
"""Numbers of days in ``testkit.disk_use``; the draft of the first one was never published."""
DAYS = {number: FIRST_DAY + timedelta(days=number) for number in (UNPUBLISHED, OLD, YOUNG)}
KEPT = {"kept_published_days": 1, "kept_report_days": 1, "kept_log_days": 3, "kept_draft_days": 3, "kept_slices": 2}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Days of 30, 20 and 0 days ago, each with slice, draft or version, pages of gates, log and rows."""
    settings = Settings(home=tmp_path_factory.mktemp("made") / "var", **KEPT)
    for (number, day), age in zip(DAYS.items(), (30, 20, 0), strict=True):
        live(settings, day, number, time.time() - age * 86_400)
    return settings


@pytest.fixture
def home(made: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A copy of ``made``, with the times of its files, to tidy."""
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "airflow-db-not-allowed:///")  # as inside a task
    monkeypatch.delenv("AIRFLOW__LOGGING__BASE_LOG_FOLDER", raising=False)
    return copied(made, tmp_path / "var")


def _left(settings: Settings, pattern: str) -> set[int]:
    """The days of which something matches ``pattern``, by number."""
    names = " ".join(str(path.relative_to(settings.home)) for path in settings.home.glob(pattern))
    return {number for number, day in DAYS.items() if str(day) in names}


def _tidied(settings: Settings, step: str, *, dry_run: bool = False) -> dict[str, int]:
    return {each.what: each.count for each in tidy(settings, step, dry_run=dry_run, holder="a test")}


def test_the_warehouse_step_keeps_the_newest_slices_and_those_of_drafts_and_returns_free_blocks(
    home: Settings,
) -> None:
    before = home.warehouse_path.stat().st_size
    assert _tidied(home, "tidy_warehouse") == {
        "slices": 1,
        "tables of slices that later days are only compared with": 0,
        "warehouse files with free space": 1,
    }
    assert _left(home, "slices/*") == {UNPUBLISHED, YOUNG}
    assert home.warehouse_path.stat().st_size < before


def test_the_step_of_publications_removes_old_versions_and_drafts_nobody_published(home: Settings) -> None:
    tidied = _tidied(home, "tidy_published")
    assert {what for what, count in tidied.items() if count} == {
        "published versions of recommend",
        "drafts of recommend",
    }
    assert max(tidied.values()) == 1 and len(tidied) == 4 * len(capabilities()) + 2
    assert _left(home, "published/recommend/versions/*") == {YOUNG}
    assert _left(home, "drafts/recommend/*") == set()


def test_the_step_of_reports_keeps_those_of_days_that_are_still_published(home: Settings) -> None:
    counts = {"pages and results of gates, sites": 1, "questions and plans of marketing texts": 0}
    assert _tidied(home, "tidy_reports") == counts
    assert _left(home, "reports/gates/*") == {OLD, YOUNG}
    tidy(home, "tidy_published", dry_run=False, holder="a test")
    assert _tidied(home, "tidy_reports") == counts
    assert _left(home, "reports/gates/*") == {YOUNG}


def test_the_step_of_airflow_removes_old_logs_and_shortens_long_ones(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ml.operations.airflow_tidying._LONGEST_LOG", 1_000)
    log = home.home / "logs" / "airflow.log"
    log.parent.mkdir(exist_ok=True)
    log.write_text("x" * 2_000)
    freed = _tidied(home, "tidy_airflow")
    assert freed == {"Airflow's logs": 2, "services' logs": 1, "rows of Airflow's metadata": 0}
    assert _left(home, "airflow/logs/*/*") == {YOUNG} and log.stat().st_size == 0


def test_the_step_of_models_asks_for_what_kept_and_published_days_need(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def prune(settings: Settings, kept: dict[str, KeptDays], *, dry_run: bool) -> list[Cleanup]:
        asked.append((kept, dry_run))
        return [Cleanup("trainings", 2)]

    monkeypatch.setattr(tidying, "prune_trainings", prune)
    assert [_tidied(home, "tidy_models", dry_run=each) for each in (True, False)] == [{"trainings": 2}] * 2
    nothing_published = {model: KeptDays(None, set()) for model in models()}
    kept = nothing_published | {MODEL: KeptDays(DAYS[YOUNG], {DAYS[OLD], DAYS[YOUNG]})}
    assert asked == [(kept, True), (kept, False)]


def test_a_dry_run_counts_what_a_real_one_removes_and_leaves_everything(home: Settings) -> None:
    files = sorted(home.home.rglob("*"))
    would = [_tidied(home, step, dry_run=True) for step in STEPS]
    assert sum(sum(counts.values()) for counts in would) >= 6
    assert [path for path in files if not path.exists()] == []
    for step, counts in zip(STEPS, would, strict=True):
        if step != "tidy_reports":  # of which more goes once the versions are gone
            assert _tidied(home, step) == counts


def test_each_step_logs_what_it_removed(home: Settings, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "ml.operations.tidy"):
        freed = tidy(home, "tidy_published", dry_run=False, holder="a test")
    assert caplog.messages == [told(each, dry_run=False) for each in freed]
    assert caplog.messages[2].startswith("drafts of recommend: removed 1, ")


@pytest.mark.parametrize(
    ("freed", "dry_run", "said"),
    [
        (Cleanup("slices", 12, 3_400_000), False, "slices: removed 12, 3.4 MB"),
        (Cleanup("slices", 1, 900, "an estimate"), True, "slices: would remove 1, 900 B (an estimate)"),
        (Cleanup("drafts"), False, "drafts: nothing to remove"),
        (Cleanup("trainings", note="none yet"), True, "trainings: nothing to remove (none yet)"),
    ],
)
def test_it_says_how_many_of_what_and_how_large(freed: Cleanup, dry_run: bool, said: str) -> None:
    assert told(freed, dry_run=dry_run) == said
