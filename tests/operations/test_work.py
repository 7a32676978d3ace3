"""The line of a task's log: what it counts, how it reads, that a machine can read it too."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import polars as pl
import pytest

from ml.operations.work import Amount, amount, in_bytes, logged

AMOUNT = r"(?:nothing|(?:[\d,]+ files?(?:, )?)?(?:[\d,]+ rows?(?:, )?)?(?:[\d.]+ (?:B|kB|MB|GB|TB))?)"
LINE = re.compile(rf"(?P<task>\w+): read (?P<read>{AMOUNT}); wrote (?P<wrote>{AMOUNT})(?:; .+)?; (?P<seconds>[\d.]+) s")
"""The grammar that docs/operations.md states."""


def test_rows_come_from_parquet_footers_unless_somebody_counted_better(tmp_path: Path) -> None:
    pl.DataFrame({"a": range(1234)}).write_parquet(tmp_path / "a.parquet")
    (tmp_path / "b.csv").write_text("x\n1\n")
    found = amount(tmp_path)
    assert (found.files, found.rows) == (2, 1234)
    assert found.bytes == sum(path.stat().st_size for path in tmp_path.iterdir())
    assert amount(tmp_path, rows=7).rows == 7


def test_the_line_can_be_parsed_and_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "b.csv").write_text("x" * 1_200_000)
    with caplog.at_level(logging.INFO, logger="ml"), logged("land") as work:
        work.read(tmp_path, rows=10_230)
        work.wrote(rows=10_228)
        work.note("2 rows quarantined")
    (line,) = caplog.messages
    parsed = LINE.fullmatch(line)
    assert parsed is not None, line
    assert parsed["task"] == "land"
    assert parsed["read"] == "1 file, 10,230 rows, 1.2 MB"
    assert parsed["wrote"] == "10,228 rows"
    assert "; 2 rows quarantined;" in line


def test_a_task_that_fails_tells_its_line_too(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="ml"), pytest.raises(KeyError), logged("publish"):
        raise KeyError("x")
    (line,) = caplog.messages
    assert line.startswith("publish: read nothing; wrote nothing; failed; ")
    assert LINE.fullmatch(line)


def test_counting_never_fails_a_task(tmp_path: Path) -> None:
    (tmp_path / "torn.parquet").write_bytes(b"PAR1 no footer")
    assert amount(tmp_path / "gone", tmp_path / "torn.parquet") == Amount(1, 0, 14)


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (4_549_000, "4.5 MB"), (2.5e12, "2.5 TB")]
)
def test_bytes_read_well(count: float, text: str) -> None:
    assert in_bytes(count) == text
