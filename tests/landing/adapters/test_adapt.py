"""What holds for every kind of source: whole files, equal bytes, closed days, accounts, and what a person is told."""

from __future__ import annotations

import csv
import gzip
import random
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from bench.faults.exports import EXPORTS, Export
from ml.errors import LandingError
from ml.landing.adapters import written
from ml.landing.adapters.adapt import Request, adapt
from ml.landing.adapters.kinds import KINDS, kind_named
from ml.landing.adapters.written import Output
from ml.landing.folder import close_day
from ml.landing.load import load_partitions
from ml.settings import Settings
from ml.warehouse.connection import connect
from tests.landing.adapters.conftest import Desk, reasons
from tests.typed import type_command

HEADER = "userId,movieId,rating,timestamp\n"
FIRST, SECOND = "7,31,2.5,1741042800\n", "8,32,4.0,1741352400\n"  # 2025-03-04 and 2025-03-07 in Berlin
DAYS = ["2025-03-04", "2025-03-07"]


def _printed(report: object) -> str:
    console = Console(width=300)
    with console.capture() as captured:
        console.print(report)
    return captured.get()


@pytest.mark.parametrize("make", EXPORTS, ids=lambda make: make.__name__)
def test_what_is_written_is_loaded_in_full_and_equal_in_every_run(desk: Desk, make: Callable[..., Export]) -> None:
    export = make(random.Random(7))
    source = desk.put(export.name, export.content)
    report = adapt(desk.settings, Request(kind_named(export.kind), source))
    with connect(desk.settings) as connection:
        landed = load_partitions(desk.settings, connection, date.max)
    assert landed.rows_read == landed.rows_accepted == sum(report.written.values()) >= len(set(export.users))
    assert report.faults == () and report.accepted == report.read == len(export.lines)
    before = desk.files()
    other = Settings(home=desk.settings.home.parent / "other", timezone="Europe/Berlin", threads=1)
    other.home.mkdir(mode=0o700)
    shutil.copy(desk.settings.home / "pseudonym.key", other.home)
    adapt(other, Request(kind_named(export.kind), source))
    assert Desk(other, desk.folder).files() == before and before


def test_every_kind_has_an_export_that_is_mutated() -> None:
    assert [make(random.Random(0)).kind for make in EXPORTS] == [kind.name for kind in KINDS]


def test_a_second_run_changes_no_file(desk: Desk) -> None:
    source = desk.put("ratings.csv", HEADER + FIRST + SECOND)
    desk.adapt("movielens", source, close=True)
    before = {path: path.stat().st_mtime_ns for path in desk.settings.landing_dir.glob("[a-z]*/**/*.parquet")}
    report = desk.adapt("movielens", source, close=True)
    assert {path: path.stat().st_mtime_ns for path in before} == before and len(before) == 2
    assert report.notices == () and len(report.closed) == 4


def test_closing_marks_the_days_between_too(desk: Desk) -> None:
    report = desk.adapt("movielens", desk.put("ratings.csv", HEADER + FIRST + SECOND), close=True)
    marks = sorted(path.name for path in (desk.settings.landing_dir / "_closed").iterdir())
    assert marks == ["2025-03-04", "2025-03-05", "2025-03-06", "2025-03-07"]
    assert "closed: 2025-03-04 to 2025-03-07. Run: shelduck run --as-of 2025-03-07" in _printed(report)


def test_without_closing_the_next_command_is_told(desk: Desk) -> None:
    report = desk.adapt("movielens", desk.put("my ratings/ratings.csv", HEADER + FIRST))
    assert not (desk.settings.landing_dir / "_closed").exists()
    assert f"shelduck adapt movielens '{desk.folder}/my ratings/ratings.csv' --close" in _printed(report)


def test_everything_arrives_on_the_day_that_is_given(desk: Desk) -> None:
    source = desk.put("ratings.csv", HEADER + FIRST + SECOND)
    report = desk.adapt("movielens", source, arrived=date(2025, 3, 6), close=True)
    assert desk.days("interactions") == ["2025-03-06"] and report.closed == (date(2025, 3, 6),)
    assert reasons(report) == [("timestamp", "event_ts lies after its arrival day")]
    assert "--arrived 2025-03-06" in report.command


def test_a_day_of_which_nothing_is_used_is_closed_as_an_empty_day(desk: Desk) -> None:
    quiet = desk.put("events.json", '{"event_name": "session_start"}\n')
    report = desk.adapt("ga4", quiet, arrived=date(2025, 3, 6), close=True)
    assert [path.name for path in (desk.settings.landing_dir / "_closed").iterdir()] == ["2025-03-06"]
    assert "nothing to land" in _printed(report) and "closed: 2025-03-06" in _printed(report)


def test_no_day_is_closed_when_a_file_was_refused_whole(desk: Desk) -> None:
    desk.put("ml/a/ratings.csv", HEADER + FIRST)
    desk.put("ml/b/ratings.csv.gz", gzip.compress((HEADER + SECOND).encode())[:-9])
    report = desk.adapt("movielens", desk.folder / "ml", close=True)
    assert report.closed == () and not (desk.settings.landing_dir / "_closed").exists()
    assert "The days stay open, for a file was refused whole" in _printed(report)


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


def test_a_file_that_is_cut_off_costs_itself_and_not_its_siblings(desk: Desk) -> None:
    packed = gzip.compress((HEADER + FIRST * 5_000).encode())
    desk.put("ml/a/ratings.csv.gz", packed[:-20])
    desk.put("ml/b/ratings.csv", HEADER + SECOND)
    desk.put("ml/c/ratings.csv", "")
    report = desk.adapt("movielens", desk.folder / "ml")
    assert desk.rows("interactions", "user_id") == [("8",)]
    assert [(file.name, file.records.read, file.records.quarantined) for file in report.files] == [
        ("ml/a/ratings.csv.gz", 1, 1),
        ("ml/b/ratings.csv", 1, 0),
        ("ml/c/ratings.csv", 1, 1),
    ]
    assert [fault.places[0].words for fault in report.faults] == ["all of it", "all of it"]


def test_refused_records_are_listed_up_to_a_limit_and_never_with_their_values(desk: Desk) -> None:
    few = Desk(Settings(home=desk.settings.home, timezone="Europe/Berlin", max_quarantined_rows=2), desk.folder)
    bad = "".join(f"8,32,secret{number},1741352400\n" for number in range(5))
    report = few.adapt("movielens", desk.put("ratings.csv", HEADER + FIRST + bad))
    with (desk.settings.landing_dir / str(report.refused_file)).open(encoding="utf-8", newline="") as stream:
        listed = list(csv.DictReader(stream))
    assert [(row["line"], row["column"], row["value_class"]) for row in listed[1:]] == [
        ("3", "rating", "text of 7 characters"),
        ("4", "rating", "text of 7 characters"),
    ]
    assert listed[0]["reason"].startswith("3 rows more are refused")
    assert report.quarantined == sum(fault.count for fault in report.faults) == 5
    assert "secret" not in _printed(report)
    assert "_adapted/movielens-ratings/refused.csv" in _printed(report)


def test_the_list_of_refused_records_goes_when_there_are_none_left(desk: Desk) -> None:
    report = desk.adapt("movielens", desk.put("ratings.csv", HEADER + FIRST + "x\n"))
    listed = desk.settings.landing_dir / str(report.refused_file)
    assert listed.exists()
    assert desk.adapt("movielens", desk.put("ratings.csv", HEADER + FIRST)).refused_file is None
    assert not listed.exists()


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


def test_a_source_of_several_chunks_is_streamed(desk: Desk) -> None:
    told: list[tuple[str, int]] = []
    rated = "".join(f"{number},31,2.5,{1741042800 + 2 * number}\n" for number in range(60_000))
    source = desk.put("ratings.csv", HEADER + rated + "x\n")
    report = adapt(desk.settings, Request(kind_named("movielens"), source), lambda *each: told.append(each))
    assert told == [("ratings.csv", 10_000 * number) for number in range(1, 7)]
    assert (report.read, report.accepted, report.quarantined) == (60_001, 60_000, 1)
    assert report.written == {"interactions": 60_000} and len(desk.files()) == 2


def test_sources_of_other_names_get_files_of_their_own(desk: Desk) -> None:
    names = ("ratings a.csv", "ratings-a.csv", "ратинг.csv", "v1.0/ratings.csv", "v1.1/ratings.csv", "v1/ratings.csv")
    for number, name in enumerate(names):
        path = desk.put(name, f"{HEADER}{number},31,2.5,1741042800\n")
        desk.adapt("movielens", path.parent if "/" in name else path)
    assert len(desk.files()) == len(names)


def test_a_folder_is_read_one_level_deep(desk: Desk) -> None:
    for name in ("ratings.csv", "a/ratings.csv", "a/b/ratings.csv"):
        desk.put(f"ml/{name}", HEADER + FIRST.replace("7,", f"{len(name)},"))
    report = desk.adapt("movielens", desk.folder / "ml")
    assert [file.name for file in report.files] == ["ml/a/ratings.csv", "ml/ratings.csv"]


@pytest.mark.parametrize("name", ["nothing", "empty", "x" * 5_000, "a\0b", "~nobody-of-that-name/x"])
def test_a_source_that_is_not_there_is_named_with_an_example(desk: Desk, name: str) -> None:
    (desk.folder / "empty").mkdir(parents=True)
    with pytest.raises(LandingError, match=r"SOURCE: expected a file, or a folder .*shelduck adapt ga4"):
        adapt(desk.settings, Request(kind_named("ga4"), desk.folder / name))
    assert not desk.settings.landing_dir.exists()


def test_a_folder_is_read_without_hidden_files(desk: Desk) -> None:
    for name in ("ml/ratings.csv", "ml/.ratings.csv", "ml/_old/ratings.csv"):
        desk.put(name, HEADER + FIRST)
    assert [file.name for file in desk.adapt("movielens", desk.folder / "ml").files] == ["ml/ratings.csv"]


def test_a_closed_day_before_is_no_obstacle_to_a_late_day(desk: Desk) -> None:
    close_day(desk.settings, date(2025, 3, 4))
    desk.adapt("movielens", desk.put("ratings.csv", HEADER + FIRST), arrived=date(2025, 3, 5))
    assert desk.days("interactions") == ["2025-03-05"]


def test_the_command_ends_as_check_does(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in desk.settings.environment().items():
        monkeypatch.setenv(name, value)
    good = type_command(capsys, "adapt", "movielens", str(desk.put("good.csv", HEADER + FIRST)))
    assert good.code == 0 and "no faults: 1 records read, 1 accepted" in good.output
    bad = type_command(capsys, "adapt", "movielens", str(desk.put("bad.csv", HEADER + "8,32,4.0,1741352400\n8,32\n")))
    assert bad.code == 1 and "faults" in bad.output and "2 records read, 1 accepted" in bad.output
    unknown = type_command(capsys, "adapt", "magento", "x")
    assert unknown.code == 1 and "expected one of personalize, ga4" in unknown.errors
    told = type_command(capsys, "adapt", "--help")
    assert told.code == 0 and all(f"{kind.name}: {kind.doc[:20]}" in told.output for kind in KINDS)
