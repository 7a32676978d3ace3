"""What Airflow knows of each day's run: the state in its metadata database, read and never written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

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
"""Columns that the REST API shows as well; asking the file takes milliseconds, the command line five seconds."""


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


def attempts(settings: Settings) -> dict[date, Attempt]:
    """The newest run of every day that was ever run; empty where Airflow has no metadata yet."""
    address = sa.engine.make_url(metadata_address(settings))
    if address.get_backend_name() == "sqlite" and not (settings.home / "airflow" / "airflow.db").exists():
        return {}
    engine = sa.create_engine(address)
    try:
        with engine.connect() as connection:
            rows = connection.execute(sa.select(_RUNS).where(_RUNS.c.dag_id == BUILD_SHELVES)).all()
    except (OperationalError, ProgrammingError):  # a database without Airflow's tables
        return {}
    finally:
        engine.dispose()
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


def _utc(moment: datetime) -> datetime:
    """SQLite drops the zone; Airflow writes UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
