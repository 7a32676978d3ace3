"""One Airflow home and one metadata database for the whole test session, set before airflow is imported."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer.main
from xdist.scheduler import LoadScopeScheduling

_HOME = Path(tempfile.mkdtemp(prefix="shelduck-tests-"))
for _name in [name for name in os.environ if name.startswith(("SHELDUCK_", "AIRFLOW_"))]:
    del os.environ[_name]
os.environ["SHELDUCK_ENV_FILE"] = os.devnull  # a developer's .env changes no test
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy's threads would spin, waiting for a core that a worker has

from ml.operations.environment import airflow_environment, prepare_airflow  # noqa: E402
from ml.operations.large_heaps import collect_seldom  # noqa: E402
from ml.settings import Settings  # noqa: E402
from tests.slow import mark_further_cases, mark_slow  # noqa: E402

os.environ.update(airflow_environment(Settings(home=_HOME)))
for _name in Settings.model_fields:  # the tests' settings are their own
    os.environ.pop(f"SHELDUCK_{_name.upper()}", None)
os.environ["SHELDUCK_HOME"] = str(_HOME / "var")  # not that of a demo in this checkout
os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "WARNING"
collect_seldom()
typer.main.get_command = cache(typer.main.get_command)  # thousands of commands in this process: built once, not by each

pytest_plugins = ["tests.registries"]

_TOGETHER = (
    tuple(
        f"tests/e2e/{name}" for name in ("test_days.py", "test_passports.py", "scheduler/", "test_training_report.py")
    ),
    ("tests/registry/",),
    ("tests/warehouse/",),
)
"""Files, or folders of files, whose tests share a fixture that takes long to make."""

_FIRST = (
    *_TOGETHER[0],
    "tests/operations/test_rebuild.py",
    *("tests/e2e/", "tests/warehouse/", "tests/faults/", "tests/registry/"),
)
"""What takes minutes begins first, so that no worker is left with it when the others have ended."""


class _ByFixture(LoadScopeScheduling):
    """Hands out whole files, and those of ``_TOGETHER`` to one worker: each expensive fixture is made once.

    The marks of ``--dist loadgroup`` would say it in fewer words, but pytest-xdist 3.8 loses them under pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return next((str(together) for together in _TOGETHER if file.startswith(together)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Ask for it whatever ``--dist`` says."""
    return _ByFixture(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Before pytest deselects by marks."""
    items.sort(key=_place)
    mark_slow(items)
    mark_further_cases(items)


def _place(item: pytest.Item) -> int:
    """Where its file stands in ``_FIRST``, at the end if nowhere; the sort keeps the order within."""
    return next((place for place, start in enumerate(_FIRST) if item.nodeid.startswith(start)), len(_FIRST))


@pytest.fixture(scope="module", autouse=True)
def _nothing_old_is_searched_for_cycles() -> None:
    """What Airflow, dbt and MLflow left in memory stays there; each evaluation of a recommender would search it all."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Libraries that look for leaks at the end find none in what stayed."""
    gc.unfreeze()


@pytest.fixture
def forked_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """DAGs run in children whose imports were made once: for tests of what runs do, not of how one is started."""
    from ml.operations import runs
    from testkit.forked_runs import start_forked

    monkeypatch.setattr(runs, "_start", start_forked)


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
