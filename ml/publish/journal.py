"""``publications.jsonl``: who made which version current, when and why. For people; nothing is decided by it
but which version a draft became."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import JsonValue

from ml.capability import Capability
from ml.durable import append_line, read_lines
from ml.settings import Settings
from ml.warehouse.lock import file_lock


@contextmanager
def publication_lock(settings: Settings, capability: Capability, holder: str) -> Iterator[None]:
    """Hold the capability's published folder for ``holder``; readers need no lock.

    Raises:
        WarehouseLocked: somebody else held it for longer than ``settings.lock_timeout`` seconds.
    """
    with file_lock(settings.published_of(capability.name) / "publication.lock", holder, settings.lock_timeout):
        yield


def publications(settings: Settings, capability: Capability) -> list[dict[str, Any]]:
    """Every publication, rollback and release, oldest first."""
    return read_lines(_path(settings, capability))


def note(settings: Settings, capability: Capability, event: str, **entry: JsonValue) -> None:
    """Append an entry unless the last one about the same thing says the same; the caller holds the lock."""
    line = {"event": event, "at": datetime.now(UTC).isoformat(timespec="seconds"), **entry}
    earlier = [told for told in publications(settings, capability) if _subject(told) == _subject(line)]
    if not earlier or _said(earlier[-1]) != _said(line):
        append_line(_path(settings, capability), line)


def became(settings: Settings, capability: Capability, draft: str) -> str | None:
    """The id of the version that the draft of this name became."""
    told = (line["version"] for line in reversed(publications(settings, capability)) if line.get("draft") == draft)
    return next(told, None)


def _subject(line: Mapping[str, Any]) -> str:
    """A publication is about its day; a rollback and a release are about the pin."""
    return str(line.get("as_of_date", "pin"))


def _said(line: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key not in ("at", "provenance")}


def _path(settings: Settings, capability: Capability) -> Path:
    return settings.published_of(capability.name) / "publications.jsonl"
