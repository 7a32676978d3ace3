"""What Airflow knows of each day's run: the state in its metadata database, read and never written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, ProgrammingError

from ml.orchestration.environment import metadata_address
from ml.settings import Settings

BUILD_SHELVES: Final = "build_shelves"
_RUNS = sa.table(
    "dag_run",
    sa.column("dag_id", sa.String),
    sa.column("run_id", sa.String),
    sa.column("state", sa.String),
    sa.column("logical_date", sa.DateTime(timezone=True)),
    sa.column("start_date", sa.DateTime(timezone=True)),
)
_TASKS = sa.table(
    "task_instance",
    sa.column("dag_id", sa.String),
    sa.column("run_id", sa.String),
    sa.column("task_id", sa.String),
    sa.column("state", sa.String),
    sa.column("start_date", sa.DateTime(timezone=True)),
)
"""Columns that the REST API shows as well; asking the file takes milliseconds, the command line five seconds."""

_BEGUN: Final = ("running", "success", "failed", "up_for_retry")


@dataclass(frozen=True)
class Attempt:
    """The newest run of a day: Airflow keeps one per logical date, however often it was repeated."""

    day: date
    run_id: str
    state: str
    started: datetime | None

    @property
    def is_running(self) -> bool:
        """Whether it is queued or running; one killed outside the scheduler stays so until it is repeated."""
        return self.state in ("queued", "running")

    @property
    def has_failed(self) -> bool:
        """Whether its last word was a failure."""
        return self.state == "failed"


@dataclass(frozen=True)
class TaskState:
    """A task of a run that has a log, and its state."""

    task_id: str
    state: str


def attempts(settings: Settings) -> dict[date, Attempt]:
    """The newest run of every day that was ever run; empty where Airflow has no metadata yet."""
    rows = _asked(settings, sa.select(_RUNS).where(_RUNS.c.dag_id == BUILD_SHELVES))
    found = (
        Attempt(
            _utc(row.logical_date).astimezone(settings.zone).date(),
            row.run_id,
            row.state,
            _utc(row.start_date) if row.start_date else None,
        )
        for row in rows
        if row.logical_date
    )
    return {attempt.day: attempt for attempt in found}


def tasks_of(settings: Settings, run_id: str) -> list[TaskState]:
    """The tasks of a run of build_shelves that were begun and so have a log, in the order in which they were."""
    of_run = (_TASKS.c.dag_id == BUILD_SHELVES) & (_TASKS.c.run_id == run_id) & _TASKS.c.state.in_(_BEGUN)
    rows = _asked(settings, sa.select(_TASKS).where(of_run).order_by(_TASKS.c.start_date))
    return [TaskState(row.task_id, row.state or "") for row in rows]


def _asked(settings: Settings, query: sa.Select[Any]) -> Sequence[Any]:
    """Rows of Airflow's metadata; none where there is no such database, or one without Airflow's tables."""
    address = sa.engine.make_url(metadata_address(settings))
    if address.get_backend_name() == "sqlite" and not (settings.home / "airflow" / "airflow.db").exists():
        return []
    engine = sa.create_engine(address)
    try:
        with engine.connect() as connection:
            return connection.execute(query).all()
    except (OperationalError, ProgrammingError):
        return []
    finally:
        engine.dispose()


def _utc(moment: datetime) -> datetime:
    """SQLite drops the zone; Airflow writes UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
