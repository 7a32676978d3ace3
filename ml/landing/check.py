"""Validates a landing folder without a warehouse: ``check(path, settings)``.

The folder goes through the loader itself into a throw-away database, so whatever passes here lands.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ml.durable import no_space
from ml.errors import DiskFull, LandingError
from ml.landing.contract import CONTRACT
from ml.landing.folder import scan
from ml.landing.load import load_partitions
from ml.landing.marks import stray_marks
from ml.landing.report import LandReport
from ml.settings import Settings
from ml.warehouse.connection import Connection, DatabaseError, connect

if TYPE_CHECKING:
    from rich.console import RenderableType

_SHOWN_ROWS = 5


@dataclass(frozen=True)
class Fault:
    """One kind of fault in one file: how many records have it, the first of them, and what helps.

    ``rows`` is empty where the fault is the whole file's or folder's.
    """

    place: str
    column: str | None
    reason: str
    remedy: str
    count: int = 1
    rows: tuple[int, ...] = ()
    value_class: str = ""


@dataclass(frozen=True)
class CheckReport:
    """Everything that keeps a folder from landing in full."""

    landed: LandReport
    faults: tuple[Fault, ...]
    notices: tuple[str, ...]

    def __rich__(self) -> RenderableType:
        """Accepted rows per table, then every fault with its remedy."""
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        summary = f"{self.landed.rows_read:,} records read, {self.landed.rows_accepted:,} accepted"
        notices = [Text(f"notice: {notice}") for notice in self.notices]
        if not self.faults:
            return Group("no faults", summary, *notices)
        grid = Table(title="faults", show_lines=True)
        for heading in ("where", "rows", "column", "fault", "what helps"):
            grid.add_column(heading, overflow="fold")
        for fault in self.faults:
            texts = (fault.place, _row_words(fault), fault.column or "", _fault_words(fault), fault.remedy)
            grid.add_row(*(Text(text) for text in texts))
        return Group(grid, summary, *notices)


def check(path: Path, settings: Settings) -> CheckReport:
    """Judge every file under ``path`` by the contract; days need not be closed.

    Raises:
        LandingError: there is no such folder.
    """
    path = _folder(path)
    ignored = scan(path)
    with _room(), tempfile.TemporaryDirectory(prefix="shelduck-check-", ignore_cleanup_errors=True) as scratch:
        trial = Settings(**{**settings.model_dump(), "home": Path(scratch), "landing": path})
        with connect(trial) as connection:
            landed = load_partitions(trial, connection, date.max)
            faults = _quarantined(connection)
    misplaced = [Fault(*_split(notice), remedy="See the layout: shelduck contract") for notice in ignored.notices]
    if not ignored.partitions:
        misplaced.append(Fault(path.name, None, "no landing files here", f"Expected one of {', '.join(CONTRACT)}"))
    notices = tuple(notice for notice in landed.notices if notice not in ignored.notices)
    return CheckReport(landed, (*misplaced, *faults), (*notices, *stray_marks(path)))


def _folder(path: Path) -> Path:
    try:
        folder = path.expanduser().absolute()
        if folder.is_dir():
            return folder
    except (OSError, RuntimeError, ValueError):  # too long, of an unknown user, with a NUL
        pass
    raise LandingError(
        "the argument of check",
        expected="a folder of landing files",
        found="no such folder",
        remedy="Give the folder that holds <table>/dt=YYYY-MM-DD/; the layout: shelduck contract",
    )


@contextmanager
def _room() -> Iterator[None]:
    """Names a temporary folder that has no room or cannot be written."""
    try:
        yield
    except (OSError, DatabaseError) as failed:
        found = no_space(failed)
        if found is None and not isinstance(failed, FileNotFoundError | PermissionError):
            raise
        raise DiskFull(
            "the temporary folder, where check loads the files for trial",
            expected="room for about as much as the files hold",
            found=found or "no such folder, or no permission",
            remedy="Free space there, or name another folder: TMPDIR=/FOLDER shelduck check LANDING",
        ) from failed


def _quarantined(connection: Connection) -> list[Fault]:
    rows = connection.execute(
        f"""
        select file, column_name, reason, remedy, count(*), list(row_number order by row_number)[:{_SHOWN_ROWS}],
            min(value_class)
        from (select * replace (regexp_replace(reason, ' in .*, row [0-9]+$', '') as reason) from raw.quarantine)
        group by all order by file, min(row_number) nulls first, reason
        """
    ).fetchall()
    return [
        Fault(file, column, reason, remedy, count, tuple(row for row in first if row is not None), kind)
        for file, column, reason, remedy, count, first, kind in rows
    ]


def _split(notice: str) -> tuple[str, None, str]:
    place, _, reason = notice.partition(": ")
    return place, None, reason


def _row_words(fault: Fault) -> str:
    if not fault.rows:
        return "all of it"
    first = ", ".join(str(row) for row in fault.rows)
    return first if fault.count <= len(fault.rows) else f"{first}, … ({fault.count:,} in all)"


def _fault_words(fault: Fault) -> str:
    return f"{fault.reason} (found {fault.value_class})" if fault.value_class else fault.reason
