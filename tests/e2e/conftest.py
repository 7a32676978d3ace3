"""A shop of another kind than the demo's, run through the real DAGs once for all tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from ml.operations import runs
from ml.operations.plans import plan, run_all
from ml.operations.runs import Event, run_dag
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from testkit.forked_runs import start_forked
from testkit.shop import TIMEZONE, write_shop

TRAINED = date(2025, 5, 31)
"""A Saturday; its week starts on Sunday 25 May."""


@dataclass(frozen=True)
class Shop:
    """The shop's settings, the days that were published and what the runs told meanwhile."""

    settings: Settings
    days: tuple[date, ...]
    told: tuple[Event, ...]


def shop_settings(home: Path) -> Settings:
    """What the documented three steps set for this shop."""
    return Settings(home=home, timezone=TIMEZONE, evaluation_days=14, k=6)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    settings = shop_settings(tmp_path_factory.mktemp("a shop") / "data home")
    write_shop(settings.landing_dir)
    days = tuple(TRAINED + timedelta(days=number) for number in range(3))
    told: list[Event] = []
    run_dag(settings, "train_recommenders", [TRAINED - timedelta(days=6)], told.append)
    with pytest.MonkeyPatch.context() as patch:  # that a child starts by itself, the training has shown
        patch.setattr(runs, "_start", start_forked)
        run_all(settings, plan({RECOMMEND: days}), told.append)
    return Shop(settings, days, tuple(told))
