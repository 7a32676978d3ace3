"""The environment in which Airflow runs on a laptop."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from ml.orchestration.environment import admin_password, airflow_environment, passwords_file
from ml.orchestration.services import Service, ServiceFailed, running, start, stop, wait_until_healthy
from ml.settings import Settings

DATABASE = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"


def test_another_projects_airflow_is_left_alone(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_HOME", "/another/project")
    monkeypatch.setenv(DATABASE, "sqlite:////another/project/airflow.db")
    found = airflow_environment(settings)
    assert found["AIRFLOW_HOME"] == str(settings.home / "airflow")
    assert found[DATABASE].startswith(f"sqlite:///{settings.home}/airflow/airflow.db?")


def test_a_database_server_is_used(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DATABASE, "postgresql+psycopg2://airflow@postgres/airflow")
    assert airflow_environment(settings)[DATABASE] == "postgresql+psycopg2://airflow@postgres/airflow"


def test_telemetry_is_off_and_nothing_is_unpickled(settings: Settings) -> None:
    found = airflow_environment(settings)
    assert found["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] == "False"
    assert found["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "False"
    assert found["GX_ANALYTICS_ENABLED"] == "False"
    assert found["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert found["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] == "false"


def test_the_login_is_made_once_and_read_by_its_owner_only(settings: Settings) -> None:
    password = admin_password(settings)
    assert len(password) >= 12
    assert admin_password(settings) == password
    assert stat.S_IMODE(passwords_file(settings).stat().st_mode) == 0o600


def test_a_service_that_ends_says_where_its_log_is(settings: Settings) -> None:
    settings.home.mkdir()
    service = Service("airflow", ("false",), {}, "http://localhost:1", "http://localhost:1/health")
    start(settings, service)
    with pytest.raises(ServiceFailed, match=r"its process ended.*logs/airflow\.log"):
        wait_until_healthy(settings, service)


def test_stopping_ends_the_whole_process_group(settings: Settings, tmp_path: Path) -> None:
    settings.home.mkdir()
    service = Service("mlflow", ("sh", "-c", "sleep 60 & sleep 60"), {}, "", "")
    start(settings, service)
    assert running(settings, "mlflow")
    assert stop(settings, "mlflow") is True
    assert running(settings, "mlflow") is None
    assert stop(settings, "mlflow") is False
