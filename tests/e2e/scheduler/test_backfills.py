"""The same days under the real scheduler: a backfill asked for over REST, as the UI does it."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
import urllib.error
import urllib.parse
import urllib.request
from datetime import date, timedelta
from pathlib import Path

import psutil
import pytest

from ml.operations.attempts import attempts
from ml.operations.processes import group
from ml.operations.services import running
from ml.publish.readers import manifest, version_of_day
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from testkit.airflow_api import DAG, Api
from tests.e2e.conftest import Shop
from tests.operations.test_work import LINE

PATIENCE_SECONDS = 240


def test_a_backfill_under_the_scheduler_ends_in_the_tables_of_a_run_without_it(shop: Shop, scheduled: Api) -> None:
    days = shop.days[:2]
    scheduled.unpause()
    scheduled.backfill(days[0], days[-1], max_active_runs=2, run_backwards=True)
    runs = scheduled.finished("backfill", len(days), PATIENCE_SECONDS)
    assert runs == {_start_of(day): "success" for day in days}
    for day in days:
        assert _content(scheduled.settings, day) == _content(shop.settings, day), day


def test_the_page_of_a_run_says_what_became_of_its_day(scheduled: Api, shop: Shop) -> None:
    runs = {attempt.day: attempt.run_id for attempt in attempts(scheduled.settings, "build_shelves").values()}
    shown = _page(scheduled, f"day?dag_id=build_shelves&run_id={urllib.parse.quote(runs[shop.days[0]])}")
    version = version_of_day(scheduled.settings, RECOMMEND, shop.days[0])
    assert version is not None
    assert version.id in shown
    assert "Saturday 31 May 2025" in shown
    assert shown.count("fresh") > 1
    assert f'/runs/{urllib.parse.quote(runs[shop.days[0]])}/tasks/publish"' in shown
    (gates,) = re.findall(r'href="(reports/gates/[^"]*)"', shown)
    assert f"Gates of {shop.days[0]}" in _page(scheduled, gates)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        _page(scheduled, "reports/gates/..%2F..%2Fairflow%2Fpasswords.html")


def test_a_day_that_is_not_closed_says_what_to_do_last_in_its_log_and_on_its_page(scheduled: Api) -> None:
    day = date(2025, 7, 1)
    scheduled.unpause()
    known = len(scheduled.runs("manual"))
    scheduled.send(f"dags/{DAG}/dagRuns", {"logical_date": _start_of(day)})
    scheduled.finished("manual", known + 1, PATIENCE_SECONDS)
    run_id = next(
        attempt.run_id for attempt in attempts(scheduled.settings, "build_shelves").values() if attempt.day == day
    )
    run = urllib.parse.quote(run_id, safe="")
    told = scheduled.get(f"dags/build_shelves/dagRuns/{run}/taskInstances/land/logs/1")["content"]
    events = [line["event"] for line in told if line["event"] != "::endgroup::"]
    assert events[-2].startswith(f"DayNotClosed: day {day}: expected the mark")
    assert events[-1].startswith("What to do: ") and f"run: shelduck close {day}" in events[-1]
    assert told.index(next(line for line in told if line["event"] == events[-2])) > max(
        number for number, line in enumerate(told[:-1]) if line["event"] == "::endgroup::"
    ), "outside of the lines that the page folds"
    page = _page(scheduled, f"day?dag_id=build_shelves&run_id={run}")
    assert "not closed" in page and f"shelduck close {day}" in page


def test_airflow_listens_on_loopback_and_nowhere_else(scheduled: Api) -> None:
    there = running(scheduled.settings, "airflow")
    assert there is not None
    sockets = [each for process in group(there.pid) for each in process.net_connections("tcp")]
    listening = {(each.laddr.ip, each.laddr.port) for each in sockets if each.status == psutil.CONN_LISTEN}
    assert listening == {("127.0.0.1", there.port)}


def test_whoever_reads_the_metadata_keeps_nobody_from_writing(scheduled: Api) -> None:
    path = scheduled.settings.home / "airflow" / "airflow.db"
    with contextlib.closing(sqlite3.connect(path)) as reader, contextlib.closing(sqlite3.connect(path)) as writer:
        reader.execute("begin")
        assert reader.execute("select slots from slot_pool where pool = 'warehouse'").fetchall() == [(1,)]
        changed = writer.execute("update slot_pool set slots = slots where pool = 'warehouse'").rowcount
        writer.commit()  # in SQLite's default mode the open read makes this wait, and fail as locked
    assert changed == 1


def _page(api: Api, path: str) -> str:
    """One of our pages, which nobody gets without the login."""
    address = f"{api.address}/shelduck/{path}"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(address, timeout=60)
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {api.token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return str(answer.read().decode())


def _content(settings: Settings, day: date) -> str:
    version = version_of_day(settings, RECOMMEND, day)
    assert version is not None, f"{day} was not published"
    return manifest(settings, RECOMMEND, version.id).content_hash


def _start_of(day: date) -> str:
    """Midnight in Berlin's summer, as the API writes it."""
    return f"{day - timedelta(days=1)}T22:00:00Z"


def test_a_run_without_the_scheduler_leaves_its_logs_where_the_pages_look_for_them(shop: Shop, scheduled: Api) -> None:
    by_scheduler, by_command = (_log_files(home.settings, shop.days[0]) for home in (scheduled, shop))
    assert set(by_command) == set(by_scheduler) == {f"{task}/attempt=1.log" for task in _TASKS}
    for path in by_command.values():
        last = json.loads(path.read_text().splitlines()[-1])
        assert LINE.fullmatch(last["event"]), last


_TASKS = ("land", "build", "gate_features", "recommend", "gate_recommend", "publish")


def _log_files(settings: Settings, day: date) -> dict[str, Path]:
    """A day's task logs by task and attempt."""
    folder = (
        settings.home
        / "airflow"
        / "logs"
        / "dag_id=build_shelves"
        / f"run_id={attempts(settings, 'build_shelves')[day].run_id}"
    )
    return {path.relative_to(folder).as_posix().removeprefix("task_id="): path for path in folder.rglob("*.log")}
