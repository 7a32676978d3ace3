"""Bombs and damaged files: whatever one file holds, it is quarantined alone and the others arrive."""

from __future__ import annotations

import gzip
import io
import random
from collections.abc import Callable
from contextlib import closing
from typing import NoReturn

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml.errors import DiskFull, LandingError
from ml.landing.check import check
from ml.landing.contract import CONTRACT
from ml.landing.parquet_files import ParquetProbe
from ml.landing.refusal import RefusedFileError
from tests.landing.conftest import EVENT_HEADER, Shop, event

GOOD = pl.DataFrame(
    {"event_id": ["a", "b"], "user_id": ["u", "u"], "item_id": ["i", "j"], "event_type": ["view_item"] * 2,
     "event_ts": ["2025-03-03T01:00:00Z"] * 2}
)  # fmt: skip


def _limited(shop: Shop, **limits: int) -> Shop:
    return Shop(shop.settings.model_copy(update=limits))


def _parquet(frame: pl.DataFrame = GOOD) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    return buffer.getvalue()


def _claiming(rows: int) -> bytes:
    """A Parquet file whose footer claims so many rows, in total and in its row group."""
    held = _parquet(pl.concat([GOOD] * 33))  # 66 rows: a varint of two bytes, 0x84 0x01
    where = held.rindex(b"PAR1") - 4
    size = int.from_bytes(held[where : where + 4], "little")
    body, footer = held[: where - size], held[where - size : where]
    count, number = b"", rows << 1
    while number:
        number, part = number >> 7, number & 127
        count += bytes([part | (128 if number else 0)])
    assert b"\x84\x01" in footer
    footer = footer.replace(b"\x84\x01", count)
    return body + footer + len(footer).to_bytes(4, "little") + b"PAR1"


def test_refused_rows_beyond_the_limit_are_counted_in_one_row(shop: Shop) -> None:
    shop = _limited(shop, max_quarantined_rows=3)
    lines = [event(f"e{number}", event_type="bought") for number in range(6)]
    shop.drop("e.csv.gz", "\n".join((EVENT_HEADER, *lines, "x\n" * 10, event("good"))))
    report = shop.land()
    assert shop.accepted() == ["good"]
    assert (report.rows_read, report.rows_accepted, report.rows_quarantined) == (17, 1, 16)
    assert shop.query("select row_number, value_class, records from raw.quarantine order by row_number") == [
        *((number, "text of 6 characters", 1) for number in (2, 3, 4)),
        (5, "many refused rows", 13),
    ]
    assert shop.land().partitions == ()
    (fault,) = [fault for fault in check(shop.settings.landing_dir, shop.settings).faults if fault.count > 3]
    assert (fault.count, fault.reason) == (13, "13 rows more are refused; only the rows before this one are listed")


def test_repeated_keys_beyond_the_limit_stay_repeated_keys(shop: Shop) -> None:
    shop = _limited(shop, max_quarantined_rows=2)
    shop.events(*[event("e1")] * 8)
    assert shop.land().rows_quarantined == 7
    assert shop.query("select row_number, value_class, records from raw.quarantine order by row_number") == [
        (3, "a repeated key", 1), (4, "a repeated key", 1), (5, "a repeated key", 5)
    ]  # fmt: skip


def test_files_within_the_limit_are_listed_in_full_beside_one_that_is_not(shop: Shop) -> None:
    shop = _limited(shop, max_quarantined_rows=2)
    shop.drop("a.csv", "\n".join((EVENT_HEADER, "x", "x")))
    shop.drop("b.csv", "\n".join((EVENT_HEADER, "y,y", "y,y", "y,y")))
    shop.land()
    assert shop.query("select file[-5:], count(*), sum(records) from raw.quarantine group by 1 order by 1") == [
        ("a.csv", 2, 2), ("b.csv", 3, 3)
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["bomb.csv.gz", "bomb.jsonl.gz"])
@pytest.mark.parametrize(("limit", "size"), [("max_file_bytes", 100_000), ("max_file_rows", 1_000)])
def test_a_file_that_unpacks_into_too_much_is_refused_whole(shop: Shop, name: str, limit: str, size: int) -> None:
    shop = _limited(shop, **{limit: size})
    shop.drop(name, EVENT_HEADER + "\n" + "x\n" * 100_000)
    shop.events(event("e1"))
    report = shop.land()
    assert shop.accepted() == ["e1"] and (report.rows_read, report.rows_quarantined) == (2, 1)
    ((row, _, kind, reason),) = shop.quarantine()
    assert row is None and kind in ("too many bytes", "too many rows") and f"{size:,}" in reason
    assert f"SHELDUCK_{limit.upper()}" in shop.query("select remedy from raw.quarantine")[0][0]


@pytest.mark.parametrize("rows", [67, 10**12, 2**62])
def test_a_footer_that_claims_other_rows_than_it_holds_refuses_that_file(shop: Shop, rows: int) -> None:
    shop.drop("e.parquet", GOOD).write_bytes(_claiming(rows))
    shop.events(event("e1"))
    report = shop.land()
    assert shop.accepted() == ["e1"] and report.rows_quarantined == 1
    assert shop.quarantine()[0][2] in ("unreadable bytes", "too many rows")


def test_the_unchanged_footer_is_read(shop: Shop) -> None:
    shop.drop("e.parquet", GOOD).write_bytes(_claiming(66))
    assert shop.land().rows_read == 66


def test_a_small_parquet_of_long_texts_is_refused_by_what_it_unpacks_into(shop: Shop) -> None:
    shop = _limited(shop, max_file_bytes=10_000_000)
    long = pl.concat([GOOD.with_columns(channel=pl.lit("x" * 100_000))] * 500)
    path = shop.drop("e.parquet", long)
    assert path.stat().st_size < 1_000_000
    shop.events(event("e1"))
    shop.land()
    assert shop.accepted() == ["e1"] and shop.quarantine()[0][2] == "too many bytes"


@pytest.mark.parametrize("limit", ["256KB", "1MB"])
def test_a_parquet_that_needs_more_memory_than_there_may_be_is_refused_alone(shop: Shop, limit: str) -> None:
    noise = random.Random(1)
    texts = [f"{noise.getrandbits(4000):x}" for _ in range(6_000)]
    frame = pl.concat([GOOD] * 3_000).with_columns(channel=pl.Series(texts))
    path = shop.drop("e.parquet", frame)
    scarce = shop.settings.model_copy(update={"memory_limit": limit})
    with closing(ParquetProbe(scarce)) as probe, pytest.raises(RefusedFileError, match="takes more memory"):
        probe.read_through(path, probe.describe(path, CONTRACT["interactions"]), ["event_id", "channel"])
    with closing(ParquetProbe(shop.settings)) as probe:
        probe.read_through(path, probe.describe(path, CONTRACT["interactions"]), ["event_id", "channel"])


@pytest.mark.parametrize(
    "frame",
    [
        GOOD.with_columns(extra=pl.lit([[1]])),
        GOOD.with_columns(ITEM_ID=pl.lit("other")),
        GOOD.select("item_id", pl.lit("other").alias("Item_Id"), pl.exclude("item_id")),
        GOOD.with_columns(extra=pl.struct(item_id=pl.lit("x"), y=pl.lit(1))),
        GOOD.with_columns(extra=pl.lit(b"\xff\xfe")),
    ],
)
def test_odd_columns_beside_the_contracts_do_no_harm(shop: Shop, frame: pl.DataFrame) -> None:
    shop.drop("e.parquet", frame)
    shop.land()
    assert shop.query("select item_id from raw.interactions order by 1") == [("i",), ("j",)]
    assert shop.quarantine() == []


def test_a_column_that_comes_twice_refuses_the_file(shop: Shop) -> None:
    path = shop.drop("e.parquet", GOOD)
    table = pa.table([*GOOD.to_arrow().columns, GOOD["item_id"].to_arrow()], names=[*GOOD.columns, "item_id"])
    pq.write_table(table, path)
    shop.events(event("e1"))
    shop.land()
    assert shop.accepted() == ["e1"]
    assert shop.quarantine()[0][1:] == ("item_id", "a repeated column", "the file names item_id twice")


def test_no_content_and_no_name_of_a_parquet_stops_the_others(shop: Shop) -> None:
    contents = {
        b"event_id,user_id\n1,2\n": "does not begin as one",
        b"PAR1" + b"\0" * 40: "its end is missing",
        b"PAR1" + b"\xff" * 40 + b"\xff\xff\xff\x7fPAR1": "was it cut off",
        b"PARE" + b"\0" * 40 + b"PARE": "encrypted",
        b"P": "does not begin as one",
    }
    names = ("e.parquet", "No space left on device.PARQUET", "Corrupt INTERNAL Error.parquet")
    cases = [(f"{n} {name}", content) for n, content in enumerate(contents) for name in sorted(names)]
    folder = shop.events(event("e1")).parent
    for name, content in cases:
        (folder / name).write_bytes(content)
    shop.land()
    assert shop.accepted() == ["e1"]
    refused = shop.query("select parse_filename(file), row_number, reason from raw.quarantine order by 1")
    assert [name for name, *_ in refused] == [name for name, _ in cases]
    assert all(
        row is None and contents[content] in why for (_, row, why), (_, content) in zip(refused, cases, strict=True)
    )


@pytest.mark.parametrize("failure", [RecursionError(), OverflowError(), UnicodeEncodeError("utf-8", "x", 0, 1, "x")])
def test_an_error_that_nobody_thought_of_costs_the_file(
    shop: Shop, failure: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.events(event("e1"))
    shop.drop("odd.jsonl", "{}")
    monkeypatch.setattr("ml.landing.text_files.json_records", _raising(failure))
    shop.land()
    assert shop.accepted() == ["e1"]
    assert shop.quarantine()[0][3] == f"the file cannot be read ({type(failure).__name__})"


@pytest.mark.parametrize(
    ("failure", "told"), [(MemoryError(), LandingError), (OSError(5, "x"), LandingError), (OSError(28, "x"), DiskFull)]
)
def test_what_the_machine_lacks_stops_the_landing_and_refuses_no_file(
    shop: Shop, failure: Exception, told: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.drop("good.jsonl", "{}")
    with monkeypatch.context() as patch, pytest.raises(told):
        patch.setattr("ml.landing.text_files.json_records", _raising(failure))
        shop.land()
    assert shop.land().rows_read == 1


def _raising(failure: Exception) -> Callable[..., NoReturn]:
    def records(*_: object) -> NoReturn:
        raise failure

    return records


def test_very_wide_headers_and_lines_are_refused(shop: Shop) -> None:
    header = EVENT_HEADER + "," + ",".join(f"c{number}" for number in range(20_000))
    shop.drop("wide.csv", header + "\n")
    shop.drop("commas.csv.gz", b"").write_bytes(gzip.compress(f"{EVENT_HEADER}\n{',' * 3_000_000}\n".encode()))
    shop.events(event("e1"))
    shop.land()
    assert shop.accepted() == ["e1"] and len(shop.quarantine()) == 2
