"""When sites are built by themselves: once for a day, after its last publication, and never in its way."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from typing import Any

import pytest

from dags.common.assets import published
from ml.capabilities import names
from ml.commands import site as site_command
from ml.errors import DiskFull
from ml.operations.attempts import Attempt
from ml.pages.site import daily
from ml.pages.site.build import site_folder
from ml.profile.capability import PROFILE
from ml.publish.readers import version_of_day
from ml.settings import Settings
from tests.pages.site.shop import DAY, FIRST

OLD = date(2024, 1, 1)


def _runs(monkeypatch: pytest.MonkeyPatch, state: str) -> None:
    found = {day: Attempt(day, "run", state, datetime(2025, 3, 3)) for day in (FIRST, DAY)}
    monkeypatch.setattr(daily, "attempts", lambda *_: found)


def _unpublish(settings: Settings, day: date) -> None:
    shutil.rmtree(settings.published_of(PROFILE.name))
    assert version_of_day(settings, PROFILE, day) is None


def test_each_published_day_gets_a_site_unless_its_reports_are_gone(own_shop: Settings) -> None:
    assert daily.days_to_build(own_shop, {DAY, FIRST, OLD}) == [FIRST, DAY]
    assert daily.days_to_build(own_shop, ()) is None, "a person who names no day gets the newest"


def test_a_day_that_another_capability_is_about_to_publish_waits_for_it(
    own_shop: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _runs(monkeypatch, "running")
    assert daily.days_to_build(own_shop, {DAY}) == [DAY], "what is published already is not waited for"
    _unpublish(own_shop, DAY)
    assert daily.days_to_build(own_shop, {DAY}) == []
    _runs(monkeypatch, "failed")
    assert daily.days_to_build(own_shop, {DAY}) == [DAY]


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
