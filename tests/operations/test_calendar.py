"""Which days the calendar shows, also of a shop that never published and of a landing folder with odd names."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from ml.capabilities import capabilities
from ml.capability import Capability
from ml.day import lacking
from ml.landing.folder import close_day
from ml.operations.calendar import Calendar
from ml.recommend.capability import RECOMMEND
from ml.reviews.capability import REVIEWS
from ml.settings import Settings
from ml.warehouse.slices import RECORD, Slice
from testkit.shop import write_shop
from tests.typed import type_command

DAY = date(2025, 3, 1)
NEXT = DAY + timedelta(days=1)


def _shown(settings: Settings, capability: Capability = RECOMMEND) -> dict[date, str]:
    return {day.day: day.status for day in Calendar(settings, capability).days()}


def _land(settings: Settings, table: str, day: date) -> None:
    file = settings.landing_dir / table / f"dt={day}" / "rows.csv"
    file.parent.mkdir(parents=True)
    file.write_text("a\n")


def test_a_closed_day_of_a_shop_that_never_published_is_missing(settings: Settings) -> None:
    close_day(settings, date(2025, 3, 1))
    assert _shown(settings) == {date(2025, 3, 1): "missing"}
    close_day(settings, date(2025, 3, 4))
    assert _shown(settings) == {date(2025, 3, 1): "missing", date(2025, 3, 4): "missing"}


def test_a_day_that_the_hour_closed_is_shown_without_a_mark(settings: Settings) -> None:
    days = write_shop(settings.landing_dir, days=3)
    for mark in (settings.landing_dir / "_closed").iterdir():
        mark.unlink()
    assert _shown(settings) == {}
    assert _shown(settings.model_copy(update={"closing_hour": 5})) == dict.fromkeys(days, "missing")


def test_days_prints_the_closed_day_and_tells_a_stray_mark(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHELDUCK_HOME", str(settings.home))
    settings.landing_dir.mkdir(parents=True)
    assert "no day is closed yet; see: shelduck close --help" in type_command(capsys, "days").output
    close_day(settings, date(2025, 3, 1))
    (settings.landing_dir / "_closed" / "2025-04-29 (1)").touch()
    answer = type_command(capsys, "days")
    assert answer.code == 0 and "2025-03-01  missing" in answer.output
    assert "notice: _closed: 2025-04-29 (1): no day YYYY-MM-DD" in answer.output


def test_days_up_to_which_nothing_was_landed_that_a_capability_needs_are_without_files(settings: Settings) -> None:
    for day in (DAY, NEXT):
        close_day(settings, day)
    _land(settings, "interactions", DAY)
    assert _shown(settings, REVIEWS) == {DAY: "no files", NEXT: "no files"}
    assert Calendar(settings, REVIEWS).day(NEXT + timedelta(days=1)).status == "not closed"
    for later in (NEXT, NEXT + timedelta(days=1)):
        _land(settings, "reviews", later)
    assert _shown(settings, REVIEWS) == {DAY: "no files", NEXT: "missing"}


@pytest.mark.parametrize("landed", [(), ("interactions",), ("interactions", "reviews"), ("copy_briefs", "items")])
def test_a_capability_lacks_files_where_its_run_of_the_day_would_be_skipped_for_want_of_them(
    settings: Settings, landed: tuple[str, ...]
) -> None:
    settings.landing_dir.mkdir(parents=True)
    for table in landed:
        _land(settings, table, DAY)
    snapshot = Slice(settings.slices_dir / "x", DAY, "x")
    snapshot.folder.mkdir(parents=True)
    (snapshot.folder / RECORD).write_text(json.dumps({"inputs": [{"table": table} for table in landed]}))
    skipped = {each.name for each in capabilities() if lacking(each, snapshot)}
    assert {each.name for each in capabilities() if Calendar(settings, each).lacks_files(DAY)} == skipped
    assert skipped and "recommend" not in skipped


def test_without_a_landing_folder_nobody_is_said_to_land_nothing(settings: Settings) -> None:
    assert not Calendar(settings, REVIEWS).lacks_files(DAY)


def test_days_tells_in_one_line_that_a_shop_lands_no_files_for_a_capability(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SHELDUCK_HOME", str(settings.home))
    close_day(settings, DAY)
    answer = type_command(capsys, "days", "--capability", "reviews")
    assert answer.code == 0 and answer.output.splitlines() == ["reviews", "the shop lands no files for it"]
    _land(settings, "reviews", DAY)
    assert "2025-03-01  missing" in type_command(capsys, "days", "--capability", "reviews").output
