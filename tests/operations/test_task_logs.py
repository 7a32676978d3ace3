"""The task logs of runs without a daemon: what is in them, and what is their last line."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ml.errors import DayNotClosed
from ml.operations.task_logs import TaskLog

REFUSED = DayNotClosed("day 2025-05-31", expected="a mark", found="none", remedy="run: shelduck close 2025-05-31")
LOGGER = logging.getLogger("tests.task_logs")


def attempt(number: int = 1, task_id: str = "land") -> SimpleNamespace:
    return SimpleNamespace(dag_id="build_shelves", run_id="manual__1", task_id=task_id, map_index=-1, try_number=number)


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("AIRFLOW__LOGGING__BASE_LOG_FOLDER", str(tmp_path))
    handler = TaskLog()
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.INFO)
    yield handler
    LOGGER.removeHandler(handler)


def lines(folder: Path, number: int = 1, task_id: str = "land") -> list[dict[str, Any]]:
    file = folder / f"dag_id=build_shelves/run_id=manual__1/task_id={task_id}/attempt={number}.log"
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_what_is_logged_while_a_task_runs_stands_in_its_own_file(log: TaskLog, tmp_path: Path) -> None:
    LOGGER.info("before any task")
    for task_id in ("land", "build"):
        log.begin(attempt(task_id=task_id))
        LOGGER.info("%s did %d things", task_id, 3)
    log.end()
    LOGGER.info("after all tasks")
    assert [line["event"] for line in lines(tmp_path)] == ["land did 3 things"]
    assert [line["event"] for line in lines(tmp_path, task_id="build")] == ["build did 3 things"]


def test_a_refused_day_ends_with_its_remedy_and_without_a_traceback(log: TaskLog, tmp_path: Path) -> None:
    log.begin(attempt())
    log.fail(REFUSED)
    (line,) = lines(tmp_path)
    assert line["event"].endswith("run: shelduck close 2025-05-31")
    assert line["level"] == "error"
    assert "error_detail" not in line


def test_another_error_shows_where_it_came_from_but_no_values(log: TaskLog, tmp_path: Path) -> None:
    log.begin(attempt(2))
    try:
        secret = "s01 bought i07"
        raise KeyError("placement")
    except KeyError as error:
        log.fail(error)
    trace, last = lines(tmp_path, 2)
    assert trace["error_detail"][0]["exc_type"] == "KeyError"
    assert trace["error_detail"][0]["frames"][-1]["name"] == "test_another_error_shows_where_it_came_from_but_no_values"
    assert secret not in json.dumps(trace)
    assert last["event"] == "'placement'"
