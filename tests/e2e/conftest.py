"""A shop of another kind than the demo's, run through the real DAGs once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from ml.orchestration.runs import run_dag
from ml.settings import Settings
from tests.shop import TIMEZONE, write_shop

TRAINED = date(2025, 5, 31)
"""A Saturday; its week starts on Sunday 25 May."""


@dataclass(frozen=True)
class Shop:
    """The shop's settings and the days that were published."""

    settings: Settings
    days: tuple[date, ...]


def environment(patch: pytest.MonkeyPatch, home: Path) -> Settings:
    """What the documented three steps set for this shop; child processes inherit it."""
    patch.setenv("SHELDUCK_HOME", str(home))
    patch.setenv("SHELDUCK_TIMEZONE", TIMEZONE)
    patch.setenv("SHELDUCK_EVALUATION_DAYS", "14")
    patch.setenv("SHELDUCK_K", "6")
    # the session's own Airflow is another one
    for name in ("AIRFLOW_HOME", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"):
        patch.delenv(name, raising=False)
    return Settings()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with pytest.MonkeyPatch.context() as patch:
        settings = environment(patch, tmp_path_factory.mktemp("a shop") / "data home")
        write_shop(settings.landing_dir)
        days = tuple(TRAINED + timedelta(days=number) for number in range(3))
        run_dag(settings, "train_recommenders", [TRAINED - timedelta(days=6)])
        run_dag(settings, "build_shelves", days)
        yield Shop(settings, days)
