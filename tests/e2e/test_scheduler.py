"""The same days under the real scheduler: a backfill asked for over REST, as the UI does it."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import sqlite3
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from ml.orchestration.attempts import attempts
from ml.orchestration.environment import ADMIN, admin_password
from ml.orchestration.services import prepare, services, start, stop, wait_until_healthy
from ml.publish.readers import manifest, version_of_day
from ml.settings import Settings
from tests.e2e.conftest import Shop, shop_settings

PATIENCE_SECONDS = 240


@pytest.fixture(scope="module")
def scheduled(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, str]]:
    """A copy of the shop without anything published, with Airflow running over it."""
    home = tmp_path_factory.mktemp("scheduled") / "data home"
    for part in ("landing", "mlflow"):
        shutil.copytree(shop.settings.home / part, home / part)
    settings = shop_settings(home)
    airflow, _ = services(settings, _free_port(), _free_port())
    prepare(airflow)
    start(settings, airflow)
    try:
        wait_until_healthy(settings, airflow)
        yield settings, airflow.address
    finally:
        stop(settings, "airflow")


def test_a_backfill_under_the_scheduler_ends_in_the_tables_of_a_run_without_it(
    shop: Shop, scheduled: tuple[Settings, str]
) -> None:
    settings, address = scheduled
    days = shop.days[:2]
    token = _call(f"{address}/auth/token", {"username": ADMIN, "password": admin_password(settings)})["access_token"]
    _wait_for_dag(address, token)
    _call(f"{address}/api/v2/dags/build_shelves", {"is_paused": False}, token, "PATCH")
    asked = {
        "dag_id": "build_shelves",
        "from_date": f"{days[0]}T00:00:00+02:00",
        "to_date": f"{days[-1]}T00:00:00+02:00",
        "max_active_runs": 2,
        "run_backwards": True,
    }
    _call(f"{address}/api/v2/backfills", asked, token)
    runs = _finished(address, token, len(days))
    assert runs == {_start_of(day): "success" for day in days}
    for day in days:
        assert _content(settings, day) == _content(shop.settings, day), day


def test_the_page_of_a_run_says_what_became_of_its_day(scheduled: tuple[Settings, str], shop: Shop) -> None:
    settings, address = scheduled
    runs = {attempt.day: attempt.run_id for attempt in attempts(settings).values()}
    page = f"{address}/shelduck/day?dag_id=build_shelves&run_id={urllib.parse.quote(runs[shop.days[0]])}"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(page, timeout=60)
    token = _call(f"{address}/auth/token", {"username": ADMIN, "password": admin_password(settings)})["access_token"]
    request = urllib.request.Request(page, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        shown = answer.read().decode()
    version = version_of_day(settings, shop.days[0])
    assert version is not None
    assert version.id in shown
    assert "Saturday 31 May 2025" in shown
    assert shown.count("fresh") > 1


def test_a_backfill_is_accepted_while_somebody_reads_the_metadata(scheduled: tuple[Settings, str]) -> None:
    settings, _ = scheduled
    path = settings.home / "airflow" / "airflow.db"
    with contextlib.closing(sqlite3.connect(path)) as reader, contextlib.closing(sqlite3.connect(path)) as writer:
        reader.execute("begin")
        reader.execute("select count(*) from dag").fetchone()
        writer.execute("update slot_pool set description = description")
        writer.commit()  # in SQLite's default mode an open read would make this wait, and fail as locked


def _content(settings: Settings, day: date) -> str:
    version = version_of_day(settings, day)
    assert version is not None, f"{day} was not published"
    return manifest(settings, version.id).content_hash


def _start_of(day: date) -> str:
    """Midnight in Berlin's summer, as the API writes it."""
    return f"{day - timedelta(days=1)}T22:00:00Z"


def _finished(address: str, token: str, expected: int) -> dict[str, str]:
    """Logical date and state of the backfill's runs, once all have ended."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    runs: list[dict[str, Any]] = []
    while time.monotonic() < deadline:
        found = _call(f"{address}/api/v2/dags/build_shelves/dagRuns", None, token)["dag_runs"]
        runs = [run for run in found if run["run_type"] == "backfill"]
        if len(runs) == expected and all(run["state"] in ("success", "failed") for run in runs):
            break
        time.sleep(2)
    return {run["logical_date"]: run["state"] for run in runs}


def _wait_for_dag(address: str, token: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        listed = _call(f"{address}/api/v2/dags", None, token)["dags"]
        if any(dag["dag_id"] == "build_shelves" for dag in listed):
            return
        time.sleep(2)
    raise AssertionError("the DAG processor never listed build_shelves")


def _call(url: str, body: dict[str, Any] | None, token: str = "", method: str = "") -> Any:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, headers, method=method or ("POST" if data else "GET"))
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
