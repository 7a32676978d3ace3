"""Days that are landed together end in the rows, refusals and ledger of days that are landed one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ml.landing import load as loading
from ml.landing.batch import Batch
from ml.landing.staging import Stage
from ml.settings import Settings
from tests.landing.conftest import DAY, Shop, event

DAYS = [DAY + timedelta(days=number) for number in range(4)]
_CHANGES: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "another type": lambda rows: rows.with_columns(pl.col("quantity").cast(pl.Float64)),
    "another column": lambda rows: rows.with_columns(shoe_size=pl.lit(44)),
    "a column named as a file's number is": lambda rows: rows.with_columns(file_index=pl.lit(1)),
    "no column of users": lambda rows: rows.drop("user_id"),
    "no rows": lambda rows: rows.clear(),
}


def _rows(number: int) -> pl.DataFrame:
    """Events of day ``number``, some of them refused, some known from the days before."""
    day = DAYS[number]
    morning, tomorrow = (datetime(*day.timetuple()[:3], 9, tzinfo=UTC) + timedelta(days=days) for days in (0, 1))
    events = [
        (f"own{number}", "u1", morning, 1),
        (f"own{number}", "u2", morning, 2),
        ("shared", f"u{number}", datetime(2025, 3, 1, 9, tzinfo=UTC), 1),
        (f"pair{number // 2}", "u3", datetime(2025, 3, 2, 9, tzinfo=UTC), None),
        (f"late{number}", "u4", tomorrow, 1),
        (f"word{number}", "NULL" if number == 2 else "u5", morning, 1),
        (f"more{number}", "u6", morning, -3 if number == 1 else 4),
        (None, "u7", morning, 1),
    ]
    frame = pl.DataFrame(events, schema=["event_id", "user_id", "event_ts", "quantity"], orient="row")
    return frame.with_columns(item_id=pl.lit("i1"), event_type=pl.lit("purchase"))


def _shops(tmp_path: Path, drop: Callable[[Shop], object]) -> tuple[Shop, Shop]:
    """Two shops with the same files; the second is landed, day by day."""
    together, one_by_one = (Shop(Settings(home=tmp_path / name, timezone="UTC")) for name in ("together", "single"))
    for shop in (together, one_by_one):
        drop(shop)
    for day in DAYS:
        one_by_one.land(day)
    return together, one_by_one


def _drop_days(shop: Shop) -> None:
    for number, day in enumerate(DAYS):
        shop.drop("a.parquet", _rows(number), day=day)
        shop.drop("b.parquet", _rows(number).head(2 + number), day=day)


def test_parquet_days_landed_in_one_statement_end_as_days_landed_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together, one_by_one = _shops(tmp_path, _drop_days)
    with monkeypatch.context() as patch:
        patch.setattr(Stage, "read", _no_single_file)
        report = together.land(DAYS[-1])
    assert together.everything() == one_by_one.everything()
    reasons = {reason for _, _, _, reason in together.quarantine()}
    assert len(reasons) > 6 and report.rows_quarantined > 20
    assert len(together.accepted()) == report.rows_accepted == 4 + 1 + 2 + 3 + 3


def _no_single_file(*_: object) -> None:
    raise AssertionError("a file was read by itself")


@pytest.mark.parametrize("change", _CHANGES.values(), ids=_CHANGES)
def test_a_file_unlike_the_others_is_judged_as_if_it_came_alone(
    tmp_path: Path, change: Callable[[pl.DataFrame], pl.DataFrame]
) -> None:
    def drop(shop: Shop) -> None:
        _drop_days(shop)
        shop.drop("b.parquet", change(_rows(2)), day=DAYS[2])

    together, one_by_one = _shops(tmp_path, drop)
    together.land(DAYS[-1])
    assert together.everything() == one_by_one.everything()
    assert len(together.accepted()) >= 10


@pytest.mark.parametrize("name", ["file_index", "Filename", "file_row_number"])
def test_a_column_that_is_named_as_the_database_counts_files_misleads_nobody(tmp_path: Path, name: str) -> None:
    def drop(shop: Shop) -> None:
        for number, day in enumerate(DAYS):
            shop.drop("a.parquet", _rows(number).with_columns(pl.lit(3 - number).alias(name)), day=day)

    together, one_by_one = _shops(tmp_path, drop)
    together.land(DAYS[-1])
    assert together.everything() == one_by_one.everything()
    assert together.query("select count(*) from raw.landing_partition") == [(4,)]


@pytest.mark.parametrize("size", [0, 3, 200])
def test_a_damaged_file_among_good_ones_is_refused_alone(tmp_path: Path, size: int) -> None:
    def drop(shop: Shop) -> None:
        _drop_days(shop)
        path = shop.drop("b.parquet", _rows(2), day=DAYS[2])
        path.write_bytes(path.read_bytes()[:size])

    together, one_by_one = _shops(tmp_path, drop)
    together.land(DAYS[-1])
    assert together.everything() == one_by_one.everything()
    whole = together.query("select file from raw.quarantine where row_number is null")
    assert whole == [(f"interactions/dt={DAYS[2]}/b.parquet",)]


def test_a_repetition_names_the_row_that_counts_whether_it_came_in_the_same_landing_or_before(tmp_path: Path) -> None:
    shop = Shop(Settings(home=tmp_path, timezone="UTC"))
    shop.events(event("known"))
    shop.land(DAY)
    shop.events(event("known"), event("known"), event("new"), event("new"), day=DAYS[1])
    shop.events(event("new"), event("known"), day=DAYS[2])
    shop.land(DAYS[2])
    first, second = f"interactions/dt={DAY}/events.csv, row 2", f"interactions/dt={DAYS[1]}/events.csv, row"
    assert [(row, reason.removeprefix("event_id came before in ")) for row, _, _, reason in shop.quarantine()] == [
        (2, first),
        (3, f"{second} 2"),
        (5, f"{second} 4"),
        (2, f"{second} 4"),
        (3, first),
    ]
    leaning = "select arrival_date from raw.landing_partition where leans_on_earlier order by 1"
    assert shop.query(leaning) == [(DAYS[1],), (DAYS[2],)]


def test_a_landing_that_breaks_off_keeps_the_batches_before_and_goes_on_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together, one_by_one = _shops(tmp_path, _drop_days)
    loaded: list[list[date]] = []
    record = loading.record_files

    def record_one(connection: Any, batch: Batch, *rest: Any) -> None:
        record(connection, batch, *rest)
        if loaded:
            raise KeyboardInterrupt
        loaded.append([member.arrival for member in batch.members])

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(loading, "MOST_PARTITIONS", 2)
        patch.setattr(loading, "record_files", record_one)
        together.land(DAYS[-1])
    assert loaded == [DAYS[:2]]
    assert together.query("select arrival_date from raw.landing_partition order by 1") == [(day,) for day in DAYS[:2]]
    together.land(DAYS[-1])
    assert together.everything() == one_by_one.everything()


def test_a_batch_that_holds_many_rows_takes_no_further_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Shop(Settings(home=tmp_path, timezone="UTC"))
    for day in DAYS:
        shop.events(event(f"a{day}"), event(f"b{day}"), day=day)
    sizes: list[int] = []
    record = loading.record_files
    monkeypatch.setattr(
        loading, "record_files", lambda *given: (sizes.append(len(given[1].members)), record(*given))[1]
    )
    monkeypatch.setattr(loading, "MOST_ROWS", 3)
    shop.land(DAYS[-1])
    assert sizes == [2, 2] and len(shop.accepted()) == 8
