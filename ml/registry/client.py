"""The connection to MLflow, with the settings that keep it safe, quiet and quick to fail."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ml.durable import sync, temporary_beside, touch
from ml.home_folders import sqlite_address
from ml.registry.login import client_login
from ml.settings import Settings
from ml.warehouse.lock import file_lock

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "train_recommenders"
EVALUATIONS = "evaluate_recommenders"
TUNING = "tune_recommenders"
COPY = "copy"
_ENVIRONMENT = {
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_UV_AUTO_DETECT": "false",  # what a model needs must not depend on the folder it was trained from
    "MLFLOW_LOG_UV_FILES": "false",
}
_NOISY = ("alembic", "mlflow.models.signature", "mlflow.pyfunc", "mlflow.store.db.utils", "mlflow.utils.environment")
_UNLESS_SET = {  # a dead server costs four minutes of retries with MLflow's own values
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "15",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
}


def connect(settings: Settings) -> MlflowClient:
    """A client of the tracking server and registry that ``settings`` name; makes the SQLite file if need be."""
    os.environ.update(_ENVIRONMENT)
    for name, value in _UNLESS_SET.items():
        os.environ.setdefault(name, value)
    os.environ.update(client_login(settings, os.environ))
    import mlflow

    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.ERROR)
    if settings.mlflow_tracking_uri is None:
        _create_database(settings)
    mlflow.set_tracking_uri(settings.tracking_uri)
    mlflow.set_registry_uri(settings.tracking_uri)
    return mlflow.MlflowClient(settings.tracking_uri, settings.tracking_uri)


def may_have_models(settings: Settings) -> bool:
    """Whether there is a registry to ask; asking where there is none would make one."""
    return settings.mlflow_tracking_uri is not None or settings.mlflow_database.exists()


def experiment(settings: Settings, client: MlflowClient, name: str = EXPERIMENT) -> str:
    """The id of an experiment, made on first use; its artifacts lie in the data home, or where a server says."""
    with registry_lock(settings, "experiment"):
        found = client.get_experiment_by_name(name)
        if found is not None:
            return str(found.experiment_id)
        is_local = settings.tracking_uri.startswith("sqlite:")
        artifacts = (settings.registry_dir / "artifacts").as_uri() if is_local else None
        return str(client.create_experiment(name, artifact_location=artifacts))


def _create_database(settings: Settings) -> None:
    """MLflow's SQLite file appears whole: neither a kill nor a second process meets half of its tables."""
    from mlflow import MlflowClient

    if settings.mlflow_database.exists():
        return
    with file_lock(settings.registry_dir / "create.lock", "create MLflow's database", settings.lock_timeout):
        if settings.mlflow_database.exists():
            return
        temporary = temporary_beside(settings.mlflow_database)
        temporary.unlink(missing_ok=True)
        touch(temporary)
        MlflowClient(sqlite_address(temporary)).search_experiments()
        sync(temporary)
        temporary.replace(settings.mlflow_database)
        sync(settings.registry_dir)


@contextmanager
def registry_lock(settings: Settings, holder: str, patience: float | None = None) -> Iterator[None]:
    """Hold the registry for ``holder``: MLflow itself has no compare-and-swap.

    Args:
        patience: how many seconds to wait; None means ``settings.lock_timeout``.

    Raises:
        WarehouseLocked: somebody else held it for longer than that.
    """
    timeout = settings.lock_timeout if patience is None else patience
    with file_lock(settings.registry_dir / "registry.lock", holder, timeout):
        yield
