"""The environment in which Airflow, dbt, Great Expectations and MLflow run on a laptop."""

from __future__ import annotations

import json
import os
import secrets
import sys
from pathlib import Path

from ml.access import SHARED, begin, mask
from ml.durable import touch
from ml.home_folders import sqlite_address
from ml.settings import Settings

PROJECT_ROOT = Path(__file__).resolve().parents[2]
ADMIN = "admin"
_DATABASE = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
_BUSY_SECONDS = 60
"""How long a writer of SQLite waits for another one; its own 5 let a backfill from the UI fail as locked."""

QUIET_TOOLS = {
    "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "False",
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "False",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
    # dbt leaves its semaphores to the end of the process, which Airflow's task logs would show as two errors
    "PYTHONWARNINGS": "ignore::UserWarning:multiprocessing.resource_tracker",
}
"""Telemetry of every tool is off; nothing is unpickled; no error is shown that is none."""


_NO_OTHER_LISTENERS = {
    "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "False",
    # Where Airflow would ask for the log of a task whose file is missing, with a signed token: a port that only root
    # can open, so that nobody else gets the token. No log server runs (see executor.py, standalone.py).
    "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": "1",
    "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": "1",
}
"""Nothing but the API server listens, and that on loopback."""


def airflow_environment(settings: Settings, port: int = 8080) -> dict[str, str]:
    """Variables that make ``airflow`` use this checkout's DAGs and the data home.

    Where the environment names a database server (docker-compose) its Airflow is used; another project's
    Airflow on a laptop is not.
    """
    home, is_shared = settings.home / "airflow", mask(settings) == SHARED
    defaults = {
        "AIRFLOW_HOME": str(home),
        _DATABASE: sqlite_address(home / "airflow.db", timeout=str(_BUSY_SECONDS)),
        "AIRFLOW__CORE__EXECUTOR": "ml.operations.executor.DiskLogExecutor",
        "AIRFLOW__CORE__PARALLELISM": "3",
        "AIRFLOW__CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "False",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{ADMIN}:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords_file(settings)),
        **_NO_OTHER_LISTENERS,
    }
    fixed = {
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT_ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
        # Airflow sets the rights of its logs itself, whatever the mask of its process
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FOLDER_PERMISSIONS": "0o2770" if is_shared else "0o700",
        "AIRFLOW__LOGGING__FILE_TASK_HANDLER_NEW_FILE_PERMISSIONS": "0o660" if is_shared else "0o600",
        **settings.environment(),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    if not os.environ.get(_DATABASE, "sqlite").startswith("sqlite"):
        defaults = {name: os.environ.get(name, value) for name, value in defaults.items()}
    return {**defaults, **fixed, **QUIET_TOOLS}


def metadata_address(settings: Settings) -> str:
    """SQLAlchemy's URL of Airflow's metadata database; it may hold a password, so it is never printed."""
    return airflow_environment(settings)[_DATABASE]


def passwords_file(settings: Settings) -> Path:
    """Where the laptop's Airflow login is kept, readable by its owner, or the group that shares the home."""
    return settings.home / "airflow" / "passwords.json"


def admin_password(settings: Settings) -> str:
    """The admin's password, made on first use."""
    path = passwords_file(settings)
    if not path.exists() or path.stat().st_size == 0:  # empty where the disk was full
        path.parent.mkdir(parents=True, exist_ok=True)
        rights = 0o660 if mask(settings) == SHARED else 0o600
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, rights)
        with os.fdopen(descriptor, "w") as file:
            json.dump({ADMIN: secrets.token_urlsafe(12)}, file)
    return str(json.loads(path.read_text())[ADMIN])


def prepare_airflow(settings: Settings) -> None:
    """Metadata tables and the one-slot pool; call in a process whose environment is set."""
    from airflow import settings as airflow
    from airflow.models.pool import Pool
    from airflow.utils.db import initdb

    if airflow.engine.dialect.name == "sqlite":
        touch(settings.home / "airflow" / "airflow.db")
    initdb()
    if airflow.engine.dialect.name == "sqlite":
        with airflow.engine.connect() as connection:  # readers and the writer no longer wait for each other
            connection.exec_driver_sql("pragma journal_mode = wal")
    Pool.create_or_update_pool(
        "warehouse", slots=1, description="tasks that open the DuckDB file", include_deferred=False
    )
    admin_password(settings)
    configuration = settings.home / "airflow" / "airflow.cfg"
    if mask(settings) == SHARED and configuration.exists() and configuration.stat().st_uid == os.geteuid():
        configuration.chmod(0o660)  # Airflow keeps its keys there, for its maker alone


def make_keys() -> None:
    """Airflow's own keys, into its ``airflow.cfg``: processes that start together would each make other ones."""
    from airflow.configuration import write_default_airflow_configuration_if_needed

    write_default_airflow_configuration_if_needed()


if __name__ == "__main__":
    from ml.operations.child_reports import reported
    from ml.operations.large_heaps import collect_seldom, leave

    def prepare() -> None:
        own = Settings()
        begin(own)
        make_keys()
        prepare_airflow(own)

    collect_seldom()
    leave(reported(prepare))
