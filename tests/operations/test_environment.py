"""The environment in which Airflow runs on a laptop."""

from __future__ import annotations

import stat

import pytest

from ml.operations.environment import admin_password, airflow_environment, passwords_file
from ml.operations.executor import DiskLogExecutor
from ml.operations.standalone import COMPONENTS
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


def test_nothing_of_airflow_listens_beside_the_api_server(settings: Settings) -> None:
    found = airflow_environment(settings)
    assert found["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert found["AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK"] == "False"
    assert found["AIRFLOW__CORE__EXECUTOR"].endswith(f".{DiskLogExecutor.__name__}")
    assert DiskLogExecutor.serve_logs is False
    assert {name for name, command in COMPONENTS.items() if "--skip-serve-logs" in command} == {
        "scheduler",
        "triggerer",
    }


def test_a_variable_of_the_shell_does_not_make_everybody_admin(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS", "True")
    assert airflow_environment(settings)["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS"] == "False"
