"""Packing, encoding and line ends are told from a file's bytes, not from its name."""

from __future__ import annotations

import bz2
import gzip
import lzma
from pathlib import Path

import pytest

from ml.landing import text_lines
from ml.landing.contract import CONTRACT
from ml.landing.limits import Limits
from ml.landing.refusal import RefusedFileError
from ml.landing.text_files import open_text
from ml.landing.text_lines import Lines

LIMITS = Limits(bytes=10_000, rows=1_000, quarantined=10)
TEXT = "item_id,item_name\r\n1,Grün\r\n2,北\r\n"
ROWS = [["1", "Grün"], ["2", "北"]]


def _rows(path: Path, content: bytes) -> list[list[str | None]]:
    path.write_bytes(content)
    return [row for chunk in open_text(path, CONTRACT["items"], LIMITS).chunks for row in chunk.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
def test_every_unicode_encoding_is_read(tmp_path: Path, encoding: str, mark: str, ends: str) -> None:
    content = (mark + TEXT.replace("\r\n", ends)).encode(encoding)
    assert _rows(tmp_path / "i.csv", content) == ROWS
    assert _rows(tmp_path / "i.csv.gz", gzip.compress(content)) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_json_lines_of_every_unicode_encoding_are_read(tmp_path: Path, encoding: str) -> None:
    text = '{"item_id": "1", "item_name": "Grün"}\r\n{"item_id": "2", "item_name": "北"}\r\n'
    assert [row[:2] for row in _rows(tmp_path / "i.jsonl", text.encode(encoding))] == ROWS


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_a_block_may_end_anywhere(tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_lines, "_READ_BYTES", 8 * size)  # a mark and four bytes are looked at together
    for encoding in ("utf-8", "utf-16", "utf-32"):
        for ends in ("\r\n", "\r", "\n"):
            assert _rows(tmp_path / "i.csv", TEXT.replace("\r\n", ends).encode(encoding)) == ROWS


def test_gzip_is_told_by_the_content_not_by_the_name(tmp_path: Path) -> None:
    assert _rows(tmp_path / "plain.csv.gz", TEXT.encode()) == ROWS
    assert _rows(tmp_path / "packed.csv", gzip.compress(TEXT.encode())) == ROWS
    assert _rows(tmp_path / "joined.csv.gz", gzip.compress(TEXT[:25].encode()) + gzip.compress(TEXT[25:].encode())) == [
        ["1", "Grün"],
        ["2", "北"],
    ]


@pytest.mark.parametrize(
    ("content", "reason", "remedy"),
    [
        (b"PK\x03\x04\x14\0" + b"x" * 50, "ZIP archive", "Unpack it"),
        (bz2.compress(TEXT.encode()), "bzip2", "gzip"),
        (lzma.compress(TEXT.encode()), "xz", "gzip"),
        (b"PAR1\x15\x04" + b"x" * 50, "Parquet", r"\.parquet"),
        (gzip.compress(gzip.compress(TEXT.encode())), "gzip twice", "once"),
        (gzip.compress(TEXT.encode() * 20)[:-9], "truncated", "upload it again"),
        (gzip.compress(TEXT.encode())[:-8] + b"\0" * 8, "damaged", "upload it again"),
        (TEXT.encode("utf-16")[:-1], "UTF-16-LE and does not go on so", "Save the file as UTF-8"),
        ("Größe,item_id,item_name\n1,2,3\n".encode("cp1252"), "not UTF-8", "Save it as CSV UTF-8"),
        (b"\0" * 100, "control characters", "End lines by LF"),
    ],
    ids=lambda value: value if isinstance(value, str) else "bytes",
)
def test_what_is_no_table_of_text_is_refused_by_name(tmp_path: Path, content: bytes, reason: str, remedy: str) -> None:
    for name in ("i.csv", "i.csv.gz"):
        with pytest.raises(RefusedFileError, match=reason) as refused:
            _rows(tmp_path / name, content)
        assert remedy.replace("\\", "") in refused.value.refusal.remedy


def test_a_line_in_another_encoding_costs_that_line(tmp_path: Path) -> None:
    assert _rows(tmp_path / "i.csv", b"item_id,item_name\n1,Gr\xfcn\n2,Tee\n") == [["2", "Tee"]]


def test_unpacked_bytes_and_lines_are_counted_while_they_are_read(tmp_path: Path) -> None:
    for body, told in (
        (b"1,x\n" * 3_000, "10,000 bytes"),
        (b"1\n" * 1_500, "1,000 rows"),
        (b"\n" * 1_500, "1,000 rows"),
    ):
        with pytest.raises(RefusedFileError, match=f"more than {told}"):
            _rows(tmp_path / "i.csv.gz", gzip.compress(b"item_id,item_name\n" + body))


def test_a_flood_of_blank_lines_is_counted_by_the_block(tmp_path: Path) -> None:
    path = tmp_path / "i.csv"
    path.write_bytes(b"item_id,item_name\n" + b"\n" * (4 << 20) + b"1,x\n")
    limits = Limits(bytes=1 << 30, rows=1 << 30, quarantined=1)
    lines = list(Lines(path, limits, quoted=True))
    assert lines[0] == (1, b"item_id,item_name") and lines[-1] == ((4 << 20) + 2, b"1,x")
    assert len(lines) < 3 << 20


def test_many_blank_lines_inside_a_text_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_lines, "_READ_BYTES", 1_000)
    path = tmp_path / "i.csv"
    text = "x" + "\n" * 5_000 + "y"
    path.write_bytes(f'item_id,item_name\n1,"{text}"\n2,z\n'.encode())
    chunks = list(open_text(path, CONTRACT["items"], Limits(1 << 30, 1 << 30, 1)).chunks)
    assert [row for chunk in chunks for row in chunk.rows] == [["1", text], ["2", "z"]]
