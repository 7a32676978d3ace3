"""The marks that close days: what counts as one, and what is told of the rest."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ml.landing.check import check
from ml.landing.marks import marked_days, stray_marks
from ml.settings import Settings

STRAY = ("2025-04-29 (1)", "2025-13-45", "20250429", "2025-4-9", "README", "0001-01-01", "2025-W18-1", "x\x1b[31m")


@pytest.fixture
def landing(tmp_path: Path) -> Path:
    marks = tmp_path / "landing" / "_closed"
    marks.mkdir(parents=True)
    for name in ("2025-04-30", "1970-01-01", ".DS_Store"):
        (marks / name).touch()
    return marks.parent


@pytest.mark.parametrize("name", STRAY)
def test_a_name_that_is_no_day_closes_none_and_is_told(landing: Path, name: str) -> None:
    assert stray_marks(landing) == ()
    (landing / "_closed" / name).touch()
    assert marked_days(landing) == [date(1970, 1, 1), date(2025, 4, 30)]
    (notice,) = stray_marks(landing)
    assert notice.startswith(f"_closed: {name.replace(chr(27), '?')}: no day YYYY-MM-DD")


def test_many_strays_are_one_notice(landing: Path) -> None:
    for number in range(7):
        (landing / "_closed" / f"copy {number}").touch()
    assert stray_marks(landing)[0].startswith("_closed: copy 0, copy 1, copy 2 and 4 more: ")


def test_check_tells_stray_marks_without_calling_them_faults(landing: Path, tmp_path: Path) -> None:
    (landing / "items" / "dt=2025-04-30").mkdir(parents=True)
    (landing / "items" / "dt=2025-04-30" / "x.csv").write_text("item_id,item_name\ni1,Basil\n")
    (landing / "_closed" / "2025-04-29 (1)").touch()
    report = check(landing, Settings(home=tmp_path / "var"))
    assert report.faults == () and "_closed: 2025-04-29 (1)" in report.notices[0]


def test_a_landing_folder_without_marks_has_none(tmp_path: Path) -> None:
    assert marked_days(tmp_path) == [] and stray_marks(tmp_path) == ()
