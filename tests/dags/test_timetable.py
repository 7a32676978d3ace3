"""The calendar: a run from the UI, a backfill and ``dag.test`` for day D are the same run."""

from __future__ import annotations

from typing import Any

import pendulum
import pytest
from airflow.timetables.base import TimeRestriction

from dags.common.timetable import ShopCalendarTimetable

NEW_YORK = "America/New_York"


def _daily(zone: str = NEW_YORK) -> ShopCalendarTimetable:
    return ShopCalendarTimetable("0 0 * * *", timezone=zone)


def test_a_manual_run_of_a_day_and_the_schedule_share_the_interval() -> None:
    day = pendulum.datetime(2017, 12, 2, tz=NEW_YORK)
    manual = _daily().infer_manual_data_interval(run_after=day)
    scheduled = _daily().next_dagrun_info(
        last_automated_data_interval=None, restriction=TimeRestriction(earliest=day, latest=None, catchup=True)
    )
    assert scheduled is not None
    assert manual == scheduled.data_interval
    assert (manual.start, manual.end) == (day, pendulum.datetime(2017, 12, 3, tz=NEW_YORK))


def test_a_time_within_a_day_means_that_day() -> None:
    noon = pendulum.datetime(2017, 12, 2, 12, 30, tz=NEW_YORK)
    assert _daily().infer_manual_data_interval(run_after=noon).start == pendulum.datetime(2017, 12, 2, tz=NEW_YORK)


@pytest.mark.parametrize(("day", "hours"), [("2017-03-12", 23), ("2017-11-05", 25), ("2017-06-01", 24)])
def test_a_day_of_the_shop_has_as_many_hours_as_its_clock_shows(day: str, hours: int) -> None:
    start = pendulum.parse(day, tz=NEW_YORK)
    interval = _daily().infer_manual_data_interval(run_after=start)
    assert (interval.end - interval.start).total_seconds() == hours * 3600


def test_a_week_runs_from_sunday_to_sunday() -> None:
    weekly = ShopCalendarTimetable("0 0 * * SUN", timezone=NEW_YORK)
    interval = weekly.infer_manual_data_interval(run_after=pendulum.datetime(2017, 11, 29, tz=NEW_YORK))
    assert interval.start == pendulum.datetime(2017, 11, 26, tz=NEW_YORK)
    assert interval.end == pendulum.datetime(2017, 12, 3, tz=NEW_YORK)


def test_the_scheduler_can_read_the_timetable_back(dag_bag: Any) -> None:
    from airflow.serialization.decoders import decode_timetable
    from airflow.serialization.encoders import encode_timetable

    timetable = dag_bag.dags["build_shelves"].timetable
    assert decode_timetable(encode_timetable(timetable)).serialize() == timetable.serialize()
