"""What Airflow knows of each day's run: the state in its metadata database, read and never written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, ProgrammingError

from ml.operations.environment import metadata_address
from ml.operations.live_runs import is_alive
from ml.settings import Settings

INTERRUPTED: Final = "interrupted"
"""No state of Airflow's: of a run without a scheduler whose process ended before it could say how."""
_UNFINISHED: Final = ("queued", "running")
_BY_DAG_TEST: Final = "test"
_RUNS = sa.table(
    "dag_run",
    sa.column("dag_id", sa.String),
    sa.column("run_id", sa.String),
    sa.column("state", sa.String),
    sa.column("logical_date", sa.DateTime(timezone=True)),
    sa.column("start_date", sa.DateTime(timezone=True)),
    sa.column("triggered_by", sa.String),
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
        """Whether it is queued or running."""
        return self.state in _UNFINISHED

    @property
    def has_failed(self) -> bool:
        """Whether its last word was a failure, or it ended without one."""
        return self.state in ("failed", INTERRUPTED)


@dataclass(frozen=True)
class TaskState:
    """A task of a run that has a log, and its state."""

    task_id: str
    state: str


def attempts(settings: Settings, dag_id: str) -> dict[date, Attempt]:
    """The newest run of every day that a DAG ever ran; empty where Airflow has no metadata yet."""
    try:
        return {attempt.day: attempt for attempt in all_attempts(settings, dag_id)}
    except (OperationalError, ProgrammingError):  # a database without Airflow's tables
        return {}


def all_attempts(settings: Settings, dag_id: str) -> list[Attempt]:
    """The newest run of every logical date of a DAG.

    Raises:
        SQLAlchemyError: the metadata cannot be read.
    """
    if not _has_metadata(settings):
        return []
    with metadata(settings) as database, database.connect() as connection:
        rows = connection.execute(sa.select(_RUNS).where(_RUNS.c.dag_id == dag_id)).all()
    return [_attempt(settings, row) for row in rows if row.logical_date]


@contextmanager
def metadata(settings: Settings) -> Iterator[sa.Engine]:
    """Airflow's metadata database."""
    engine = sa.create_engine(metadata_address(settings))
    try:
        yield engine
    finally:
        engine.dispose()


def _attempt(settings: Settings, row: Any) -> Attempt:
    day, state = _utc(row.logical_date).astimezone(settings.zone).date(), str(row.state)
    by_dag_test = str(row.triggered_by).lower() == _BY_DAG_TEST
    if by_dag_test and state in _UNFINISHED and not is_alive(settings, row.dag_id, day):
        state = INTERRUPTED
    return Attempt(day, row.run_id, state, _utc(row.start_date) if row.start_date else None)


def _has_metadata(settings: Settings) -> bool:
    """Whether there is a database to ask; asking for an SQLite file that is not there would make one."""
    is_sqlite = sa.engine.make_url(metadata_address(settings)).get_backend_name() == "sqlite"
    return not is_sqlite or (settings.home / "airflow" / "airflow.db").exists()


def tasks_of(settings: Settings, dag_id: str, run_id: str) -> list[TaskState]:
    """The tasks of a run that were begun and so have a log, in the order in which they were."""
    of_run = (_TASKS.c.dag_id == dag_id) & (_TASKS.c.run_id == run_id) & _TASKS.c.state.in_(_BEGUN)
    rows = _asked(settings, sa.select(_TASKS).where(of_run).order_by(_TASKS.c.start_date))
    return [TaskState(row.task_id, row.state or "") for row in rows]


def _asked(settings: Settings, query: sa.Select[Any]) -> Sequence[Any]:
    """Rows of Airflow's metadata; none where there is no such database, or one without Airflow's tables."""
    if not _has_metadata(settings):
        return []
    try:
        with metadata(settings) as database, database.connect() as connection:
            return connection.execute(query).all()
    except (OperationalError, ProgrammingError):
        return []


def _utc(moment: datetime) -> datetime:
    """SQLite drops the zone; Airflow writes UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
