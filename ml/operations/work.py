"""What a task read and wrote, as one line of its log: rows, bytes, seconds.

``gate_features: read 7 files, 123,456 rows, 4.5 MB; wrote 8 files, 91.2 kB; 62 expectations; 3.1 s``
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_log = logging.getLogger(__name__)
_UNITS = ("B", "kB", "MB", "GB", "TB")
_THOUSAND = 1000


@dataclass(frozen=True)
class Amount:
    """Files, rows and bytes; a figure that does not apply is 0."""

    files: int = 0
    rows: int = 0
    bytes: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.files + other.files, self.rows + other.rows, self.bytes + other.bytes)

    def __str__(self) -> str:
        counts = [_counted(self.files, "file"), _counted(self.rows, "row"), in_bytes(self.bytes) if self.bytes else ""]
        return ", ".join(count for count in counts if count) or "nothing"


@dataclass
class Work:
    """What a task has read and written so far; ``notes`` are facts such as ``2 quarantined``."""

    task: str
    has_read: Amount = Amount()
    has_written: Amount = Amount()
    notes: list[str] = field(default_factory=list)

    def read(self, *paths: Path, rows: int | None = None) -> None:
        """Count files or folders; ``rows`` where somebody counted better than the files' footers tell."""
        self.has_read += amount(*paths, rows=rows)

    def wrote(self, *paths: Path, rows: int | None = None) -> None:
        """Count files or folders; ``rows`` where somebody counted better than the files' footers tell."""
        self.has_written += amount(*paths, rows=rows)

    def note(self, fact: str) -> None:
        """A fact worth a place on the line."""
        self.notes.append(fact)

    def line(self, seconds: float) -> str:
        """The one line."""
        parts = (f"read {self.has_read}", f"wrote {self.has_written}", *self.notes, f"{seconds:.1f} s")
        return f"{self.task}: {'; '.join(parts)}"


@contextmanager
def logged(task: str) -> Iterator[Work]:
    """Log the line when the task ends, also when it fails."""
    work, started = Work(task), time.monotonic()
    try:
        yield work
    except BaseException:
        work.note("failed")
        raise
    finally:
        _log.info(work.line(time.monotonic() - started))


def amount(*paths: Path, rows: int | None = None) -> Amount:
    """Files and bytes at or below ``paths``; rows of the Parquet files among them (their footers), unless given."""
    files = [file for path in paths for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()]
    counted = sum(map(_rows, files)) if rows is None else rows
    return Amount(len(files), counted, sum(map(_size, files)))


def in_bytes(count: float) -> str:
    """``1.2 MB``: decimal units, one digit."""
    unit = 0
    while abs(count) >= _THOUSAND and unit < len(_UNITS) - 1:
        count, unit = count / _THOUSAND, unit + 1
    return f"{count:.1f} {_UNITS[unit]}" if unit else f"{count:.0f} B"


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:  # removed meanwhile: a log line fails nothing
        return 0


def _rows(file: Path) -> int:
    if file.suffix != ".parquet":
        return 0
    from pyarrow.parquet import read_metadata

    try:
        return int(read_metadata(file).num_rows)
    except (OSError, ValueError):  # a damaged file is for the task to complain about
        return 0


def _counted(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}" if count else ""
