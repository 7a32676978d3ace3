"""Text files, whatever bytes they hold: every line is a row, a refused row, or blank."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ml.landing import text_files, text_lines
from ml.landing.contract import CONTRACT
from ml.landing.limits import Limits
from ml.landing.refusal import RefusedFileError
from ml.landing.text_files import Chunk, open_text
from ml.settings import Settings

ITEMS = CONTRACT["items"]
LIMITS = Limits.of(Settings())
HEADER = b"item_id,item_name\n"
_ONE_LINE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r"), max_size=8)


def _pieces(*letters: int) -> st.SearchStrategy[bytes]:
    """Bytes of few letters, so that quotes and line ends meet."""
    return st.lists(st.sampled_from(letters), max_size=60).map(bytes)


_quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _read(path: Path, content: bytes) -> list[Chunk]:
    path.write_bytes(content)
    return list(open_text(path, ITEMS, LIMITS).chunks)


@_quick
@given(rows=st.lists(st.tuples(_ONE_LINE.filter(str.strip), _ONE_LINE), max_size=20))
def test_what_a_csv_writer_writes_is_read_back(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([("item_id", "item_name"), *rows])
    chunks = _read(tmp_path / "i.csv", text.getvalue().encode())
    assert [tuple(row) for chunk in chunks for row in chunk.rows] == rows
    assert not any(chunk.refused for chunk in chunks)


@_quick
@given(rows=st.lists(st.tuples(_ONE_LINE, _ONE_LINE), max_size=20), ascii_only=st.booleans())
def test_what_a_json_writer_writes_is_read_back(tmp_path: Path, rows: list[tuple[str, str]], ascii_only: bool) -> None:
    lines = [json.dumps({"item_name": name, "item_id": item}, ensure_ascii=ascii_only) for item, name in rows]
    chunks = _read(tmp_path / "i.jsonl", "\n".join(lines).encode())
    assert [(row[0], row[1]) for chunk in chunks for row in chunk.rows] == rows


@_quick
@given(body=st.one_of(st.binary(max_size=200), _pieces(*b'",\n\r;ax')), suffix=st.sampled_from(["csv", "jsonl"]))
def test_every_line_of_any_bytes_is_accounted_for(tmp_path: Path, body: bytes, suffix: str) -> None:
    content = (HEADER if suffix == "csv" else b"{}\n") + body
    chunks = _read(tmp_path / f"i.{suffix}", content)
    refused = [row.row for chunk in chunks for row in chunk.refused]
    begun = [number for chunk in chunks for number in chunk.numbers]
    lines = [line for line in content.split(b"\n") for line in (line.rstrip(b"\r") + b"\n").split(b"\r")]
    full = {number for number, line in enumerate(lines, start=1) if line.strip()}
    assert len({*refused, *begun}) == len(refused) + len(begun)
    assert {*refused, *begun} <= full
    quoted = sum("\n" in (text or "") or "\r" in (text or "") for chunk in chunks for row in chunk.rows for text in row)
    if not quoted:
        assert {*refused, *begun} == (full - {1} if suffix == "csv" else full)
    assert all(len(chunk.frame()) == len(chunk.numbers) for chunk in chunks)


def test_long_files_come_in_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_files, "_CHUNK_ROWS", 3)
    monkeypatch.setattr(text_lines, "_READ_BYTES", 5)
    chunks = _read(tmp_path / "i.csv", HEADER + b"".join(b"%d,x\n" % number for number in range(8)))
    assert [chunk.numbers for chunk in chunks] == [[2, 3, 4], [5, 6, 7], [8, 9]]


def test_a_line_without_an_end_does_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_lines, "MAX_LINE_BYTES", 100)
    monkeypatch.setattr(text_lines, "_READ_BYTES", 10)
    with pytest.raises(RefusedFileError, match="longer than 16 MiB"):
        _read(tmp_path / "i.csv", HEADER + b"x" * 500)


@pytest.mark.parametrize(
    ("header", "column", "remedy"),
    [
        ("item_id,item_nam", "item_name", "Rename item_nam to item_name"),
        ("ITEM_ID,item_name", "item_id", "Rename ITEM_ID to item_id"),
        ("item_id,item_name,item_id", "item_id", "Name each column once"),
        ('item_id,"item_name', None, "Save it as CSV UTF-8"),
    ],
)
def test_a_header_that_cannot_be_used_says_what_to_do(
    tmp_path: Path, header: str, column: str | None, remedy: str
) -> None:
    with pytest.raises(RefusedFileError) as refused:
        _read(tmp_path / "i.csv", header.encode() + b"\n1,x\n")
    assert refused.value.refusal.column == column
    assert remedy in refused.value.refusal.remedy


def test_blank_lines_alone_are_no_csv(tmp_path: Path) -> None:
    with pytest.raises(RefusedFileError, match="no header line"):
        _read(tmp_path / "i.csv", b"\n \n")
