"""Who waits for what other capabilities publish, and who is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException

from dags.common import factory, tasks
from ml.errors import NotPublished
from ml.settings import Settings

DAY = date(2025, 3, 2)
MISSING = NotPublished("predictions of 2025-03-02", expected="a version", found="none", remedy="Run: shelduck run")


@pytest.fixture
def poke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Ask once as a run of `build_audiences`, of that type, while those DAGs have an unfinished run of the day."""

    def once(run_type: str, at_work: set[str], missing: NotPublished | None = MISSING) -> bool:
        def count(*, dag_id: str, logical_dates: list[datetime], states: list[str]) -> int:
            assert logical_dates == [datetime(2025, 3, 2, 5, tzinfo=UTC)] and states == ["queued", "running"]
            return int(dag_id in at_work)

        def day_of(*_: object) -> None:
            if missing:
                raise missing

        context = {
            "dag_run": SimpleNamespace(run_type=run_type),
            "data_interval_end": datetime(2025, 3, 3, 5, tzinfo=UTC),
            "ti": SimpleNamespace(get_dr_count=count),
        }
        monkeypatch.setattr(tasks, "get_current_context", lambda: context)
        monkeypatch.setattr(tasks, "task_settings", lambda: Settings(home=tmp_path, timezone="America/New_York"))
        monkeypatch.setattr("ml.day.day_of", day_of)
        answer = factory.daily("audiences").task_dict["await_upstream"].python_callable(f"slices/{DAY}-x")
        return bool(answer.is_done)

    return once


def test_a_run_waits_while_what_it_reads_is_about_to_be_published(poke: Any) -> None:
    assert not poke("scheduled", set())
    assert not poke("backfill", {"build_predictions"})
    assert not poke("manual", {"build_predictions"})


def test_a_run_that_a_person_started_is_refused_where_nothing_it_reads_is_at_work(poke: Any) -> None:
    with pytest.raises(AirflowFailException, match="Run: shelduck run"):
        poke("backfill", {"build_copy"})


def test_nobody_waits_for_what_is_there(poke: Any) -> None:
    assert poke("backfill", {"build_predictions"}, missing=None)
