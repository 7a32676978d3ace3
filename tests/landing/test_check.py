"""``shelduck check`` finds what would not land, and says what to do about it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from ml.errors import DiskFull, LandingError
from ml.landing.check import CheckReport, check
from ml.settings import Settings
from ml.warehouse.connection import DatabaseError
from testkit.shop import TIMEZONE, write_shop
from tests.landing.conftest import DAY, Shop, event


def _printed(report: CheckReport) -> str:
    console = Console(width=200)
    with console.capture() as captured:
        console.print(report)
    return captured.get()


def test_a_good_folder_has_no_faults_and_gets_no_warehouse(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "var", timezone=TIMEZONE)
    write_shop(tmp_path / "elsewhere", days=5)
    before = sorted(tmp_path.rglob("*"))
    report = check(tmp_path / "elsewhere", settings)
    assert report.faults == () and report.landed.rows_accepted == report.landed.rows_read > 100
    assert _printed(report).startswith("no faults")
    assert sorted(tmp_path.rglob("*")) == before


def test_a_temporary_folder_without_room_is_named_and_nothing_is_called_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DatabaseError("IO Error: Could not write file: No space left on device")

    monkeypatch.setattr("ml.landing.check.load_partitions", full)
    write_shop(tmp_path / "landing", days=1)
    with pytest.raises(DiskFull, match=r"temporary folder.*No space left.*TMPDIR="):
        check(tmp_path / "landing", Settings(home=tmp_path / "var"))


@pytest.mark.parametrize("folder", ["none", "x" * 5000, "a\0b", "~nobody-of-that-name/x", "file"])
def test_what_is_no_folder_is_refused_with_the_layout(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").touch()
    path = Path(folder) if folder.startswith("~") else tmp_path / folder
    with pytest.raises(LandingError, match=r"the argument of check.*shelduck contract"):
        check(path, Settings(home=tmp_path / "var"))


def test_every_kind_of_fault_is_named_with_its_rows_and_remedy(shop: Shop) -> None:
    good = [event(f"g{number}") for number in range(7)]
    shop.events(*good, *good, event("x", "2025-03-03 09:00"), event("secret\0"))
    shop.drop("bad.csv", "user\n1\n", table="users")
    shop.drop("w.csv", "a\n1\n", table="wether")
    report = check(shop.settings.landing_dir, shop.settings)
    assert [(fault.place, fault.column, fault.count, fault.rows) for fault in report.faults] == [
        ("wether/", None, 1, ()),
        (f"interactions/dt={DAY}/events.csv", "event_id", 7, (9, 10, 11, 12, 13)),
        (f"interactions/dt={DAY}/events.csv", "event_ts", 1, (16,)),
        (f"interactions/dt={DAY}/events.csv", "event_id", 1, (17,)),
        (f"users/dt={DAY}/bad.csv", "user_id", 1, ()),
    ]
    printed = _printed(report)
    for text in (
        "9, 10, 11, 12, 13, … (7 in all)",
        "Append Z for UTC",
        "Rename user to user_id",
        "17 records read, 7 accepted",
    ):
        assert text in printed
    assert "secret" not in printed


def test_one_fault_in_many_files_is_one_line_and_its_files_stand_below(shop: Shop) -> None:
    days = [DAY - timedelta(days=back) for back in range(30)]
    for number, day in enumerate(days):
        bad = (event(f"a{number}", "yesterday"), event(f"b{number}", "x"), event(f"c{number}", f"{day} 09:00"))
        shop.events(event(f"good{number}", f"{day}T09:00:00Z"), *bad, day=day)
    report = check(shop.settings.landing_dir, shop.settings)
    unread, naive = report.faults
    assert (unread.reason, unread.count, unread.place) == (
        "event_ts is no timestamp with offset or Z", 60, "interactions: 30 files"
    )  # fmt: skip
    assert unread.value_class == "text of 1 characters, text of 9 characters"
    assert (naive.reason, naive.count, naive.value_class) == (
        "event_ts is a timestamp without an offset", 30, "a timestamp without an offset"
    )  # fmt: skip
    assert [place.file for place in naive.places] == [f"interactions/dt={day}/events.csv" for day in sorted(days)]
    assert {place.rows for place in unread.places} == {(3, 4)} and {place.rows for place in naive.places} == {(5,)}
    lines = [line for line in _printed(report).splitlines() if line.startswith("  interactions/dt=")]
    assert len(lines) == 20 and lines[0] == f"  interactions/dt={min(days)}/events.csv: 3, 4"
    assert f"and 20 more, the last of them interactions/dt={DAY}/events.csv" in _printed(report)


def test_unknown_columns_are_a_notice_and_no_fault(shop: Shop) -> None:
    shop.drop("u.csv", "user_id,shoe_size\nu1,44\n", table="users")
    report = check(shop.settings.landing_dir, shop.settings)
    assert (report.faults, report.notices) == ((), ("users: unknown columns are left out: shoe_size",))
    assert "notice: users: unknown columns" in _printed(report)


def test_a_folder_without_landing_files_is_a_fault(tmp_path: Path) -> None:
    (fault,) = check(tmp_path, Settings(home=tmp_path)).faults
    assert fault.reason == "no landing files here" and "interactions" in fault.remedy


def test_a_path_that_is_no_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LandingError, match="no such folder"):
        check(tmp_path / "nowhere", Settings(home=tmp_path))
