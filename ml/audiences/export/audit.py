"""``exports.jsonl``: who exported which audience, when, in what layout, how many rows, and the file's hash.

It is append-only, holds nothing about a person, and no housekeeping removes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from ml.durable import append_line, read_lines
from ml.settings import Settings
from ml.warehouse.lock import file_lock

LOG: Final = "exports.jsonl"
_LOCK: Final = "exports.lock"
OWN_FILES: Final = (LOG, _LOCK)


@dataclass(frozen=True)
class Entry:
    """One line of the log, but for its time.

    Attributes:
        file: relative to the data home; of a file elsewhere its name alone.
        sha256: of the file's bytes.
        members: of the audience on that day; ``rows`` is what the file holds of them.
        with_contacts: whether a contact file was joined.
        was_stale: whether it was older than exports may be, and exported all the same.
    """

    who: str
    audience: str
    version: str
    as_of_date: str
    purpose: str
    consent: str
    layout: str
    file: str
    members: int
    rows: int
    sha256: str
    with_contacts: bool
    was_stale: bool


@contextmanager
def export_lock(settings: Settings, holder: str) -> Iterator[None]:
    """Held by one export at a time.

    Raises:
        WarehouseLocked: another one did not end in time.
    """
    with file_lock(settings.exports_dir / _LOCK, holder, settings.lock_timeout):
        yield


def record(settings: Settings, entry: Entry) -> None:
    """Append a line and wait until the disk has it; the caller holds the lock."""
    at = datetime.now(UTC).isoformat(timespec="seconds")
    append_line(_path(settings), {"at": at, **asdict(entry)})


def exports(settings: Settings) -> list[dict[str, Any]]:
    """Every line of the log, oldest first.

    Raises:
        JournalBroken: a line in the middle is damaged.
    """
    return read_lines(_path(settings))


def _path(settings: Settings) -> Path:
    return settings.exports_dir / LOG
