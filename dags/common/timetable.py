"""The shop's calendar: intervals whose manual runs start at their logical date.

The stock interval timetable lets a manual run's interval *end* at its logical date, so a run from
the UI for day D and a backfill of day D would be a day apart. Here all of them are the same run.
"""

from __future__ import annotations

import os
from typing import Any

from airflow.plugins_manager import AirflowPlugin
from airflow.timetables.base import DataInterval
from airflow.timetables.interval import CronDataIntervalTimetable
from pendulum import DateTime

from dags.common.alerts import ShelfDue


class ShopCalendarTimetable(CronDataIntervalTimetable):
    """Cron intervals in the shop's time zone; the logical date is always the interval's start."""

    @property
    def summary(self) -> str:
        """What Airflow's pages show as the schedule: words and the zone that they are meant in."""
        return f"{self.description}, {self._timezone.name}"

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        """The interval that holds ``run_after``, which is the day a person picked."""
        start = self._align_to_prev(run_after)
        return DataInterval(start=start, end=self._get_next(start))


class ShelduckTimetables(AirflowPlugin):
    """Makes timetable and deadline known to the scheduler (found through the package's entry point)."""

    name = "shelduck_timetables"
    timetables = (ShopCalendarTimetable,)
    deadline_references = (ShelfDue,)

    @classmethod
    def on_load(cls, *_args: Any, **_kwargs: Any) -> None:
        """Every Airflow process loads this plugin, so this is where the laptop's database learns to wait."""
        from dags.common.waiting_sqlite import wait_at_savepoints

        wait_at_savepoints()


# The only setting read at DAG import: a schedule is meaningless without its time zone.
TIMEZONE = os.environ.get("SHELDUCK_TIMEZONE") or "America/New_York"
DAILY = ShopCalendarTimetable("0 0 * * *", timezone=TIMEZONE)
WEEKLY = ShopCalendarTimetable("0 0 * * SUN", timezone=TIMEZONE)
SUNDAY_NOON = ShopCalendarTimetable("0 12 * * SUN", timezone=TIMEZONE)
