"""When sites are built by themselves: once for a day, after its last publication, and never in its way."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from dags.common import site
from dags.common.assets import published
from ml.capabilities import names
from ml.capability import Capability
from ml.commands import site as site_command
from ml.errors import DiskFull
from ml.pages.site import daily
from ml.pages.site.build import site_folder
from ml.profile.capability import PROFILE
from ml.publish.readers import version_of_day
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from tests.pages.site.shop import DAY, FIRST

OLD = date(2024, 1, 1)


@pytest.fixture
def two(own_shop: Settings) -> Settings:
    """The shop with the capabilities that published in it."""
    return own_shop.model_copy(update={"capabilities": (RECOMMEND.name, PROFILE.name)})


def _unpublish(settings: Settings, day: date) -> None:
    shutil.rmtree(settings.published_of(PROFILE.name))
    assert version_of_day(settings, PROFILE, day) is None


def _land(settings: Settings, table: str, day: date) -> None:
    file = settings.landing_dir / table / f"dt={day}" / "rows.csv"
    file.parent.mkdir(parents=True)
    file.write_text("a\n")


def test_each_published_day_gets_a_site_unless_its_reports_are_gone(own_shop: Settings) -> None:
    assert daily.days_to_build(own_shop, {DAY, FIRST, OLD}, lambda *_: False) == [FIRST, DAY]


def test_a_day_that_another_capability_is_about_to_publish_waits_for_it(two: Settings) -> None:
    assert daily.days_to_build(two, {DAY}, lambda *_: True) == [DAY], "what is published is not waited for"
    _unpublish(two, DAY)
    _land(two, "interactions", FIRST)
    asked = []

    def is_at_work(capability: Capability, day: date) -> bool:
        asked.append((capability, day))
        return True

    assert daily.days_to_build(two, {DAY}, is_at_work) == []
    assert asked == [(PROFILE, DAY)]
    assert daily.days_to_build(two, {DAY}, lambda *_: False) == [DAY], "its run failed, or there is none"


def test_a_run_that_will_publish_nothing_for_want_of_files_is_not_waited_for(two: Settings) -> None:
    _unpublish(two, DAY)
    _land(two, "interactions", DAY + timedelta(days=1))
    assert daily.days_to_build(two, {DAY}, lambda *_: True) == [DAY]


def test_the_task_asks_airflow_for_the_runs_of_the_shops_day(two: Settings) -> None:
    asked: list[dict[str, Any]] = []

    def count(**given: Any) -> int:
        asked.append(given)
        return len(asked) - 1

    event = SimpleNamespace(extra={"day": str(DAY)})
    context = {"params": {}, "triggering_asset_events": {"a": [event]}, "ti": SimpleNamespace(get_dr_count=count)}
    settings = two.model_copy(update={"timezone": "America/New_York"})
    assert site._days(settings, context) == [DAY] and asked == []
    _unpublish(two, DAY)
    _land(two, "interactions", DAY)
    assert site._days(settings, context) == [DAY]
    assert asked[0]["logical_dates"] == [datetime(2025, 3, 2, 5, tzinfo=UTC)] and asked[0]["dag_id"] == "build_profile"
    with pytest.raises(AirflowSkipException, match="about to publish"):
        site._days(settings, context)
    assert site._days(settings, {**context, "params": {"as_of": "2025-03-01"}}) == [FIRST]
    assert site._days(settings, {"params": {"as_of": None}}) == [None]


def test_every_publication_starts_the_dag_and_nothing_of_it_can_stop_one(dag_bag: Any) -> None:
    dag = dag_bag.dags["build_site"]
    waited = {asset.uri for asset in dag.timetable.asset_condition.objects}
    assert waited == {published(name).uri for name in names()}
    assert [task.task_id for task in dag.tasks] == ["site"] and dag.max_active_runs == 1
    assert all(not task.outlets for task in dag.tasks)
    assert dag.is_paused_upon_creation is False


def test_a_run_ends_well_when_its_site_cannot_be_built(
    own_shop: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from ml.pages.site import build

    def full(*_: object) -> None:
        raise DiskFull("the site", expected="room", found="none", remedy="Free space")

    site_command.show_site(own_shop, DAY)
    assert str(site_folder(own_shop, DAY) / "index.html") in capsys.readouterr().out.replace("\n", "")
    monkeypatch.setattr(build, "build_site", full)
    site_command.show_site(own_shop, DAY)
    told = " ".join(capsys.readouterr().err.split())
    assert "were not built: DiskFull" in told and f"shelduck site --as-of {DAY}" in told
