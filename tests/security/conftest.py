"""One place for the whole suite; a smaller one, without Airflow, for the sample."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator

import pytest

from ml.operations.environment import ADMIN
from ml.operations.services import prepare, services, start, stop, wait_until_healthy
from testkit.airflow_api import free_port
from tests.security.place import DAG, LESSER_PASSWORD, VIEWER, Place, add_lesser_users, add_reader, make_place
from tests.slow import takes_long


@pytest.fixture(scope="session")
@takes_long
def small_place() -> Iterator[Place]:
    """A data home with MLflow's server."""
    place = make_place()
    _, mlflow = services(place.settings, free_port(), free_port())
    try:
        start(place.settings, mlflow)
        wait_until_healthy(place.settings, mlflow)
        place.mlflow = mlflow.address
        add_reader(place)
        yield place
    finally:
        stop(place.settings, "mlflow")
        shutil.rmtree(place.parent, ignore_errors=True)


@pytest.fixture(scope="session")
@takes_long
def place() -> Iterator[Place]:
    """A data home with both servers, as ``shelduck up`` starts them, and their lesser users."""
    place = make_place()
    airflow, mlflow = services(place.settings, free_port(), free_port())
    airflow = add_lesser_users(place, airflow)
    prepare(airflow)
    try:
        start(place.settings, airflow)
        start(place.settings, mlflow)
        wait_until_healthy(place.settings, mlflow)
        wait_until_healthy(place.settings, airflow)
        place.airflow, place.mlflow = airflow.address, mlflow.address
        add_reader(place)
        _log_in(place)
        yield place
    finally:
        stop(place.settings, "airflow")
        stop(place.settings, "mlflow")
        shutil.rmtree(place.parent, ignore_errors=True)


def _log_in(place: Place) -> None:
    import time

    for user, password in ((ADMIN, "an admin's password"), (VIEWER, LESSER_PASSWORD)):
        answer = place.ask("airflow", "POST", "/auth/token", {"username": user, "password": password})
        place.tokens[user] = json.loads(answer.text)["access_token"]
    deadline = time.monotonic() + 240
    while place.as_viewer("GET", f"/api/v2/dags/{DAG}").status != 200:  # what is refused to the viewer must be there
        assert time.monotonic() < deadline, "the DAG was not listed in time"
        time.sleep(2)
