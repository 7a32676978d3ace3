"""Ends, in Airflow's metadata, the runs without a scheduler whose process is gone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from ml.operations.attempts import INTERRUPTED, all_attempts, metadata
from ml.settings import Settings

_UNFINISHED: Final = {
    "task_instance": ("running", "queued", "scheduled", "restarting", "up_for_retry", "up_for_reschedule"),
    "dag_run": ("running", "queued"),
}


def end_dead_runs(settings: Settings, dag_id: str) -> None:
    """Write into Airflow's metadata that runs have failed whose process is gone, as its scheduler would for its own."""
    try:
        dead = [each.run_id for each in all_attempts(settings, dag_id) if each.state == INTERRUPTED]
        if not dead:
            return
        with metadata(settings) as database, database.begin() as connection:
            for name, states in _UNFINISHED.items():
                texts = [sa.column(each, sa.String) for each in ("dag_id", "run_id", "state")]
                table = sa.table(name, *texts, sa.column("end_date", sa.DateTime(timezone=True)))
                ended = sa.update(table).values(state="failed", end_date=datetime.now(UTC))
                chosen = (table.c.dag_id == dag_id, table.c.run_id.in_(dead), table.c.state.in_(states))
                connection.execute(ended.where(*chosen))
    except SQLAlchemyError:  # the calendar recognises dead runs without this
        return
