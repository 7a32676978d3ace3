"""What Airflow calls when a run fails or a shelf is late; ``ml.operations.alerts`` says what is sent."""

from __future__ import annotations

import logging
import os
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import DeadlineAlert, SyncCallback
from airflow.sdk.definitions.deadline import BaseDeadlineReference

if TYPE_CHECKING:
    from ml.operations.alerts import Failure
    from ml.settings import Settings

_log = logging.getLogger(__name__)
_END_OF_GROUP = "::endgroup::"
"""Callbacks run in a group of lines that Airflow's page of the log shows folded; what to do must be seen."""


def tell_retry(context: Any) -> None:
    """Callback of every task that will be tried again: what to do is the last line of the attempt's log."""
    _log_last_words(context)


def tell_failure(context: Any) -> None:
    """Callback of every task. Tasks after a failed one do not run, so a failed run sends one message.

    The last line of the task's log, after Airflow's traceback, is what to do.
    """
    _send_failure(context)
    _log_last_words(context)


def tell_arrivals(context: Any, day: date) -> None:
    """One message per published day of which rows were refused, or about which there is something to notice."""
    from airflow.configuration import conf

    from ml.operations.alerts import arrivals_text, send
    from ml.settings import Settings

    try:
        settings, base_url = Settings(), conf.get("api", "base_url", fallback="")
        text = arrivals_text(settings, context["ti"].dag_id, context["run_id"], day, base_url)
        if text is not None:
            send(settings, text)
    except Exception as failed:  # the day is published whether or not anybody hears of it
        _log.warning("the day's arrivals could not be told: %s", type(failed).__name__)


def _log_last_words(context: Any) -> None:
    from ml.operations.alerts import last_words

    _log.info(_END_OF_GROUP)
    for line in last_words(context.get("exception")):
        _log.error(line)


def _send_failure(context: Any) -> None:
    from airflow.configuration import conf

    from ml.operations.alerts import Failure, failure_text, send
    from ml.settings import Settings

    try:
        settings = Settings()
        if settings.webhook_url is None:
            return
        task = context["ti"]
        failure = Failure(
            task.dag_id,
            task.run_id,
            _day(settings, context["dag_run"].logical_date),
            task.task_id,
            task.try_number,
            context.get("exception"),
        )
        send(settings, failure_text(failure, conf.get("api", "base_url", fallback=""), _arrivals(settings, failure)))
    except Exception as failed:
        _log.warning("the failure could not be told: %s", type(failed).__name__)


def _arrivals(settings: Settings, failure: Failure) -> list[str]:
    from ml.capabilities import of_dag
    from ml.landing.arrivals import read_arrivals, told_arrivals

    if of_dag(failure.dag_id) is None or failure.day is None or failure.task_id == "land":
        return []  # the day's arrivals are not known, or are those of an earlier landing
    return told_arrivals(read_arrivals(settings, failure.day))


def tell_late(context: dict[str, Any]) -> None:
    """Callback of the deadline, run by the executor: where the data home is, so that it can look again."""
    from airflow.configuration import conf

    from ml.operations.alerts import late_text, send
    from ml.settings import Settings

    settings = Settings()
    run = context["dag_run"]
    day = _day(settings, datetime.fromisoformat(run["logical_date"]))
    text = late_text(settings, run["dag_id"], run["dag_run_id"], day, conf.get("api", "base_url", fallback=""))
    if text is not None:
        _log.warning(text)
        send(settings, text)


class ShelfDue(BaseDeadlineReference):
    """The hour of the day after a run's day by which settings want its shelf; none for days long past.

    Looked up when the run is made, not when the DAG is read: so it needs no setting at import, and days of
    23 or 25 hours are right.
    """

    required_kwargs = frozenset({"dag_id", "run_id"})

    def _evaluate_with(self, *, session: Any, dag_id: str, run_id: str, **_: Any) -> datetime | None:
        from airflow.models import DagRun
        from sqlalchemy import select

        from ml.operations.alerts import due
        from ml.settings import Settings

        try:
            settings = Settings()
            found = select(DagRun.logical_date).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id)
            day = _day(settings, session.scalar(found))
            return due(settings, day, datetime.now(settings.zone)) if day else None
        except Exception as failed:  # a run must be made whatever the settings say
            _log.warning("no deadline for %s %s: %s", dag_id, run_id, type(failed).__name__)
            return None


def _day(settings: Settings, logical_date: datetime | None) -> date | None:
    if logical_date is None:
        return None
    local = logical_date.astimezone(settings.zone)
    return date(local.year, local.month, local.day)


def shelf_deadline() -> DeadlineAlert | None:
    """The deadline of a DAG that publishes a day's shelf; None where settings name no hour.

    Airflow's pages show every run of a DAG with a deadline as one that met it, so there must be none while it is off.
    Only whether the variable is there is read when the DAG is read; its value when a run is made.
    """
    if not os.environ.get("SHELDUCK_PUBLISH_BY_HOUR"):
        return None
    return DeadlineAlert(
        name="shelf published in time", reference=ShelfDue(), interval=timedelta(0), callback=SyncCallback(tell_late)
    )
