from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ml.capabilities import snapshot_tables
from ml.capability import Capability
from ml.errors import BuildFailed
from ml.recommend.capability import RECOMMEND
from ml.warehouse import build as build_module
from ml.warehouse import dbt
from ml.warehouse.build import build, variables
from ml.warehouse.connection import connect
from ml.warehouse.earlier import earlier_slices, is_thin
from ml.warehouse.slices import Slice
from tests.warehouse.tiny_shop import AS_OF, LAST, TinyShop, bytes_of, events, landed


@pytest.fixture
def shop(tmp_path: Path, landed_home: Path) -> TinyShop:
    """A shop of its own, for tests that change it."""
    return TinyShop(shutil.copytree(landed_home, tmp_path / "var"))


@pytest.fixture
def built_before(tmp_path: Path, built_home: Path) -> TinyShop:
    """The same, where the four days are built."""
    return TinyShop(shutil.copytree(built_home, tmp_path / "var"))


def _no_dbt(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("dbt was run")

    monkeypatch.setattr(build_module.dbt, "run", refuse)


def test_a_poisoned_future_and_the_order_of_building_change_nothing(shop: TinyShop, built: dict[date, Slice]) -> None:
    poison = [
        {
            **event,
            "event_id": f"poison{n}",
            "arrival": LAST + timedelta(days=1),
            "event_value": 99999.0,
            "quantity": 500,
        }
        for n, event in enumerate(events())
    ]
    shop.write("interactions", landed(poison))
    shop.write("items", [{"arrival": LAST + timedelta(days=1), "item_id": "item01", "item_name": "From the future"}])
    shop.close(LAST + timedelta(days=1)).land(LAST + timedelta(days=1))

    backwards = [shop.build(day)[0] for day in (AS_OF[3], AS_OF[1])]

    assert bytes_of(backwards) == bytes_of([built[AS_OF[3]], built[AS_OF[1]]])
    assert [slice_.folder.name for slice_ in backwards] == [built[day].folder.name for day in (AS_OF[3], AS_OF[1])]


def test_a_day_that_was_built_is_verified_and_not_built_again(
    built_shop: TinyShop, built: dict[date, Slice], monkeypatch: pytest.MonkeyPatch
) -> None:
    _no_dbt(monkeypatch)

    again = built_shop.build(LAST, AS_OF[0])

    assert again == [built[LAST], built[AS_OF[0]]]


@pytest.mark.slow
def test_changed_vanished_and_emptied_partitions_end_as_if_they_had_always_been_so(
    built_before: TinyShop, built: dict[date, Slice], tmp_path: Path
) -> None:
    shop, before = built_before, [built[LAST]]
    changed, vanished = _busy_days()
    other = [
        {**event, "event_value": event["event_value"] + 1} if event["arrival"] == changed else event
        for event in events()
        if event["arrival"] != vanished
    ]
    shop.write("interactions", landed(event for event in other if event["arrival"] == changed))
    shop.partition("interactions", vanished).unlink()
    shop.land()

    after = shop.build(LAST)

    fresh = TinyShop(tmp_path / "fresh").drop(other).land().build(LAST)
    assert bytes_of(after) == bytes_of(fresh) != bytes_of(before)


def _busy_days() -> tuple[date, date]:
    arrivals = sorted({event["arrival"] for event in events() if event["event_type"] == "purchase"})
    return arrivals[10], arrivals[20]


def test_a_build_killed_after_dbt_is_done_again_and_ends_the_same(
    shop: TinyShop, built: dict[date, Slice], monkeypatch: pytest.MonkeyPatch
) -> None:
    for moment in ("mark_built", "export_slice"):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(build_module, moment, _interrupt)
            shop.build(LAST)
        assert not list(shop.settings.home.glob("slices/*/slice.json"))

    assert bytes_of(shop.build(LAST)) == bytes_of([built[LAST]])


def test_a_killed_build_of_a_file_that_then_returns_to_what_it_was_leaves_no_trace(
    built_before: TinyShop, built: dict[date, Slice], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, (changed, _) = built_before, _busy_days()
    path = shop.partition("interactions", changed)
    before = path.read_text()
    path.write_text(before.replace('"event_value": ', '"event_value": 9'))
    shop.land()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(build_module, "mark_built", _interrupt)
        shop.build(LAST)
    path.write_text(before)
    shop.land()
    shutil.rmtree(shop.settings.slices_dir)
    assert bytes_of(shop.build(LAST)) == bytes_of([built[LAST]])


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt


def test_a_tampered_slice_is_built_again(built_shop: TinyShop, built: dict[date, Slice]) -> None:
    slice_ = built[AS_OF[0]]
    good = bytes_of([slice_])
    (slice_.folder / "history.parquet").write_bytes(b"")
    assert not slice_.is_intact(snapshot_tables())

    again = built_shop.build(AS_OF[0])

    assert bytes_of(again) == good
    assert again[0].is_intact(snapshot_tables())


@pytest.mark.slow
def test_no_more_dates_and_slices_are_kept_than_the_settings_say(tmp_path: Path, landed_home: Path) -> None:
    shop = TinyShop(shutil.copytree(landed_home, tmp_path / "var"), kept_as_of_dates=2, kept_slices=1)
    days = [LAST - timedelta(days=n) for n in (3, 2, 1)]

    shop.build(*days[:2])
    shop.build(days[2])

    with connect(shop.settings) as connection:
        kept = {
            table: connection.execute(f"select distinct as_of_date from marts.{table} order by 1").fetchall()
            for table in ("feat_user", "daily_volume", "history")
        }
    assert kept["feat_user"] == kept["daily_volume"] == [(day,) for day in days[1:]]
    assert kept["history"] == [(days[2],)], "those of the last build"
    whole = [path.name[:10] for path in shop.settings.slices_dir.iterdir() if not is_thin(path)]
    assert whole == [str(days[2])], "of the others, what later days are compared with"


@pytest.mark.slow
def test_the_rows_of_an_as_of_date_lie_together_so_that_it_can_leave_without_rewriting_others(
    built_before: TinyShop,
) -> None:
    days = [LAST - timedelta(days=n) for n in (20, 19, 18)]

    built_before.build(*days)

    with connect(built_before.settings) as connection:
        stored = connection.execute("select as_of_date from marts.feat_user_item order by rowid").fetchall()
    last = [day for (day,) in stored if day in days]
    assert last == sorted(last)
    assert set(last) == set(days)


def test_the_warehouse_is_free_for_other_processes_after_a_build(
    built_shop: TinyShop, built: dict[date, Slice]
) -> None:
    count = "duckdb.connect(sys.argv[1]).execute('select count(*) from marts.feat_user').fetchone()"
    command = [sys.executable, "-c", f"import duckdb, sys; print({count})", str(built_shop.settings.warehouse_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "(0,)" not in done.stdout


def test_a_build_for_a_capability_makes_the_days_that_it_compares_too(
    built_shop: TinyShop, built: dict[date, Slice]
) -> None:
    comparing = replace(RECOMMEND, compares=(1, 2), compared=("customer_profile",))
    (made,) = build(built_shop.settings, [LAST], capability=comparing)
    found = earlier_slices(made, comparing.compares)
    assert made.as_of == LAST and {days: each.as_of for days, each in found.items()} == {
        days: LAST - timedelta(days=days) for days in comparing.compares
    }
    asked_for = built[LAST - timedelta(days=1)].table("customer_profile")
    assert found[1].table("customer_profile").equals(asked_for), "as if the day had been asked for itself"
    assert is_thin(found[2].folder) and not is_thin(made.folder), "of a day that nobody asked for, what is compared"
    shutil.rmtree(found[2].folder)


def test_a_failing_model_is_named_and_holds_up_only_the_capabilities_that_need_it(built_shop: TinyShop) -> None:
    day = date(2017, 12, 1)
    consents = Capability("consents", "", outputs=(), reads=("dim_consent", "dim_user"), compute="")
    with _renamed(built_shop, "promotions"):
        with pytest.raises(BuildFailed, match=r"stg_landing__promotions.*does not exist") as failed:
            build(built_shop.settings, [day], capability=RECOMMEND)
        assert str(built_shop.settings.home) not in str(failed.value)
        assert not list(built_shop.settings.slices_dir.glob(f"{day}*"))
        (made,) = build(built_shop.settings, [day], capability=consents)
        without = {"feat_item", "feat_user_item"}  # the second cannot be tested against the first
        assert set(made.record["tables"]) == set(snapshot_tables()) - without
    (whole,) = build(built_shop.settings, [day], capability=RECOMMEND)

    assert whole.folder == made.folder and whole.is_intact(snapshot_tables())
    assert bytes_of([whole]) == bytes_of(built_shop.build(day))
    shutil.rmtree(whole.folder)


@contextmanager
def _renamed(shop: TinyShop, table: str) -> Iterator[None]:
    for before, after in ((table, "elsewhere"), ("elsewhere", table)):
        with connect(shop.settings) as connection:
            connection.execute(f"drop view if exists staging.stg_landing__{table}")
            connection.execute(f"alter table raw.{before} rename to {after}")
        if before == table:
            yield


def test_a_repeated_key_fails_the_dates_of_this_run_and_no_others(built_shop: TinyShop) -> None:
    bad = date(2000, 1, 1)
    with connect(built_shop.settings) as connection:
        connection.execute(
            "insert into marts.dim_user by name select ? as as_of_date, 'twin' as user_id from range(2)", [bad]
        )

    def check(day: date) -> None:
        dbt.run(built_shop.settings, "test", variables(built_shop.settings, [day], None), "--select", "key_dim_user*")

    check(LAST)
    with pytest.raises(BuildFailed, match=r"key_dim_user.*Got 1 result"):
        check(bad)


def test_a_warehouse_that_was_never_loaded_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BuildFailed, match="Run: shelduck land"):
        TinyShop(tmp_path / "var").build(LAST)


def test_only_plain_dates_reach_the_sql(built_shop: TinyShop) -> None:
    for smuggled in ("2017-12-02'); drop table x; --", datetime(2017, 12, 2)):
        with pytest.raises(TypeError, match=r"expected datetime\.date"):
            build(built_shop.settings, [smuggled])  # type: ignore[list-item]
