"""Taking readers back to an earlier version, and letting them go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from ml.capability import Capability
from ml.durable import writing
from ml.errors import NotPublished
from ml.publish import pointer
from ml.publish.databases import provide
from ml.publish.journal import note, publication_lock
from ml.publish.store import Version, all_versions, faults, is_version_id, sealed_files, sweep, version
from ml.settings import Settings


def rollback(settings: Settings, capability: Capability, to: date | str, *, who: str, why: str) -> Version:
    """Pin readers to a day's version, or to a version id, until ``release``; new days are published beside it.

    Raises:
        NotPublished: there is no such version, or its files are damaged; nothing was changed.
        DiskFull: there is no room for its database; nothing was changed.
    """
    with _deciding(settings, capability, f"rollback by {who}"):
        target = _intact(settings, capability, to)
        provide(settings, target.folder, sealed_files(target))  # before anything is decided: the disk may be full
        pointer.pin(settings, capability, pointer.Pin(version=target.id, who=who, why=why))
        pointer.settle(settings, capability)
        note(settings, capability, "rollback", version=target.id, who=who, why=why)
        return target


def release(settings: Settings, capability: Capability, *, who: str, why: str) -> Version | None:
    """Drop the pin: readers get the newest day again. Does nothing when there is no pin."""
    with _deciding(settings, capability, f"release by {who}"):
        decision, newest = pointer.pinned(settings, capability), pointer.newest(settings, capability)
        if newest:
            provide(settings, newest.folder, sealed_files(newest))
        pointer.unpin(settings, capability)
        target = pointer.settle(settings, capability)
        if decision and target:
            note(settings, capability, "release", version=target.id, released=decision.version, who=who, why=why)
        return target


@contextmanager
def _deciding(settings: Settings, capability: Capability, what: str) -> Iterator[None]:
    with writing(what), publication_lock(settings, capability, what):
        sweep(settings.published_of(capability.name))
        yield


def _intact(settings: Settings, capability: Capability, to: date | str) -> Version:
    if isinstance(to, str) and not is_version_id(to):
        raise NotPublished(
            "version", expected="an id <day>-<12 hex digits>", found="another text", remedy="See: shelduck days"
        )
    found = pointer.of_day(settings, capability, to) if isinstance(to, date) else version(settings, capability, to)
    if found is None or not found.folder.is_dir():
        known = ", ".join(known.id for known in all_versions(settings, capability)[-5:]) or "nothing published"
        raise NotPublished(
            f"version {to}",
            expected=f"in published/{capability.name}/versions",
            found=known,
            remedy="Run: shelduck days",
        )
    if wrong := faults(found):
        raise NotPublished(
            f"version {found.id}",
            expected="files as they were published",
            found="; ".join(wrong),
            remedy=f"Run: shelduck run --as-of {found.as_of}",
        )
    return found
