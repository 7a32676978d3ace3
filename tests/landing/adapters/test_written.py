"""Files of a source appear whole, are replaced while their days are open, and never change a closed day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ml.errors import LandingError
from ml.landing.adapters import written
from ml.landing.adapters.adapt import Request, adapt
from ml.landing.adapters.kinds import kind_named
from ml.landing.adapters.written import Output
from ml.landing.folder import close_day
from ml.settings import Settings
from tests.landing.adapters.conftest import Desk

pytestmark = pytest.mark.slow

HEADER = "userId,movieId,rating,timestamp\n"
FIRST, SECOND = "7,31,2.5,1741042800\n", "8,32,4.0,1741352400\n"  # 2025-03-04 and 2025-03-07 in Berlin
DAYS = ("2025-03-04", "2025-03-07")


def test_a_second_run_changes_no_file(desk: Desk) -> None:
    source = desk.put("ratings.csv", HEADER + FIRST + SECOND)
    desk.adapt("movielens", source, close=True)
    before = {path: path.stat().st_mtime_ns for path in desk.settings.landing_dir.glob("[a-z]*/**/*.parquet")}
    report = desk.adapt("movielens", source, close=True)
    assert {path: path.stat().st_mtime_ns for path in before} == before and len(before) == 2
    assert report.notices == () and len(report.closed) == 4


def test_a_closed_day_is_not_changed(desk: Desk) -> None:
    desk.adapt("movielens", desk.put("ratings.csv", HEADER + FIRST + SECOND), close=True)
    before = desk.files()
    longer = desk.put("ratings.csv", HEADER + FIRST + SECOND + "9,33,1,1741352400\n")
    with pytest.raises(LandingError, match=r"day 2025-03-07: expected an open day, or the very bytes.*--arrived"):
        desk.adapt("movielens", longer)
    shorter = desk.put("ratings.csv", HEADER + FIRST)
    with pytest.raises(LandingError, match=r"day 2025-03-07: .*a closed day, whose files would change"):
        desk.adapt("movielens", shorter)
    with pytest.raises(LandingError, match="day 2025-03-04 and 1 more days"):
        desk.adapt("movielens", desk.put("other.csv", HEADER + FIRST + SECOND))
    assert desk.files() == before


def test_a_day_that_its_hour_closed_takes_new_files_and_changes_none(desk: Desk) -> None:
    closes = Desk(Settings(home=desk.settings.home, timezone="Europe/Berlin", closing_hour=3), desk.folder)
    closes.adapt("movielens", desk.put("ratings.csv", HEADER + FIRST))
    before = closes.files()
    with pytest.raises(LandingError, match="day 2025-03-04: "):
        closes.adapt("movielens", desk.put("ratings.csv", HEADER + FIRST.replace("2.5", "3")))
    assert closes.files() == before and before


def test_a_corrected_source_replaces_its_files_of_open_days_and_says_so(desk: Desk) -> None:
    desk.adapt("movielens", desk.put("ratings.csv", HEADER + FIRST + SECOND))
    report = desk.adapt("movielens", desk.put("ratings.csv", HEADER + FIRST.replace("2.5", "3")))
    assert desk.rows("interactions", "rating") == [("3.0000",)]
    replaced = [f"interactions/dt={day}/movielens-ratings.parquet was replaced or removed" for day in DAYS]
    assert list(report.notices) == replaced


def test_an_interrupted_run_leaves_whole_files_that_the_next_one_completes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = desk.put("ratings.csv", HEADER + FIRST + SECOND)
    moved: list[Path] = []

    def stop(path: Path) -> None:
        moved.append(path)
        if len(moved) == 4:  # the list, its folder, the first file and its folder are written
            raise KeyboardInterrupt

    monkeypatch.setattr(written, "sync", stop)
    with pytest.raises(KeyboardInterrupt):
        desk.adapt("movielens", source, close=True)
    monkeypatch.undo()
    half = desk.files()
    assert not (desk.settings.landing_dir / "_closed").exists()
    desk.adapt("movielens", source, close=True)
    whole = desk.files()
    assert half.items() <= whole.items() and len(whole) == 2
    assert not list(desk.settings.landing_dir.rglob(".tmp-*"))


def test_a_killed_runs_work_is_swept_and_two_at_once_are_refused(desk: Desk) -> None:
    source = desk.put("ratings.csv", HEADER + FIRST)
    output = Output.of(desk.settings, "movielens", source)
    left = output.folder / ".tmp-work-1" / "interactions"
    left.mkdir(parents=True)
    with output.held(), pytest.raises(LandingError, match="another one that adapts this source"):
        adapt(desk.settings, Request(kind_named("movielens"), source))
    desk.adapt("movielens", source)
    assert not left.exists()


def test_a_day_of_very_many_rows_is_split_into_files_that_landing_takes(desk: Desk) -> None:
    small = Desk(Settings(home=desk.settings.home, timezone="Europe/Berlin", max_file_rows=2), desk.folder)
    rated = "".join(f"{number},31,2.5,1741042800\n" for number in range(5))
    small.adapt("movielens", desk.put("ratings.csv", HEADER + rated))
    assert sorted(path.split("/")[-1] for path in small.files()) == [
        "movielens-ratings-1.parquet",
        "movielens-ratings-2.parquet",
        "movielens-ratings.parquet",
    ]
    assert len(small.rows("interactions", "user_id")) == 5


def test_sources_of_other_names_get_files_of_their_own(desk: Desk) -> None:
    names = ("ratings a.csv", "ratings-a.csv", "ратинг.csv", "v1.0/ratings.csv", "v1.1/ratings.csv", "v1/ratings.csv")
    for number, name in enumerate(names):
        path = desk.put(name, f"{HEADER}{number},31,2.5,1741042800\n")
        desk.adapt("movielens", path.parent if "/" in name else path)
    assert len(desk.files()) == len(names)


def test_a_closed_day_before_is_no_obstacle_to_a_late_day(desk: Desk) -> None:
    close_day(desk.settings, date(2025, 3, 4))
    desk.adapt("movielens", desk.put("ratings.csv", HEADER + FIRST), arrived=date(2025, 3, 5))
    assert desk.days("interactions") == ["2025-03-05"]
