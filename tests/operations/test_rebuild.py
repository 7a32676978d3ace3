"""``shelduck rebuild``: a warehouse nobody can open is built anew, and days that come out otherwise are told."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ml import cli
from ml.capability import Capability
from ml.landing.load import land
from ml.operations import rebuild as rebuilding
from ml.operations.rebuild import Rebuilt, rebuild
from ml.publish.readers import manifest, version_of_day
from ml.settings import Settings
from ml.warehouse.build import build
from ml.warehouse.connection import connect
from testkit.faults.garden import correct, garden, run_day
from testkit.shop import FIRST_DAY


def _content(settings: Settings, capability: Capability, day: date) -> str:
    found = version_of_day(settings, capability, day)
    assert found is not None
    return manifest(settings, capability, found.id).content_hash


@pytest.mark.slow
@pytest.mark.usefixtures("forked_runs")
def test_a_broken_warehouse_is_rebuilt_and_only_days_whose_files_changed_come_out_otherwise(tmp_path: Path) -> None:
    settings, days = garden(tmp_path / "a home", 30, weekly_until=FIRST_DAY + timedelta(days=20))
    settings = settings.model_copy(update={"capabilities": ("recommend", "profile")})  # each more is a process more
    first, second = days[-3], days[-1]
    land(settings, second)
    build(settings, [first, second])  # both with one run of dbt
    for day in (second, first):
        run_day(settings, day)
    before = {
        (each.name, day): _content(settings, each, day) for each in settings.capabilities_on for day in (first, second)
    }
    correct(settings, days[-2])
    settings.warehouse_path.write_bytes(b"\xff" * 50_000)
    slices = {path.name for path in settings.slices_dir.iterdir()}
    told: list[Rebuilt] = []

    compared = rebuild(settings, told.append)

    assert compared == told
    assert {(each.capability, each.day): each.before for each in compared} == before
    assert {(each.capability, each.day) for each in compared if not each.is_equal} == {
        (each.name, second) for each in settings.capabilities_on
    }
    with connect(settings) as connection:
        assert connection.execute("select count(*) from raw.interactions").fetchall()[0][0] > 500
    old = settings.warehouse_path.with_name(f"{settings.warehouse_path.name}.old")
    assert old.read_bytes() == b"\xff" * 50_000
    assert {path.name for path in settings.slices_dir.iterdir()} != slices


def test_the_command_ends_with_an_error_when_a_day_came_out_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [
        Rebuilt("recommend", date(2025, 6, 1), "same", "same"),
        Rebuilt("recommend", date(2025, 6, 2), "a" * 64, "b" * 64),
    ]
    monkeypatch.setenv("SHELDUCK_HOME", str(tmp_path / "var"))
    monkeypatch.setattr(rebuilding, "rebuild", lambda _, show: [show(day) for day in days] and days)

    result = CliRunner().invoke(cli.app, ["rebuild"])

    assert result.exit_code == 1
    assert "2025-06-01 equal" in result.output and "2025-06-02 aaaaaaaaaaaa is now bbbbbbbbbbbb" in result.output
    assert "1 of 2 published days came out equal" in result.output


def test_a_shop_that_published_nothing_has_nothing_to_compare(tmp_path: Path) -> None:
    settings, _ = garden(tmp_path / "var", 1)
    settings.warehouse_path.parent.mkdir()
    settings.warehouse_path.write_bytes(b"broken")

    assert rebuild(settings, lambda day: None) == []
    assert not settings.warehouse_path.exists()
