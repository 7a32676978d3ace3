"""What people hear of a day's arrivals: rows, not files; columns that are new or gone; nothing where all is well."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from ml.landing.arrivals import read_arrivals, told_arrivals
from ml.warehouse.arrived import is_gone
from tests.landing.conftest import DAY, EVENT_HEADER, Shop, event

NEXT = DAY + timedelta(days=1)


def _events(number: int, day: date, header: str = EVENT_HEADER) -> str:
    lines = [event(f"{day}-{n:04}", f"{day}T09:00:00Z") for n in range(number)]
    return "\n".join((header, *lines)) + "\n"


def _report(shop: Shop, day: date) -> dict[str, Any]:
    report = read_arrivals(shop.settings, day)
    assert report is not None
    return report


def _refused(shop: Shop, day: date) -> tuple[int, bool]:
    (table,) = (table for table in _report(shop, day)["tables"] if table["table"] == "interactions")
    return table["refused"], table["is_at_least"]


def test_a_day_on_which_all_is_well_has_nothing_to_tell(shop: Shop) -> None:
    shop.drop("a.csv", _events(20, DAY))
    shop.land()
    report = _report(shop, DAY)
    assert told_arrivals(report) == []
    assert [(table["table"], table["read"], table["accepted"]) for table in report["tables"]] == [
        ("interactions", 20, 20)
    ]


def test_a_day_that_was_never_landed_has_no_report(shop: Shop) -> None:
    assert read_arrivals(shop.settings, DAY) is None and told_arrivals(None) == []


def test_a_csv_refused_whole_counts_as_the_rows_that_its_size_tells(shop: Shop) -> None:
    shop.drop("a.csv", _events(200, DAY))
    shop.drop("b.csv", _events(150, NEXT, EVENT_HEADER.replace("item_id", "thing")), day=NEXT)
    shop.land(NEXT)
    rows, is_at_least = _refused(shop, NEXT)
    assert 140 <= rows <= 160 and not is_at_least
    assert told_arrivals(_report(shop, NEXT)) == [f"interactions: {rows} rows refused"]


def test_a_parquet_file_refused_whole_counts_as_the_rows_of_its_footer(shop: Shop) -> None:
    shop.drop("a.parquet", pl.DataFrame({"event_id": [f"e{n}" for n in range(77)]}))
    shop.land()
    assert _refused(shop, DAY) == (77, False)


def test_a_file_of_which_nobody_knows_the_rows_is_a_lower_bound(shop: Shop) -> None:
    shop.drop("a.parquet", b"PAR1 and nothing more")
    shop.land()
    assert _refused(shop, DAY) == (1, True)
    assert told_arrivals(_report(shop, DAY)) == ["interactions: at least 1 row refused"]


def test_later_files_change_no_figure_of_an_earlier_day(shop: Shop) -> None:
    shop.drop("a.csv", _events(50, DAY, EVENT_HEADER.replace("item_id", "thing")))
    shop.land()
    first = _refused(shop, DAY)
    shop.drop("b.csv", _events(50, NEXT), day=NEXT)
    shop.land(NEXT)
    shop.land(DAY)
    assert _refused(shop, DAY) == first == (1, True)


def test_a_file_sent_twice_is_repeated_not_refused(shop: Shop) -> None:
    shop.drop("a.csv", _events(30, DAY))
    shop.drop("again.csv", _events(30, DAY), day=NEXT)
    shop.land(NEXT)
    assert _refused(shop, NEXT) == (0, False)
    assert _report(shop, NEXT)["tables"][0]["repeated"] == 30 and told_arrivals(_report(shop, NEXT)) == []


def test_unknown_columns_are_told_also_when_the_partition_was_loaded_before(shop: Shop) -> None:
    shop.drop("a.csv", "event_id,user_id,item_id,event_type,event_ts,quantity,colour\n" + event("e1") + ",red\n")
    shop.land()
    report = shop.land()
    assert report.partitions == ()
    told = "interactions: unknown columns are left out: colour"
    assert told in report.told() and _report(shop, DAY)["notices"] == [told]


@pytest.mark.parametrize("how", ["the column is missing", "the column is empty"])
def test_a_column_that_was_filled_the_day_before_and_is_gone_is_told(shop: Shop, how: str) -> None:
    shop.drop("a.csv", _events(30, DAY))
    text = "\n".join(line.rsplit(",", 1)[0] + ("" if "missing" in how else ",") for line in _events(30, NEXT).split())
    header = EVENT_HEADER if "empty" in how else EVENT_HEADER.removesuffix(",quantity")
    shop.drop("b.csv", text.replace(text.split("\n")[0], header, 1), day=NEXT)
    shop.land(NEXT)
    assert _report(shop, NEXT)["notices"] == [f"interactions: filled on {DAY} and empty now: quantity"]
    shop.land(DAY)
    assert _report(shop, DAY)["notices"] == []


def test_a_seldom_filled_column_is_not_missed_at_once() -> None:
    assert is_gone(1000, 1000, 0, 2) and is_gone(100, 1000, 0, 100)
    assert not is_gone(1, 1000, 0, 1000), "once in a thousand rows may well be never in the next thousand"
    assert not is_gone(1, 1, 0, 1) and not is_gone(0, 1000, 0, 1000) and not is_gone(1000, 1000, 1, 1000)


def test_stray_files_and_misnamed_folders_are_told(shop: Shop) -> None:
    shop.drop("a.csv", _events(2, DAY))
    (shop.settings.landing_dir / "rules").mkdir()
    (shop.settings.landing_dir / "rules" / "dt=2025-3-3").mkdir()
    (shop.settings.landing_dir / "notes.txt").write_text("hello")
    shop.land()
    told = " ".join(told_arrivals(_report(shop, DAY)))
    assert "rules/dt=2025-3-3: ignored" in told and "notes.txt: ignored" in told


def test_the_report_holds_no_values_of_people(shop: Shop) -> None:
    shop.events(event("e1", user_id="alice", quantity="-1"), event("e2", user_id="alice", item_id=""))
    shop.drop("u.jsonl", '{"user_id": "alice"', table="users")
    shop.land()
    report = _report(shop, DAY)
    assert len(report["faults"]) == 3 and "alice" not in str(report)
