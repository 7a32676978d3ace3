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
from ml.escape import visible
from ml.landing.contract import CONTRACT
from ml.landing.faults import Fault, Place, fault_lines, quarantined_faults
from ml.landing.folder import scan
from ml.landing.load import load_partitions
from ml.landing.marks import stray_marks
from ml.landing.report import LandReport
from ml.settings import Settings
from ml.warehouse.connection import DatabaseError, connect

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True)
class CheckReport:
    """Everything that keeps a folder from landing in full."""

    landed: LandReport
    faults: tuple[Fault, ...]
    notices: tuple[str, ...]

    def __rich__(self) -> RenderableType:
        """Every kind of fault with its remedy, the files of those that are in several, and what was accepted."""
        from rich.console import Group
        from rich.text import Text

        summary = f"{self.landed.rows_read:,} records read, {self.landed.rows_accepted:,} accepted"
        notices = [Text(visible(f"notice: {notice}")) for notice in self.notices]
        if not self.faults:
            return Group("no faults", summary, *notices)
        return Group(*fault_lines(self.faults), summary, *notices)


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
            faults = quarantined_faults(connection)
    misplaced = [_misplaced(notice) for notice in ignored.notices]
    if not ignored.partitions:
        misplaced.append(
            Fault(None, "no landing files here", f"Expected one of {', '.join(CONTRACT)}", (Place(path.name),))
        )
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


def _misplaced(notice: str) -> Fault:
    place, _, reason = notice.partition(": ")
    return Fault(None, reason, "See the layout: shelduck contract", (Place(place),))
