"""Whatever a shop drops: the good rows arrive, and the quarantine says what was wrong with the others."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from tests.landing.conftest import EVENT_HEADER, Shop, event

GOOD = pl.DataFrame(
    {"event_id": ["a", "b"], "user_id": ["u", "u"], "item_id": ["i", "j"], "event_type": ["view_item"] * 2,
     "event_ts": ["2025-03-03T01:00:00Z"] * 2}
)  # fmt: skip


def test_columns_are_matched_by_name_whatever_their_order(shop: Shop) -> None:
    shop.drop("e.csv", "event_ts,item_id,event_type,user_id,event_id\n2025-03-03T09:00:00Z,item,purchase,user,e1\n")
    shop.land()
    assert shop.query("select event_id, user_id, item_id from raw.interactions") == [("e1", "user", "item")]
    assert shop.quarantine() == []


def test_a_file_without_a_required_column_is_refused_whole_and_the_column_named(shop: Shop) -> None:
    shop.drop("bad.csv", "event_id,user_id,itemId,event_type,event_ts\ne1,u,i,purchase,2025-03-03T09:00:00Z\n")
    shop.events(event("e2"))
    report = shop.land()
    assert shop.accepted() == ["e2"]
    assert shop.quarantine() == [(None, "item_id", "no column", "required column item_id is missing")]
    assert shop.query("select remedy from raw.quarantine") == [("Rename itemId to item_id",)]
    assert (report.rows_read, report.rows_accepted, report.rows_quarantined) == (2, 1, 1)


def test_an_unclosed_quote_costs_one_line(shop: Shop) -> None:
    shop.events(event("e1"), event('"e2'), event("e3"))
    shop.land()
    assert shop.accepted() == ["e1", "e3"]
    assert shop.quarantine()[0][0::3] == (3, "a quote is not closed")


def test_quoted_commas_and_doubled_quotes_are_read(shop: Shop) -> None:
    shop.drop("i.csv", 'item_id,item_name\n1,"Rake, ""large"""\n', table="items")
    shop.land()
    assert shop.query("select item_name from raw.items") == [('Rake, "large"',)]


def test_a_line_with_another_number_of_fields_is_refused(shop: Shop) -> None:
    shop.events(event("e1"), event("e2") + ",extra", "e3,u")
    shop.land()
    assert shop.accepted() == ["e1"]
    assert [row[3] for row in shop.quarantine()] == [
        "the line has 7 fields where the header has 6",
        "the line has 2 fields where the header has 6",
    ]


_BROKEN = [
    (event("e\0"), "event_id", "text of 2 characters", "event_id holds a NUL byte"),
    (event("x", "9999-12-31T00:00:00Z"), "event_ts", "a timestamp", "event_ts lies after its arrival day"),
    (event("x", "2025-03-04T00:00:00Z"), "event_ts", "a timestamp", "event_ts lies after its arrival day"),
    (event("x", "1900-01-01T00:00:00Z"), "event_ts", "a timestamp", "event_ts lies before 1990"),
    (event("x", "2025-02-30T00:00:00Z"), "event_ts", "an hour or a day that does not exist",
     "event_ts is an hour or a day that does not exist"),
    (event("x", "yesterday"), "event_ts", "text of 9 characters", "event_ts is no timestamp with offset or Z"),
    (
        event("x", "2025-03-03 09:00:00"),
        "event_ts",
        "a timestamp without an offset",
        "event_ts is a timestamp without an offset",
    ),
    (event(""), "event_id", "empty text", "event_id is empty"),
    (event("   "), "event_id", "empty text", "event_id is empty"),
    (event("x", user_id=""), "user_id", "empty text", "user_id is empty"),
    (event("x", event_type="bought"), "event_type", "text of 6 characters",
     "event_type is none of the contract's words"),
    (event("x", quantity="0"), "quantity", "zero",
     "quantity is not above zero where something was bought or returned"),
    (event("x", quantity="-2"), "quantity", "a negative number",
     "quantity is not above zero where something was bought or returned"),
    (event("x", quantity="two"), "quantity", "text of 3 characters", "quantity is no number, at most 4 decimals"),
    (event("x", quantity="NaN"), "quantity", "a word for a missing value",
     "quantity is a word for a missing value"),
    (event("x", quantity="1.00001"), "quantity", "a number of more than 4 decimals",
     "quantity is a number of more than 4 decimals"),
    (event("x", quantity="1_0"), "quantity", "text of 3 characters", "quantity is no number, at most 4 decimals"),
]  # fmt: skip
"""A line, and the column, the kind of value and the reason that the quarantine tells."""


def test_a_row_that_breaks_a_rule_is_quarantined_alone(shop: Shop) -> None:
    lines = [line for number, (line, *_) in enumerate(_BROKEN) for line in (event(f"good{number:02}"), line)]
    shop.events(*lines, event("last"))
    report = shop.land()
    good = [f"good{number:02}" for number in range(len(_BROKEN))]
    assert shop.accepted() == [*good, "last"]
    assert shop.quarantine() == [(3 + 2 * number, *told) for number, (_, *told) in enumerate(_BROKEN)]
    assert (report.rows_read, report.rows_accepted, report.rows_quarantined) == (35, 18, 17)


def test_a_repeated_event_id_counts_once_and_the_quarantine_says_where_it_came_first(shop: Shop) -> None:
    shop.events(event("e1", user_id="first"), event("e1", user_id="second"), event("e2"))
    shop.land()
    assert shop.query("select event_id, user_id from raw.interactions order by 1") == [("e1", "first"), ("e2", "u1")]
    assert shop.quarantine() == [
        (3, "event_id", "a repeated key", "event_id came before in interactions/dt=2025-03-03/events.csv, row 2")
    ]


@pytest.mark.parametrize("name", ["e.csv", "e.parquet", "e.jsonl"])
def test_an_empty_file_is_refused_and_others_of_its_day_arrive(shop: Shop, name: str) -> None:
    shop.drop(name, b"")
    shop.events(event("e1"))
    shop.land()
    assert shop.accepted() == ["e1"]
    assert shop.quarantine() == [(None, None, "nothing", "the file is empty")]


def test_a_header_alone_is_a_file_of_no_rows(shop: Shop) -> None:
    shop.drop("e.csv", EVENT_HEADER + "\n")
    assert (shop.land().rows_read, shop.quarantine()) == (0, [])


def test_a_truncated_parquet_is_refused_whole(shop: Shop) -> None:
    path = shop.drop("e.parquet", GOOD)
    path.write_bytes(path.read_bytes()[:-20])
    shop.events(event("e1"))
    shop.land()
    assert shop.accepted() == ["e1"]
    ((row, _, kind, reason),) = shop.quarantine()
    assert (row, kind) == (None, "unreadable bytes") and "no readable Parquet" in reason


def test_a_parquet_with_a_broken_page_gives_no_half_of_its_rows(shop: Shop) -> None:
    path = shop.drop("e.parquet", GOOD)
    content = bytearray(path.read_bytes())
    content[4:40] = b"\xff" * 36
    path.write_bytes(content)
    shop.events(event("e1"))
    shop.land()
    assert shop.accepted() == ["e1"]
    assert len(shop.quarantine()) == 1


def test_a_parquet_whose_footer_holds_broken_text_is_refused_alone(shop: Shop) -> None:
    path = shop.drop("e.parquet", GOOD)
    path.write_bytes(path.read_bytes().replace(b"Polars", b"Pol\xff\xfes"))
    shop.events(event("e1"))
    shop.land()
    assert shop.accepted() == ["e1"]
    assert [row[1:3] for row in shop.quarantine()] == [(None, "unreadable bytes")]


def test_a_truncated_gzip_gives_no_half_of_its_rows(shop: Shop) -> None:
    lines = "\n".join((EVENT_HEADER, *(event(f"x{number}") for number in range(50_000))))
    shop.drop("e.csv", b"").with_name("cut.csv.gz").write_bytes(gzip.compress(lines.encode())[:-5000])
    (shop.settings.landing_dir / "interactions/dt=2025-03-03/e.csv").unlink()
    shop.events(event("e1"))
    report = shop.land()
    assert shop.accepted() == ["e1"]
    assert shop.quarantine() == [(None, None, "unreadable bytes", "the file cannot be read to its end (truncated)")]
    assert (report.rows_read, report.rows_quarantined) == (2, 1)


def test_bytes_that_are_no_utf8_cost_one_line(shop: Shop) -> None:
    lines = [EVENT_HEADER.encode(), event("e1").encode(), event("caf\xe9").encode("latin-1"), event("é3").encode()]
    shop.drop("e.csv", b"\n".join(lines))
    shop.land()
    assert shop.accepted() == ["e1", "é3"]
    assert shop.quarantine()[0][0::3] == (3, "the line is not UTF-8")


def test_a_byte_order_mark_and_windows_line_ends_are_read(shop: Shop) -> None:
    shop.drop("e.csv", b"\xef\xbb\xbf" + f"{EVENT_HEADER}\r\n{event('e1')}\r\n\r\n".encode())
    shop.land()
    assert shop.accepted() == ["e1"]
    assert shop.query("select quantity from raw.interactions") == [(1,)]
    assert shop.quarantine() == []


def test_a_link_out_of_the_landing_folder_is_not_followed(shop: Shop, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(f"{EVENT_HEADER}\n{event('stolen')}\n")
    path = shop.events(event("e1"))
    path.with_name("link.csv").symlink_to(secret)
    shop.land()
    assert shop.accepted() == ["e1"]
    assert shop.quarantine()[0][3] == "the link leads out of the landing folder, or nowhere"


def test_a_file_of_an_unknown_format_is_refused(shop: Shop) -> None:
    shop.drop("e.xlsx", b"PK")
    shop.land()
    assert shop.quarantine() == [(None, None, "a file of another format", "the format is unknown")]


@pytest.mark.parametrize("names", [("a.parquet", "b.csv", "c.jsonl"), ("a.csv", "b.parquet", "c.parquet")])
def test_files_of_several_formats_arrive_on_one_day(shop: Shop, names: tuple[str, ...]) -> None:
    for number, name in enumerate(names):
        if name.endswith("parquet"):
            shop.drop(name, GOOD.with_columns(event_id=pl.lit(f"p{number}-") + pl.col("event_id")))
        else:
            ids = [f"t{number}-a", f"t{number}-b"]
            lines = [json.dumps({**GOOD.row(0, named=True), "event_id": each}) for each in ids]
            shop.drop(name, "\n".join(lines if name.endswith("jsonl") else [EVENT_HEADER, *map(event, ids)]))
    assert shop.land().rows_accepted == 6
    assert len(shop.accepted()) == 6 and shop.quarantine() == []


def test_naive_parquet_timestamps_are_refused_row_by_row_and_the_column_is_named(shop: Shop) -> None:
    naive = GOOD.with_columns(event_ts=pl.lit(datetime(2025, 3, 3, 9)))
    shop.drop("naive.parquet", naive)
    shop.drop("zoned.parquet", naive.with_columns(pl.col("event_ts").dt.replace_time_zone("Europe/Berlin")))
    shop.land()
    assert shop.query("select distinct event_ts::varchar, _file from raw.interactions") == [
        ("2025-03-03 08:00:00+00", "interactions/dt=2025-03-03/zoned.parquet")
    ]
    reason = "event_ts is of type TIMESTAMP, expected timestamp with offset or Z"
    assert shop.quarantine() == [
        (row, "event_ts", "a column of type TIMESTAMP", reason) for row in range(1, len(naive) + 1)
    ]


def test_floating_point_ids_are_refused_and_whole_ones_read(shop: Shop) -> None:
    shop.drop("float.parquet", GOOD.with_columns(item_id=pl.lit(1e17)))
    shop.drop("int.parquet", GOOD.with_columns(item_id=pl.lit(7)))
    shop.land()
    assert shop.query("select distinct item_id from raw.interactions") == [("7",)]
    assert shop.quarantine()[0][1:3] == ("item_id", "a column of type DOUBLE")


def test_json_lines_are_judged_like_the_other_formats(shop: Shop) -> None:
    good = '{"event_id": 12345678901234567890, "user_id": "u", "item_id": "i", "event_type": "purchase", '
    lines = [
        good + '"event_ts": "2025-03-03T09:00:00+01:00", "quantity": 0.1, "extra": [1]}',
        good[:-2],
        "[1]",
        good + '"event_ts": "2025-03-03T09:00:00Z", "quantity": {"n": 1}}',
        good + '"event_ts": "2025-03-03T09:00:00Z", "event_id": "twice"}',
        '{"event_id": "half \\ud800", "user_id": "u"}',
        '{"event_id": "x"}',
        "",
    ]
    shop.drop("e.jsonl.gz", "\n".join(lines))
    report = shop.land()
    assert shop.query("select event_id, event_ts::varchar, quantity::varchar from raw.interactions") == [
        ("12345678901234567890", "2025-03-03 08:00:00+00", "0.1000")
    ]
    assert [(row, reason) for row, _, _, reason in shop.quarantine()] == [
        (2, "the line is not JSON"),
        (3, "the line is JSON but no object"),
        (4, "quantity is nested"),
        (5, "the line is not JSON"),
        (6, "the line holds half a character"),
        (7, "user_id is empty"),
    ]
    assert (report.rows_read, report.rows_accepted) == (7, 1)


def test_the_quarantine_holds_no_values_of_people(shop: Shop) -> None:
    shop.events(event("e1", user_id="alice@example.org", event_type="alice"), event('"alice'), event("e2", "alice"))
    shop.drop("u.jsonl", '{"user_id": ["alice"]}\n{"alice"}\n', table="users")
    shop.land()
    assert len(shop.quarantine()) == 5
    assert "alice" not in str(shop.query("select * from raw.quarantine"))


def test_a_parquet_column_named_like_the_loaders_own_does_no_harm(shop: Shop) -> None:
    shop.drop("e.parquet", GOOD.with_columns(_row=pl.lit(77), dt=pl.lit("x")))
    assert shop.land().notices == ("interactions: unknown columns are left out: _row, dt",)
    assert shop.query("select _row from raw.interactions order by 1") == [(1,), (2,)]


def test_a_file_of_data_without_line_ends_that_it_knows_is_no_empty_day(shop: Shop) -> None:
    lines = "\u2028".join((EVENT_HEADER, event("secret1"), event("secret2")))
    shop.drop("e.csv", lines)
    report = shop.land()
    assert (report.rows_accepted, report.rows_quarantined) == (0, 1)
    assert "secret" not in str((report.notices, shop.query("select * from raw.quarantine")))


def test_values_in_the_place_of_a_header_are_not_shown(shop: Shop) -> None:
    shop.drop("no header.csv", f"{event('secret1')}\n{event('secret2')}\n")
    shop.drop("more.csv", f"{EVENT_HEADER},alice@example.org,u0815-4711,2025\n{event('e1')},1,2,3\n")
    report = shop.land()
    assert shop.accepted() == ["e1"]
    assert report.notices == ("interactions: unknown columns are left out: 3 more that are not shown",)
    told = str((report.notices, shop.query("select * from raw.quarantine")))
    assert not any(text in told for text in ("secret", "alice", "4711"))
    assert "the first line holds values, no column names" in told
