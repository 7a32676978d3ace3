"""A task works with the settings of its data home, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from airflow.sdk.exceptions import AirflowFailException

from dags.common import steps
from ml.home import enter
from ml.settings import Settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHELDUCK_HOME", str(tmp_path / "var"))
    return tmp_path / "var"


def test_a_schedule_read_in_another_zone_than_the_home_s_is_refused_for_good(home: Path) -> None:
    enter(Settings(timezone="Europe/Berlin"))
    told = "expected Europe/Berlin, as .*found America/New_York, where Airflow read.*SHELDUCK_TIMEZONE=Europe/Berlin"
    with pytest.raises(AirflowFailException, match=told):
        steps.task_settings()


def test_an_environment_that_differs_from_the_home_fails_a_task_for_good(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(Settings())
    monkeypatch.setenv("SHELDUCK_K", "3")
    with pytest.raises(AirflowFailException, match="SHELDUCK_K: expected 20"):
        steps.task_settings()


def test_the_first_task_writes_down_what_is_effective(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELDUCK_K", "3")
    assert steps.task_settings().k == 3
    monkeypatch.delenv("SHELDUCK_K")
    assert steps.task_settings().k == 3
