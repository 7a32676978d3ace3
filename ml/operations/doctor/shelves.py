"""What lies in the data home: locks, the warehouse file, published versions, work that was left."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final

from ml.capabilities import capabilities
from ml.capability import Capability
from ml.durable import TEMPORARY
from ml.landing.folder import is_closed
from ml.landing.marks import marked_days, stray_marks
from ml.operations.calendar import Calendar
from ml.operations.doctor.finding import FAIL, OK, WARN, Finding, worst
from ml.operations.work import in_bytes
from ml.publish import pointer
from ml.publish.databases import missing_database
from ml.publish.journal import publications
from ml.publish.removed import removed_tables
from ml.publish.store import faults, versions_dir
from ml.settings import Settings
from ml.warehouse.health import storage_version
from ml.warehouse.lock import file_lock, held_by

_A_DAY: Final = 86_400.0


def check_locks(settings: Settings) -> Finding:
    """Who holds what, and whether that is still somebody."""
    held = [(path, held_by(path), time.time() - path.stat().st_mtime) for path in _locks(settings) if _is_held(path)]
    findings = [_about(settings, path, holder, seconds) for path, holder, seconds in held]
    working = ", ".join(f"{path.name} by {holder}" for path, holder, _ in held)
    return worst(findings, f"in use: {working}" if working else "none is held")


def check_warehouse(settings: Settings) -> Finding:
    """The file opens with this DuckDB; while somebody writes, they are asked nothing."""
    path = settings.warehouse_path
    if not path.exists():
        return Finding(OK, "no file yet: the next run loads the landing files into one")
    lock = path.with_suffix(".lock")
    if _is_held(lock):
        return Finding(OK, f"in use by {held_by(lock)}, so it was not opened")
    with file_lock(lock, "shelduck doctor", 0.0):
        return Finding(OK, f"{in_bytes(path.stat().st_size)}, storage {storage_version(settings)}")


def check_published(settings: Settings) -> Finding:
    """Of each capability, ``current``, the pin and every day's link name a version; that of ``current`` is intact
    and has its database."""
    found = [finding for each in settings.capabilities_on for finding in _published(settings, each)]
    current = {each.name: pointer.current(settings, each) for each in settings.capabilities_on}
    told = ", ".join(f"{name} {version.id}" for name, version in current.items() if version)
    without = (finding.found for finding in found if finding.status == OK)
    return worst(found, "; ".join([f"current and intact: {told}", *without]))


def _published(settings: Settings, capability: Capability) -> list[Finding]:
    newest, current = pointer.newest(settings, capability), pointer.current(settings, capability)
    name, decision = capability.name, pointer.pinned(settings, capability)
    days = settings.published_of(name) / "days"
    dangling = [link.name for link in sorted(days.glob("[0-9]*")) if not link.exists()] if days.is_dir() else []
    findings = [
        Finding(FAIL, f"{name}: day {day} names a version that is gone", _again(name, day)) for day in dangling[:3]
    ]
    if current is None:
        if newest is None and not dangling:
            if Calendar(settings, capability, with_runs=False).lacks_files(date.max):
                return [Finding(OK, f"{name}: the shop lands no files for it")]
            return [Finding(WARN, f"{name}: nothing is published yet", _again(name, "YYYY-MM-DD"))]
        again = _again(name, newest.as_of if newest else dangling[-1])
        return [Finding(FAIL, f"{name}: current names no version", again), *findings]
    if wrong := [*faults(current), *missing_database(current.folder)]:
        findings.append(Finding(FAIL, f"{name}: current {current.id}: {'; '.join(wrong)}", _again(name, current.as_of)))
    if gone := removed_tables(current.folder):
        told = f"{name}: current {current.id} no longer holds {', '.join(gone)}, kept for a few days only"
        findings.append(Finding(WARN, told, _again(name, current.as_of)))
    wanted = decision.version if decision else newest.id if newest else current.id
    if current.id != wanted:
        again = f"Publish any day again: {_again(name, wanted[:10])}"
        findings.append(Finding(FAIL, f"{name}: current is {current.id}, expected {wanted}", again))
    if decision:
        remedy = f"When it is over: shelduck release --capability {name} --why TEXT"
        findings.append(Finding(WARN, f"{name}: pinned by {decision.who}: {decision.why}", remedy))
    return findings


def _again(capability: str, day: object) -> str:
    return f"Run: shelduck run --as-of {day} --capability {capability}"


def check_days(settings: Settings) -> Finding:
    """Closed days after the newest published one; names among the marks that close no day."""
    findings, newest = [], {}
    marks = marked_days(settings.landing_dir)
    for each in settings.capabilities_on:
        if (last := pointer.newest(settings, each)) is None:
            continue
        newest[each.name] = last.as_of
        if waiting := [day for day in marks if day > last.as_of and is_closed(settings, day)]:
            remedy = (
                "See: shelduck days. "
                f"Run: shelduck run --as-of {waiting[0]} --until {waiting[-1]} --capability {each.name}"
            )
            found = f"{len(waiting)} closed days after {last.as_of} are not published by {each.name}"
            findings.append(Finding(WARN, found, remedy))
    findings += [Finding(WARN, notice) for notice in stray_marks(settings.landing_dir)]
    told = ", ".join(f"{name} up to {day}" for name, day in newest.items())
    return worst(findings, f"published: {told}" if newest else "none is published yet")


def check_unfinished(settings: Settings) -> Finding:
    """Drafts that nobody published, what killed work left, and journals that cannot be read.

    Raises:
        JournalBroken: the journal of publications is damaged.
    """
    for each in capabilities():
        publications(settings, each)
    drafts_of = [settings.drafts_of(each.name) for each in capabilities()]
    published = [
        folder for each in capabilities() for folder in (settings.published_of(each.name), versions_dir(settings, each))
    ]
    old = [path for folder in drafts_of for path in _entries(folder) if time.time() - path.stat().st_mtime > _A_DAY]
    left = [
        path
        for folder in (*published, settings.slices_dir, *drafts_of)
        for path in _entries(folder)
        if path.name.startswith((TEMPORARY, ".")) and time.time() - path.stat().st_mtime > _A_DAY
    ]
    findings = []
    if drafts := [path.name for path in old if not path.name.startswith(".")]:
        why = "Their gate failed or their run ended: run the days again; tidy_storage removes them in the end"
        findings.append(Finding(WARN, f"{len(drafts)} drafts were not published: {', '.join(drafts[:3])}", why))
    if left:
        findings.append(Finding(WARN, f"{len(left)} leftovers of killed work", "The next run of a day sweeps them"))
    return worst(findings, "no draft or leftover of more than a day; the journal reads")


def _entries(folder: Path) -> Iterator[Path]:
    return folder.iterdir() if folder.is_dir() else iter(())


def _locks(settings: Settings) -> list[Path]:
    places = (
        settings.warehouse_path.with_suffix(".lock"),
        *(settings.published_of(each.name) / "publication.lock" for each in capabilities()),
        settings.registry_dir / "registry.lock",
        settings.registry_dir / "create.lock",
    )
    return [path for path in places if path.exists()]


def _is_held(path: Path) -> bool:
    """Asked of the kernel: what the file says outlives its writer."""
    if not path.exists():
        return False
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _about(settings: Settings, path: Path, holder: str, seconds: float) -> Finding:
    if "which is gone" in holder:
        return Finding(
            FAIL, f"{path.name} is held by {holder}", f"Find who has it open (fuser {path.name}) and stop it"
        )
    if seconds > settings.lock_timeout:
        remedy = "If its task does nothing any more, stop that process; whoever waits gives up meanwhile"
        return Finding(WARN, f"{path.name} has been held for {seconds / 60:.0f} minutes by {holder}", remedy)
    return Finding(OK, f"{path.name} by {holder}")
