"""MLflow registries on SQLite, made once per worker: importing MLflow and making its tables is what costs."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from ml.settings import Settings
from tests.slow import takes_long

EMPTY = "empty.db"
TRAINED = {1: date(2017, 12, 2), 2: date(2017, 12, 9), 3: date(2017, 11, 25)}


@pytest.fixture(scope="session")
@takes_long
def registry(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A registry for tests that log runs and register models; shared, so use your own names and keys."""
    from ml.registry.client import connect, experiment

    settings = Settings(home=tmp_path_factory.mktemp("a registry"))
    connect(settings)
    shutil.copy(settings.mlflow_database, settings.home / EMPTY)
    experiment(settings, connect(settings))
    return settings


@pytest.fixture
def fresh(tmp_path: Path, registry: Settings) -> Settings:
    """A home of its own whose MLflow holds nothing."""
    settings = Settings(home=tmp_path / "a home")
    settings.registry_dir.mkdir(parents=True)
    shutil.copy(registry.home / EMPTY, settings.mlflow_database)
    return settings


@pytest.fixture(scope="session")
def three_versions(registry: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with three finished versions without files, trained as of ``TRAINED``."""
    from ml.recommend.model import MODEL
    from ml.registry.client import connect
    from ml.registry.versions import Tag

    database = tmp_path_factory.mktemp("versions") / "mlflow.db"
    shutil.copy(registry.mlflow_database, database)
    client = connect(Settings(home=registry.home, mlflow_tracking_uri=f"sqlite:///{database}"))
    client.create_registered_model(MODEL)
    for number, day in TRAINED.items():
        tags = {Tag.training_key: f"key {number}", Tag.content_hash: f"hash {number}", Tag.complete: "true"}
        client.create_model_version(MODEL, "file:///nowhere", tags=tags | {Tag.trained_as_of: day.isoformat()})
    return database


@pytest.fixture
def registered(tmp_path: Path, three_versions: Path) -> Settings:
    """A home of its own with ``three_versions``, in which nothing was promoted yet."""
    settings = Settings(home=tmp_path / "50% {x} [1]* of 'é'")
    settings.registry_dir.mkdir(parents=True)
    shutil.copy(three_versions, settings.mlflow_database)
    return settings
