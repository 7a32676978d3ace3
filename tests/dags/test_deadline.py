"""The deadline of a day's shelf, as Airflow stores it when it makes a run."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest


def _deadlines_of_a_run(dag: Any, day: datetime) -> list[datetime]:
    """Make a run of ``day`` as the scheduler does; the deadlines that came with it. Rolled back."""
    from airflow.models.dag_version import DagVersion
    from airflow.models.deadline import Deadline
    from airflow.models.serialized_dag import SerializedDagModel
    from airflow.utils.session import create_session
    from airflow.utils.state import DagRunState
    from airflow.utils.types import DagRunTriggeredByType, DagRunType
    from sqlalchemy import select

    with create_session() as session:
        assert DagVersion.get_latest_version(dag.dag_id, session=session)
        stored = SerializedDagModel.get(dag.dag_id, session=session).dag
        run = stored.create_dagrun(
            run_id=f"test__{day.isoformat()}",
            logical_date=day,
            data_interval=(day, day + timedelta(days=1)),
            run_after=day + timedelta(days=1),
            run_type=DagRunType.SCHEDULED,
            triggered_by=DagRunTriggeredByType.TEST,
            state=DagRunState.QUEUED,
            session=session,
        )
        session.flush()
        found = session.scalars(select(Deadline.deadline_time).where(Deadline.dagrun_id == run.id)).all()
        session.rollback()
    return list(found)


@pytest.fixture
def stored(dag_bag: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The DAG as a scheduler stores it where settings name an hour."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db

    monkeypatch.setenv("SHELDUCK_PUBLISH_BY_HOUR", "6")
    monkeypatch.setenv("AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL", "0")  # a run before may have stored it
    bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    DagBundlesManager().sync_bundles_to_db()
    sync_bag_to_db(bag, "dags-folder", None)
    return bag.dags["build_shelves"]


def test_while_the_hour_is_off_no_dag_has_a_deadline(dag_bag: Any, stored: Any) -> None:
    assert stored.deadline is not None
    assert {dag_id: dag.deadline for dag_id, dag in dag_bag.dags.items()} == dict.fromkeys(dag_bag.dags)


def test_todays_run_is_due_tomorrow_at_the_hour_of_the_settings(stored: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELDUCK_PUBLISH_BY_HOUR", "6")
    monkeypatch.setenv("SHELDUCK_TIMEZONE", "UTC")
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    (due,) = _deadlines_of_a_run(stored, today)
    assert due == today + timedelta(days=1, hours=6)


def test_a_backfill_of_the_past_has_no_deadline(stored: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELDUCK_PUBLISH_BY_HOUR", "6")
    assert _deadlines_of_a_run(stored, datetime(2025, 6, 1, tzinfo=UTC)) == []


@pytest.mark.parametrize("hour", ["", "no hour"])
def test_without_an_hour_and_with_a_wrong_one_runs_are_made_all_the_same(
    stored: Any, monkeypatch: pytest.MonkeyPatch, hour: str
) -> None:
    monkeypatch.setenv("SHELDUCK_PUBLISH_BY_HOUR", hour)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    assert _deadlines_of_a_run(stored, today) == []
