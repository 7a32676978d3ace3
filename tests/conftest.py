"""One Airflow home and one metadata database for the whole test session, set before airflow is imported."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_HOME = Path(tempfile.mkdtemp(prefix="shelduck-tests-"))
for _name in [name for name in os.environ if name.startswith(("SHELDUCK_", "AIRFLOW_"))]:
    del os.environ[_name]

from ml.orchestration.environment import airflow_environment, prepare_airflow  # noqa: E402
from ml.settings import Settings  # noqa: E402

os.environ.update(airflow_environment(Settings(home=_HOME)))
for _name in ("SHELDUCK_HOME", "SHELDUCK_TIMEZONE"):
    del os.environ[_name]
os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "WARNING"


_TOGETHER = ("tests/registry", "tests/warehouse")
"""Folders whose tests share something that takes long to make."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file, or of one folder of ``_TOGETHER``, run in one worker, so that each fixture is made once."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            file = item.path.relative_to(item.config.rootpath)
            folder = file.parent.as_posix()
            item.add_marker(pytest.mark.xdist_group(folder if folder in _TOGETHER else file.as_posix()))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an empty data home."""
    return Settings(home=tmp_path / "var")


@pytest.fixture(scope="session")
def dag_bag() -> Iterator[Any]:
    """The project's DAGs, over a real metadata database."""
    from airflow.dag_processing.dagbag import DagBag

    prepare_airflow(Settings(home=_HOME))
    yield DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
