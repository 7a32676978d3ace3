"""Airflow's REST interface as the UI uses it: log in, look, start a backfill, wait for its runs."""

from __future__ import annotations

import json
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from datetime import time as time_of_day
from typing import Any

from ml.operations.environment import ADMIN, admin_password
from ml.operations.services import prepare, services, start, stop, wait_until_healthy
from ml.settings import Settings

DAG = "build_shelves"


@dataclass(frozen=True)
class Api:
    """A logged-in session with the Airflow of one data home, about one DAG."""

    settings: Settings
    address: str
    token: str
    dag: str = DAG

    def of(self, dag: str) -> Api:
        """The same session, about another DAG."""
        return replace(self, dag=dag)

    def get(self, path: str) -> Any:
        return call(f"{self.address}/api/v2/{path}", None, self.token)

    def send(self, path: str, body: dict[str, Any], method: str = "POST") -> Any:
        return call(f"{self.address}/api/v2/{path}", body, self.token, method)

    def backfill(self, first: date, last: date, max_active_runs: int, **options: Any) -> None:
        """Ask for a backfill of the days from ``first`` to ``last``."""
        asked = {"dag_id": self.dag, "from_date": self._midnight(first), "to_date": self._midnight(last), **options}
        self.send("backfills", {**asked, "max_active_runs": max_active_runs})

    def listed(self) -> None:
        """Wait until the DAG is known."""
        self.wait(
            lambda: any(dag["dag_id"] == self.dag for dag in self.get("dags")["dags"]), 240, "the DAG to be listed"
        )

    def unpause(self) -> None:
        """Let the schedule and backfills run, once the DAG is known."""
        self.listed()
        self.send(f"dags/{self.dag}", {"is_paused": False}, "PATCH")

    def runs(self, kind: str) -> dict[str, str]:
        """Logical date and state of the runs of a kind (``backfill``, ``scheduled``)."""
        found = self.get(f"dags/{self.dag}/dagRuns?limit=100")["dag_runs"]
        return {run["logical_date"]: run["state"] for run in found if run["run_type"] == kind}

    def finished(self, kind: str, expected: int, patience: float) -> dict[str, str]:
        """The same once ``expected`` runs have ended."""

        def done() -> bool:
            states = self.runs(kind).values()
            return len(states) >= expected and all(state in ("success", "failed") for state in states)

        self.wait(done, patience, f"{expected} {kind} runs to end")
        return self.runs(kind)

    def wait(self, done: Callable[[], bool], patience: float, what: str) -> None:
        deadline = time.monotonic() + patience
        while not done():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited {patience:.0f} s for {what}; runs: {self.runs('backfill')}")
            time.sleep(2)

    def _midnight(self, day: date) -> str:
        return datetime.combine(day, time_of_day(), self.settings.zone).isoformat()


_DAGS_STAY = {"AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "3600"}
"""Reading every DAG again each half a minute would take much of the machine from the runs that are waited for."""


@contextmanager
def running_airflow(settings: Settings, **variables: str) -> Iterator[Api]:
    """The home's real scheduler, DAG processor and API server, on a free port, until the block ends."""
    service, _ = services(settings, free_port(), free_port())
    service = replace(service, environment={**service.environment, **_DAGS_STAY, **variables})
    prepare(service)
    start(settings, service)
    try:
        wait_until_healthy(settings, service)
        login = {"username": ADMIN, "password": admin_password(settings)}
        yield Api(settings, service.address, call(f"{service.address}/auth/token", login)["access_token"])
    finally:
        stop(settings, "airflow")


def call(url: str, body: dict[str, Any] | None, token: str = "", method: str = "") -> Any:
    """One request; JSON in and out."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, headers, method=method or ("POST" if data else "GET"))
    with urllib.request.urlopen(request, timeout=120) as answer:
        return json.load(answer)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
