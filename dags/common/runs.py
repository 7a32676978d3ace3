"""Runs of other DAGs, which a task asks Airflow for: tasks may not open its metadata database."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ml.capability import Capability
    from ml.settings import Settings


def is_at_work(settings: Settings, instance: Any, capability: Capability, day: date) -> bool:
    """Whether a run of the capability's day is queued or running.

    Args:
        instance: the task instance that asks.
    """
    start = datetime.combine(day, time(), settings.zone)
    return bool(instance.get_dr_count(dag_id=capability.daily_dag, logical_dates=[start], states=["queued", "running"]))
