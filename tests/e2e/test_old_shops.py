"""Shops of other times: a tiny one of 1998 through the real DAG, and the days that no DAG may leave out."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pendulum
import pytest

from dags.common.timetable import TIMEZONE as TIMEZONE_OF_DAGS
from ml.landing.contract import FIRST_YEAR
from ml.operations.calendar import Calendar
from ml.operations.runs import run_dag
from ml.publish.readers import manifest, read_table
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from ml.tables import Col
from testkit.day import run_day
from testkit.shop import TIMEZONE, write_shop

pytestmark = pytest.mark.usefixtures("forked_runs")


def test_a_shop_of_1998_is_published_by_the_dag(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", timezone=TIMEZONE, k=6)
    last = write_shop(settings.landing_dir, 8, first_day=date(1998, 3, 1))[-1]
    run_dag(settings, "build_shelves", [last])
    assert manifest(settings, RECOMMEND).as_of_date == last == date(1998, 3, 8)
    assert read_table(settings, RECOMMEND, "recommendation")[Col.user_id].n_unique() == 40
    day = Calendar(settings, RECOMMEND).day(last)
    assert day.status == "fresh" and day.attempt is not None and day.attempt.state == "success"


@pytest.mark.parametrize("zone", ["Asia/Shanghai", pytest.param("America/New_York", marks=pytest.mark.faults)])
def test_a_shop_whose_first_day_is_the_first_of_all_is_published(tmp_path: Path, zone: str) -> None:
    from zoneinfo import ZoneInfo

    settings = Settings(home=tmp_path / "home", timezone=zone, k=6)
    days = write_shop(settings.landing_dir, 4, first_day=date(FIRST_YEAR, 1, 1), zone=ZoneInfo(zone))
    told = run_day(settings, days[-1])
    assert {each.arrival_date for each in told.inputs if each.table == "interactions"} == set(days)
    assert read_table(settings, RECOMMEND, "recommendation").height > 0


def test_every_task_of_every_dag_runs_from_the_contracts_first_day_on(dag_bag: Any) -> None:
    starts = {task.start_date for dag in dag_bag.dags.values() for task in dag.tasks}
    assert starts and all(start <= pendulum.datetime(FIRST_YEAR, 1, 1, tz=TIMEZONE_OF_DAGS) for start in starts)
    assert not any(dag.catchup for dag in dag_bag.dags.values())
