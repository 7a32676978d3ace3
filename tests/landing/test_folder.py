"""Names in the landing folder: which files are read, ignored or refused by what they are called."""

from __future__ import annotations

import json
import os
from pathlib import Path

import polars as pl
import pytest

from tests.landing.conftest import Shop, event

GOOD = pl.DataFrame(
    {"event_id": ["a", "b"], "user_id": ["u", "u"], "item_id": ["i", "j"], "event_type": ["view_item"] * 2,
     "event_ts": ["2025-03-03T01:00:00Z"] * 2}
)  # fmt: skip


@pytest.mark.parametrize("name", ["E.CSV", "E.Csv.Gz", "e.tsv", "E.JSONL", "e.PARQUET"])
def test_the_case_of_a_files_ending_does_not_matter(shop: Shop, name: str) -> None:
    if "parquet" in name.lower():
        shop.drop(name, GOOD)
    elif "jsonl" in name.lower():
        shop.drop(name, "\n".join(json.dumps(row) for row in GOOD.to_dicts()))
    else:
        shop.drop(name, GOOD.write_csv())
    shop.land()
    assert shop.accepted() == ["a", "b"] and shop.quarantine() == []


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("e.csv.zip", "Unpack the archive"),
        ("e.xlsx", "Save the sheet as CSV UTF-8"),
        ("e.ndjson", "let the name end in .jsonl"),
        ("e.csv.zst", "Pack it by gzip"),
        ("e.csv.part", "Finish the upload"),
        ("e.txt", "end in .csv"),
    ],
)
def test_an_ending_that_is_not_read_comes_with_what_to_do(shop: Shop, name: str, remedy: str) -> None:
    shop.drop(name, b"x")
    shop.land()
    assert remedy in shop.query("select remedy from raw.quarantine")[0][0]


def test_files_that_systems_and_editors_leave_are_ignored_with_a_notice(shop: Shop) -> None:
    for name in ("desktop.ini", "Thumbs.db", "~$events.csv", "events.csv~"):
        shop.drop(name, b"x")
    shop.events(event("e1"))
    report = shop.land()
    assert (report.rows_read, report.rows_accepted) == (1, 1)
    assert len(report.notices) == 1 and "ignored files" in report.notices[0]


@pytest.mark.parametrize("name", [b"\xff.csv", b"\xfe.parquet", b"a\nb.csv", b"\x1b[31m.jsonl"])
def test_a_file_whose_name_cannot_be_shown_is_refused_and_stops_nobody(shop: Shop, name: bytes) -> None:
    folder = shop.events(event("e1")).parent
    Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(b"x")
    shop.land()
    assert shop.accepted() == ["e1"]
    assert shop.quarantine()[0][2] == "a name that cannot be shown"
