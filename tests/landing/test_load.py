"""The raw layer is a function of the landing files, whatever happened on the way to it."""

from __future__ import annotations

import errno
import io
import itertools
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ml.errors import DayNotClosed, DiskFull, LandingError
from ml.landing import load as loading
from ml.landing.contract import CONTRACT
from ml.landing.load import land
from ml.landing.staging import FileRead, Stage
from ml.settings import Settings
from ml.warehouse.connection import DatabaseError, connect
from testkit.shop import TIMEZONE, write_shop
from tests.landing.conftest import DAY, EVENT_HEADER, Shop, event

DAYS = [DAY + timedelta(days=number) for number in range(4)]


def _early(day: date) -> str:
    return f"{day - timedelta(days=3)}T09:00:00Z"


def _drop_overlapping(shop: Shop, number: int) -> None:
    """Day ``number`` repeats events of the other days, and says things about items that change and change back."""
    day = DAYS[number]
    names = ["shared", f"pair{number // 2}", f"odd{number % 2}", f"own{number}", f"own{number}"]
    shop.events(*(event(name, _early(DAYS[0]), user_id=f"from{number}") for name in names), day=day)
    rows = [
        ("same", "Rake"),
        ("back", "AB"[number % 2]),
        ("late", "new" if number == 3 else "old"),
        (f"i{number}", "x"),
    ]
    shop.drop(
        "i.csv", "\n".join(["item_id,item_name", *map(",".join, rows), rows[0][0] + ",again"]), table="items", day=day
    )


@pytest.fixture(scope="module")
def landed_in_order(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The four days, landed at once: to be copied."""
    shop = Shop(Settings(home=tmp_path_factory.mktemp("in order"), timezone="UTC"))
    for number in range(4):
        _drop_overlapping(shop, number)
    shop.land(DAYS[3])
    return shop


@pytest.fixture(scope="module")
def in_order(landed_in_order: Shop) -> dict[str, list[tuple[object, ...]]]:
    return landed_in_order.everything()


@pytest.fixture
def landed(shop: Shop, landed_in_order: Shop) -> Shop:
    """A copy for one test."""
    shutil.copytree(landed_in_order.settings.home, shop.settings.home)
    return shop


def test_of_one_event_id_the_earliest_arrival_counts(in_order: dict[str, list[tuple[object, ...]]]) -> None:
    users = {row[0]: row[1] for row in in_order["interactions"]}
    assert users == {
        "shared": "from0", "pair0": "from0", "pair1": "from2", "odd0": "from0", "odd1": "from1",
        "own0": "from0", "own1": "from1", "own2": "from2", "own3": "from3",
    }  # fmt: skip


def test_an_entity_is_stored_where_it_says_something_new(in_order: dict[str, list[tuple[object, ...]]]) -> None:
    stored = sorted((row[0], row[1]) for row in in_order["items"])
    assert stored == [("back", "A"), ("back", "A"), ("back", "B"), ("back", "B"), ("i0", "x"), ("i1", "x"), ("i2", "x"),
                      ("i3", "x"), ("late", "new"), ("late", "old"), ("same", "Rake")]  # fmt: skip
    unchanged = [row[7] for row in in_order["landing_partition"] if row[0] == "items"]
    assert unchanged == [0, 2, 2, 1]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[1::5])
def test_days_that_arrive_in_any_order_end_in_the_same_rows(
    shop: Shop, in_order: dict[str, list[tuple[object, ...]]], order: tuple[int, ...]
) -> None:
    for number in order:
        _drop_overlapping(shop, number)
        shop.land(DAYS[3])
    assert shop.everything() == in_order


@pytest.mark.parametrize("number", [0, 2])
def test_a_partition_that_changes_or_vanishes_and_comes_back_leaves_no_trace(
    landed: Shop, in_order: dict[str, list[tuple[object, ...]]], number: int
) -> None:
    shop = landed
    shop.events(event("pair0", _early(DAYS[0])), event("own3", _early(DAYS[0])), day=DAYS[number])
    shop.drop("i.csv", "item_id,item_name\nsame,Spade\nback,C\n", table="items", day=DAYS[number])
    shop.land(DAYS[3])
    assert shop.everything() != in_order
    for table in ("interactions", "items"):
        shutil.rmtree(shop.settings.landing_dir / table / f"dt={DAYS[number]}")
    report = shop.land(DAYS[3])
    assert report.partitions[0].files == 0
    _drop_overlapping(shop, number)
    shop.land(DAYS[3])
    assert shop.everything() == in_order


def test_a_day_that_was_loaded_and_lies_after_the_asked_one_is_mended_too(
    shop: Shop, in_order: dict[str, list[tuple[object, ...]]]
) -> None:
    for number in (1, 2, 3):
        _drop_overlapping(shop, number)
    shop.land(DAYS[3])
    _drop_overlapping(shop, 0)
    shop.land(DAYS[0])
    assert shop.everything() == in_order


def test_a_crash_after_any_partition_is_made_good_by_the_next_run(
    shop: Shop, in_order: dict[str, list[tuple[object, ...]]]
) -> None:
    for number in (1, 2, 3):
        _drop_overlapping(shop, number)
    shop.land(DAYS[3])
    _drop_overlapping(shop, 0)

    def crash(_: object) -> None:
        raise KeyboardInterrupt

    crashes = 0
    for _ in range(20):
        try:
            shop.land(DAYS[3], on_partition=crash)
        except KeyboardInterrupt:
            crashes += 1
    assert crashes == 8
    assert shop.everything() == in_order


@pytest.mark.parametrize(
    "tampering",
    [
        "delete from raw.interactions where event_id = 'own1'",
        "insert into raw.interactions select * from raw.interactions where event_id = 'own1'",
        "delete from raw.quarantine where file like '%03-05%'",
        f"delete from raw.landing_partition where arrival_date = '{DAYS[2]}'",
        "truncate raw.items",
    ],
)
def test_rows_that_the_ledger_does_not_count_are_loaded_again(
    landed: Shop, in_order: dict[str, list[tuple[object, ...]]], tampering: str
) -> None:
    assert landed.everything() == in_order
    with connect(landed.settings) as connection:
        connection.execute(tampering)
    assert landed.everything() != in_order
    landed.land(DAYS[3])
    assert landed.everything() == in_order


def _fail_at(monkeypatch: pytest.MonkeyPatch, words: str, failure: Exception) -> None:
    """Statements that hold ``words`` fail as if the machine did."""

    class Failing:
        def __init__(self, connection: Any) -> None:
            self.connection = connection

        def execute(self, query: str, *values: Any) -> Any:
            if words in query:
                raise failure
            return self.connection.execute(query, *values)

        def __getattr__(self, name: str) -> Any:
            return getattr(self.connection, name)

    stage = loading.Stage
    monkeypatch.setattr(loading, "Stage", lambda connection, *rest: stage(Failing(connection), *rest))


def test_a_full_disk_puts_no_good_file_into_quarantine(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    names, values = EVENT_HEADER.split(","), event("e1").split(",")
    shop.drop("e.parquet", pl.DataFrame(dict(zip(names, values, strict=True))))
    words = "IO Error: Could not write file: No space left on device"
    with monkeypatch.context() as patch, pytest.raises(DiskFull) as full:
        _fail_at(patch, "read_parquet", DatabaseError(words))
        shop.land()
    assert str(full.value).startswith(
        "DiskFull: landing up to 2025-03-03: expected room on the disk; found No space left"
    )
    assert "Free space in the data home" in str(full.value)
    assert shop.accepted() == [] and shop.quarantine() == []
    shop.land()
    assert shop.accepted() == ["e1"]


def test_a_disk_that_cannot_be_read_puts_no_good_file_into_quarantine(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.drop("events.csv.gz", f"{EVENT_HEADER}\n{event('e1')}\n")
    with monkeypatch.context() as patch, pytest.raises(LandingError, match=r"events\.csv\.gz: expected a file that"):
        patch.setattr("ml.landing.text_lines.gzip.GzipFile", lambda fileobj: _Unreadable())
        shop.land()
    shop.land()
    assert shop.accepted() == ["e1"]


class _Unreadable(io.BytesIO):
    def read(self, *_: object) -> bytes:
        raise OSError(errno.EIO, "Input/output error")


def test_landing_again_reads_nothing(shop: Shop) -> None:
    shop.events(event("e1"))
    assert len(shop.land().partitions) == 1
    before = shop.everything()
    report = shop.land()
    assert (report.partitions, report.kept) == ((), 1)
    assert shop.everything() == before


def test_a_partition_arrives_only_on_its_day(shop: Shop) -> None:
    shop.events(event("e1"))
    shop.events(event("late"), day=DAYS[1])
    shop.land(DAYS[0])
    assert shop.accepted() == ["e1"]
    shop.land(DAYS[1])
    assert shop.query("select event_id, _arrival_date from raw.interactions order by 1") == [
        ("e1", DAYS[0]),
        ("late", DAYS[1]),
    ]


def test_an_open_day_is_refused_with_the_way_to_close_it(shop: Shop) -> None:
    shop.events(event("e1"))
    with pytest.raises(DayNotClosed) as refused:
        land(shop.settings, DAY)
    assert "_closed/2025-03-03" in str(refused.value) and "shelduck close 2025-03-03" in str(refused.value)
    assert not shop.settings.warehouse_path.exists()


def test_a_day_is_closed_by_its_hour(shop: Shop) -> None:
    shop.events(event("e1"))
    hourly = Settings(home=shop.settings.home, timezone="UTC", closing_hour=2)
    assert land(hourly, DAY).rows_accepted == 1
    with pytest.raises(DayNotClosed):
        land(hourly, date(2999, 1, 1))


def test_a_closed_day_without_files_is_an_empty_day(shop: Shop) -> None:
    report = shop.land()
    assert (report.rows_read, report.partitions) == (0, ())
    assert all(rows == [] for rows in shop.everything().values())


def test_the_raw_schema_is_the_contract_whichever_files_came(shop: Shop) -> None:
    shop.drop("u.csv", "user_id\nu1\n", table="users")
    shop.land()
    rows = shop.query(
        "select table_name, string_agg(column_name, ' ' order by column_index) from duckdb_columns() "
        "where schema_name = 'raw' group by 1"
    )
    assert {name: columns for name, columns in rows if name in CONTRACT} == {
        name: " ".join((*table.names, "_arrival_date", "_file", "_row")) for name, table in CONTRACT.items()
    }


def test_no_landing_folder_is_no_shop_without_files(shop: Shop) -> None:
    hourly = Settings(home=shop.settings.home, closing_hour=2)
    with pytest.raises(LandingError, match="no such folder"):
        land(hourly, DAY)


def test_what_the_contract_does_not_know_is_left_out_with_a_notice(shop: Shop) -> None:
    shop.drop("w.csv", "a\n1\n", table="weather")
    shop.drop("u.csv", "user_id,shoe_size\nu1,44\n", table="users")
    (shop.settings.landing_dir / "users" / "dt=2025-13-01").mkdir()
    notices = shop.land().notices
    assert notices == (
        "users/dt=2025-13-01: ignored, expected a folder dt=YYYY-MM-DD",
        "weather/: ignored, the contract has no such table (shelduck contract)",
        "users: unknown columns are left out: shoe_size",
    )


def test_a_row_that_gets_lost_stops_its_partition(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.events(event("e1"))
    read = Stage.read
    monkeypatch.setattr(Stage, "read", lambda *args: FileRead(read(*args).rows + 1))
    with pytest.raises(LandingError, match="expected 2 rows accounted for; found 1 accepted or quarantined"):
        shop.land()
    assert shop.accepted() == [] and shop.query("select * from raw.landing_partition") == []


def test_a_file_that_changes_while_it_is_read_stops_its_partition(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shop.events(event("e1"))
    read = Stage.read

    def write_on(stage: Stage, number: int, file: loading.LandedFile) -> FileRead:
        with path.open("a") as late:
            late.write(event("e2") + "\n")
        return read(stage, number, file)

    monkeypatch.setattr(Stage, "read", write_on)
    with pytest.raises(LandingError, match="it changed while it was read"):
        shop.land()
    monkeypatch.undo()
    shop.land()
    assert shop.accepted() == ["e1", "e2"]


def test_a_shop_of_another_kind_lands_in_full(shop: Shop) -> None:
    settings = Settings(home=shop.settings.home, timezone=TIMEZONE)
    days = write_shop(settings.landing_dir, days=10)
    report = land(settings, days[-1])
    assert report.rows_quarantined == 0 and report.rows_accepted == report.rows_read > 300
    assert len(shop.accepted("items")) == 60 and len(shop.accepted("users")) == 40


def test_a_folder_of_an_impossible_day_is_ignored_with_a_notice(shop: Shop) -> None:
    shop.events(event("e1"), day=date(9999, 12, 31))
    shop.events(event("e2"))
    assert shop.land().notices == ("interactions/dt=9999-12-31: ignored, expected a folder dt=YYYY-MM-DD",)
    assert shop.accepted() == ["e2"]


def test_a_file_that_must_not_be_read_stops_with_its_name(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shop.events(event("e1"))

    def forbidden(opened: Path, *given: object, **named: object) -> object:
        if opened != path:
            return opening(opened, *given, **named)
        raise PermissionError

    opening = type(path).open
    monkeypatch.setattr(type(path), "open", forbidden)
    with pytest.raises(LandingError, match=r"events.csv: expected a file that can be read; found PermissionError"):
        shop.land()
