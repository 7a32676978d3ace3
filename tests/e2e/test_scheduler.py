"""The same days under the real scheduler: a backfill asked for over REST, as the UI does it."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from ml.orchestration.attempts import attempts
from ml.publish.readers import manifest, version_of_day
from ml.settings import Settings
from tests.e2e.airflow_api import Api, running_airflow
from tests.e2e.conftest import Shop, shop_settings
from tests.orchestration.test_work import LINE

PATIENCE_SECONDS = 240


@pytest.fixture(scope="module")
def scheduled(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A copy of the shop without anything published, with Airflow running over it."""
    home = tmp_path_factory.mktemp("scheduled") / "data home"
    for part in ("landing", "mlflow"):
        shutil.copytree(shop.settings.home / part, home / part)
    with running_airflow(shop_settings(home)) as api:
        yield api


def test_a_backfill_under_the_scheduler_ends_in_the_tables_of_a_run_without_it(shop: Shop, scheduled: Api) -> None:
    days = shop.days[:2]
    scheduled.unpause()
    scheduled.backfill(days[0], days[-1], max_active_runs=2, run_backwards=True)
    runs = scheduled.finished("backfill", len(days), PATIENCE_SECONDS)
    assert runs == {_start_of(day): "success" for day in days}
    for day in days:
        assert _content(scheduled.settings, day) == _content(shop.settings, day), day


def test_the_page_of_a_run_says_what_became_of_its_day(scheduled: Api, shop: Shop) -> None:
    runs = {attempt.day: attempt.run_id for attempt in attempts(scheduled.settings).values()}
    page = f"{scheduled.address}/shelduck/day?dag_id=build_shelves&run_id={urllib.parse.quote(runs[shop.days[0]])}"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(page, timeout=60)
    request = urllib.request.Request(page, headers={"Authorization": f"Bearer {scheduled.token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        shown = answer.read().decode()
    version = version_of_day(scheduled.settings, shop.days[0])
    assert version is not None
    assert version.id in shown
    assert "Saturday 31 May 2025" in shown
    assert shown.count("fresh") > 1


def test_whoever_reads_the_metadata_keeps_nobody_from_writing(scheduled: Api) -> None:
    path = scheduled.settings.home / "airflow" / "airflow.db"
    with contextlib.closing(sqlite3.connect(path)) as reader, contextlib.closing(sqlite3.connect(path)) as writer:
        reader.execute("begin")
        assert reader.execute("select slots from slot_pool where pool = 'warehouse'").fetchall() == [(1,)]
        changed = writer.execute("update slot_pool set slots = slots where pool = 'warehouse'").rowcount
        writer.commit()  # in SQLite's default mode the open read makes this wait, and fail as locked
    assert changed == 1


def _content(settings: Settings, day: date) -> str:
    version = version_of_day(settings, day)
    assert version is not None, f"{day} was not published"
    return manifest(settings, version.id).content_hash


def _start_of(day: date) -> str:
    """Midnight in Berlin's summer, as the API writes it."""
    return f"{day - timedelta(days=1)}T22:00:00Z"


def test_a_run_without_the_scheduler_leaves_its_logs_where_the_pages_look_for_them(shop: Shop, scheduled: Api) -> None:
    by_scheduler, by_command = (_log_files(home.settings, shop.days[0]) for home in (scheduled, shop))
    assert set(by_command) == set(by_scheduler) == {f"{task}/attempt=1.log" for task in _TASKS}
    for path in by_command.values():
        last = json.loads(path.read_text().splitlines()[-1])
        assert LINE.fullmatch(last["event"]), last


_TASKS = ("land", "build", "gate_features", "recommend", "gate_recommendations", "publish")


def _log_files(settings: Settings, day: date) -> dict[str, Path]:
    """A day's task logs by task and attempt."""
    folder = settings.home / "airflow" / "logs" / "dag_id=build_shelves" / f"run_id={attempts(settings)[day].run_id}"
    return {path.relative_to(folder).as_posix().removeprefix("task_id="): path for path in folder.rglob("*.log")}
