"""Journals and pointers survive what a crash can do to them."""

from __future__ import annotations

import errno
import resource
from pathlib import Path

import polars as pl
import pytest

from ml.durable import append_line, point, read_lines, write_parquet, write_text, writing
from ml.errors import DiskFull, JournalBroken


def test_a_journal_cut_at_any_byte_keeps_every_earlier_line(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    for number in range(3):
        append_line(journal, {"number": number, "text": "ö\n{"})
    whole = journal.read_bytes()
    second_end = whole.rfind(b"\n", 0, len(whole) - 1) + 1
    for cut in range(second_end, len(whole)):
        journal.write_bytes(whole[:cut])
        append_line(journal, {"number": 9})
        assert [line["number"] for line in read_lines(journal)] == [0, 1, 9]


def test_a_tail_of_nulls_is_cut_off(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    append_line(journal, {"number": 1})
    journal.write_bytes(journal.read_bytes() + b"\0" * 100 + b"\n")
    append_line(journal, {"number": 2})
    assert [line["number"] for line in read_lines(journal)] == [1, 2]


def test_damage_before_the_end_is_named(tmp_path: Path) -> None:
    journal = tmp_path / "journal.jsonl"
    journal.write_text('{"number": 1}\nnonsense\n{"number": 3}\n')
    with pytest.raises(JournalBroken, match=r"journal.jsonl line 2: expected a JSON object"):
        read_lines(journal)


def test_no_journal_is_an_empty_one(tmp_path: Path) -> None:
    assert read_lines(tmp_path / "none.jsonl") == []


def test_a_pointer_says_whether_it_moved(tmp_path: Path) -> None:
    link = tmp_path / "links" / "current"
    moves = [point(link, target) for target in ("one", "one", "two")]
    assert moves == [True, False, True] and str(link.readlink()) == "two"
    assert [path.name for path in link.parent.iterdir()] == ["current"]


def test_a_text_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "text"
    for text in ("first", "second"):
        write_text(path, text)
    assert path.read_text() == "second" and len(list(path.parent.iterdir())) == 1


@pytest.mark.parametrize(
    "failure",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EFBIG, "File too large"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        RuntimeError("IO Error: Could not write: No space left on device (os error 28)"),
    ],
)
def test_a_full_disk_is_one_readable_error_whoever_noticed_it(failure: Exception) -> None:
    with pytest.raises(DiskFull) as full, writing("draft 7"):
        try:
            raise failure
        except Exception as inner:
            raise ValueError("something went wrong") from inner
    assert str(full.value).startswith("DiskFull: draft 7: expected room on the disk; found ")
    assert "then run the same again: what was finished is kept" in str(full.value)


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(PermissionError), writing("draft 7"):
        raise PermissionError(errno.EACCES, "Permission denied")


def test_parquet_that_finds_no_room_is_told_wherever_in_the_file_it_was(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    frame = pl.DataFrame({f"column_{number}": [number] for number in range(40)})
    write_parquet(frame, tmp_path / "whole.parquet")
    size = (tmp_path / "whole.parquet").stat().st_size
    for room in range(10, size, size // 12):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
        try:
            with pytest.raises(DiskFull), writing("a table"):
                write_parquet(frame, tmp_path / "cut.parquet")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
