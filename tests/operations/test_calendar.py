"""Which days the calendar shows, also of a shop that never published and of a landing folder with odd names."""

from __future__ import annotations

from datetime import date

import pytest

from ml.landing.folder import close_day
from ml.operations.calendar import Calendar
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from testkit.shop import write_shop
from tests.typed import type_command


def _shown(settings: Settings) -> dict[date, str]:
    return {day.day: day.status for day in Calendar(settings, RECOMMEND).days()}


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
