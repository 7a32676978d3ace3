"""The calendar: a run from the UI, a backfill and ``dag.test`` for day D are the same run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pendulum
import pytest
from airflow.timetables.base import DataInterval, TimeRestriction

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


ZONES_THAT_CHANGE = {
    "America/New_York": ("2025-03-09", "2025-11-02"),
    "Europe/Berlin": ("2025-03-30", "2025-10-26"),
    "America/Santiago": (
        "2025-09-07",
        "2025-04-05",
    ),  # at midnight: the short day begins at 1, the long one has 23 twice
    "Africa/Cairo": ("2025-04-25", "2025-10-30"),
}


@pytest.mark.parametrize("zone", ZONES_THAT_CHANGE)
@pytest.mark.parametrize("hours", [23, 25])
def test_a_backfill_over_the_change_of_clocks_runs_every_day_once(zone: str, hours: int) -> None:
    changed = date.fromisoformat(ZONES_THAT_CHANGE[zone][hours == 25])
    days = [changed + timedelta(days=number) for number in range(-2, 3)]
    runs = list(_between(_daily(zone), _midnight(days[0], zone), _midnight(days[-1], zone)))
    assert [run.start.in_timezone(zone).date() for run in runs] == days
    assert [run.end for run in runs[:-1]] == [run.start for run in runs[1:]]
    lengths = [(run.end - run.start).total_seconds() / 3600 for run in runs]
    assert lengths == [24, 24, hours, 24, 24]
    assert runs == [_daily(zone).infer_manual_data_interval(run_after=_midnight(day, zone)) for day in days]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati", "America/Santiago"])
def test_a_task_works_on_the_day_that_the_shops_clock_shows(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from dags.common.steps import first_day, last_day

    monkeypatch.setenv("SHELDUCK_TIMEZONE", zone)
    for day in [date(2025, 1, 1) + timedelta(days=number) for number in range(366)]:
        interval = _daily(zone).infer_manual_data_interval(run_after=_midnight(day, zone))
        utc = (interval.start.in_timezone("UTC"), interval.end.in_timezone("UTC"))  # as Airflow hands them over
        assert (first_day(utc[0]), last_day(utc[1])) == (day, day)


def test_the_day_before_one_that_a_zone_left_out_is_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    from dags.common.steps import last_day

    monkeypatch.setenv("SHELDUCK_TIMEZONE", "Pacific/Apia")  # there was no 30 December 2011
    interval = _daily("Pacific/Apia").infer_manual_data_interval(
        run_after=_midnight(date(2011, 12, 29), "Pacific/Apia")
    )
    assert last_day(interval.end.in_timezone("UTC")) == date(2011, 12, 29)


@pytest.mark.parametrize("first", [date(1970, 1, 1), date(1998, 1, 1), date(2010, 1, 1)])
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Africa/Monrovia", "Europe/London", "America/New_York"])
def test_days_of_other_times_have_the_offsets_of_their_time(
    first: date, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dags.common.steps import last_day

    monkeypatch.setenv("SHELDUCK_TIMEZONE", zone)
    for day in [first + timedelta(days=number) for number in range(0, 366, 5)]:
        interval = _daily(zone).infer_manual_data_interval(run_after=_midnight(day, zone))
        assert interval.start.in_timezone(zone).date() == day == last_day(interval.end.in_timezone("UTC"))


def test_a_run_without_a_logical_date_says_that_it_has_no_day() -> None:
    from airflow.sdk.exceptions import AirflowFailException

    from dags.common.steps import last_day

    with pytest.raises(AirflowFailException, match=r"expected a logical date.*shelduck run --as-of YYYY-MM-DD"):
        last_day(None)


def test_a_setting_that_cannot_be_read_fails_a_task_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    from dags.common.steps import task_settings

    monkeypatch.setenv("SHELDUCK_MEMORY_LIMIT", "4 gigs")
    with pytest.raises(AirflowFailException, match="SHELDUCK_MEMORY_LIMIT: expected a size"):
        task_settings()


def _midnight(day: date, zone: str) -> pendulum.DateTime:
    return pendulum.datetime(day.year, day.month, day.day, tz=zone)


def _between(
    timetable: ShopCalendarTimetable, first: pendulum.DateTime, last: pendulum.DateTime
) -> Iterator[DataInterval]:
    """The intervals of a backfill, as Airflow lists them."""
    restriction = TimeRestriction(earliest=first, latest=last, catchup=True)
    info = timetable.next_dagrun_info(last_automated_data_interval=None, restriction=restriction)
    while info is not None:
        assert info.data_interval is not None
        yield info.data_interval
        info = timetable.next_dagrun_info(last_automated_data_interval=info.data_interval, restriction=restriction)


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


def test_the_pages_show_the_schedule_in_words_with_its_zone(dag_bag: Any) -> None:
    assert _daily("Europe/Berlin").summary == "At 00:00, Europe/Berlin"
    assert dag_bag.dags["train_recommenders"].timetable.summary == "At 00:00, only on Sunday, America/New_York"
