"""What every task does around its work: settings, the day of its run, one line of what it read and wrote, errors.

Errors that a retry cannot mend (not ``ShelduckError.is_passing``: an unclosed day, a failed gate) fail it at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowFailException

from dags.common.timetable import TIMEZONE

if TYPE_CHECKING:
    from ml.operations.work import Work
    from ml.settings import Settings
    from ml.warehouse.slices import Slice


@contextmanager
def step() -> Iterator[Work]:
    """Logs what the work inside read and wrote (``ml.operations.work``); ends the task for errors that stay."""
    from ml.errors import ShelduckError
    from ml.operations.causes import known_cause
    from ml.operations.work import logged

    try:
        with logged(get_current_context()["ti"].task_id) as work:
            yield work
    except ShelduckError as error:
        if error.is_passing:
            raise
        raise AirflowFailException(str(error)) from None
    except Exception as unexpected:  # a retry may help; a known cause says what does
        known = known_cause(unexpected)
        raise (known or unexpected) from (unexpected if known else unexpected.__cause__)


def task_settings() -> Settings:
    """The settings of this task, which agree with the data home and with the zone that the schedule was read in."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from ml.errors import HomeRefused, SettingsBroken, SettingsDiffer
    from ml.home import enter, refuse_other_zone
    from ml.publish.upgrade import upgrade_home
    from ml.setting_forms import refused
    from ml.settings import Settings

    try:
        settings = Settings()
        refuse_other_zone(settings, TIMEZONE)
        enter(settings)
        upgrade_home(settings, "a task's upgrade of the data home")
    except (HomeRefused, SettingsBroken, SettingsDiffer) as final:
        raise AirflowFailException(str(final)) from None
    except (ValidationError, SettingsError) as wrong:
        raise AirflowFailException(str(refused(wrong, Settings.model_fields))) from None
    return settings


def first_day(start: datetime) -> date:
    """The day that begins at ``start``."""
    from ml.settings import Settings

    local = start.astimezone(Settings().zone)
    return date(local.year, local.month, local.day)  # plain, where Airflow hands over a pendulum one


def last_day(end: datetime | None) -> date:
    """The day that ends at ``end``; where a zone skipped a day (Samoa, 2011) the one before is not it."""
    from ml.operations.causes import RunWithoutDay

    if end is None:
        raise AirflowFailException(str(RunWithoutDay()))
    return first_day(end - timedelta(microseconds=1))


def attempt() -> str:
    """Who this is, for others who wait for the same lock."""
    instance = get_current_context()["ti"]
    return f"{instance.dag_id}.{instance.task_id} {instance.run_id} try {instance.try_number}"


def tell_slice(work: Work, *slices: Slice) -> None:
    """Notes what the snapshots were made of."""
    for day in slices:
        inputs = day.record["inputs"]
        work.read(rows=sum(partition["rows"] for partition in inputs))
        work.wrote(day.folder)
        work.note(f"{len(inputs):,} landing partitions as of {day.as_of}")
