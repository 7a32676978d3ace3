"""What holds for every kind of source: whole files, equal bytes, closed days, accounts, and what a person is told."""

from __future__ import annotations

import csv
import gzip
import random
import shutil
from collections.abc import Callable
from datetime import date

import pytest
from rich.console import Console

from ml.errors import LandingError
from ml.landing.adapters.adapt import Request, adapt
from ml.landing.adapters.kinds import KINDS, kind_named
from ml.landing.load import load_partitions
from ml.settings import Settings
from ml.warehouse.connection import connect
from testkit.faults.exports import EXPORTS, Export
from tests.landing.adapters.conftest import Desk, reasons
from tests.typed import type_command

pytestmark = pytest.mark.slow

HEADER = "userId,movieId,rating,timestamp\n"
FIRST, SECOND = "7,31,2.5,1741042800\n", "8,32,4.0,1741352400\n"  # 2025-03-04 and 2025-03-07 in Berlin


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


def test_closing_marks_the_days_between_too(desk: Desk) -> None:
    report = desk.adapt("movielens", desk.put("ratings.csv", HEADER + FIRST + SECOND), close=True)
    marks = sorted(path.name for path in (desk.settings.landing_dir / "_closed").iterdir())
    assert marks == ["2025-03-04", "2025-03-05", "2025-03-06", "2025-03-07"]
    assert "closed: 2025-03-04 to 2025-03-07. Run: shelduck run --as-of 2025-03-07" in _printed(report)


def test_without_closing_the_next_command_is_told(desk: Desk) -> None:
    report = desk.adapt("movielens", desk.put("my ratings/ratings.csv", HEADER + FIRST))
    assert not (desk.settings.landing_dir / "_closed").exists()
    assert 'timezone = "Europe/Berlin"' in (desk.settings.home / "shelduck.toml").read_text()
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


@pytest.mark.parametrize("name", ["ratings.dat", "events.jsonl"])
def test_a_bare_cr_in_the_first_line_costs_that_line(desk: Desk, name: str) -> None:
    kind = "movielens" if name == "ratings.dat" else "ga4"
    make = next(each for each in EXPORTS if each.__name__ == kind)
    exports = (make(random.Random(seed)) for seed in range(100))
    export = next(each for each in exports if each.name == name)
    broken = export.lines[0][:9] + b"\r" + export.lines[0][9:]
    report = desk.adapt(kind, desk.put(name, broken + b"".join(export.lines[1:])))
    assert {user for (user,) in desk.rows("interactions", "user_id")} == set(export.users[1:])
    assert report.accepted == len(export.lines) - 1 and report.quarantined > 0


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


def test_a_source_of_several_chunks_is_streamed(desk: Desk) -> None:
    told: list[tuple[str, int]] = []
    rated = "".join(f"{number},31,2.5,{1741042800 + 2 * number}\n" for number in range(60_000))
    source = desk.put("ratings.csv", HEADER + rated + "x\n")
    report = adapt(desk.settings, Request(kind_named("movielens"), source), lambda *each: told.append(each))
    assert told == [("ratings.csv", 10_000 * number) for number in range(1, 7)]
    assert (report.read, report.accepted, report.quarantined) == (60_001, 60_000, 1)
    assert report.written == {"interactions": 60_000} and len(desk.files()) == 2


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
