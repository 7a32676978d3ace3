"""Which published versions stay. Decided by days, not by the clock: a shop whose newest day is long past keeps its own.

Kept, always: what ``current`` and a pin name, and whatever was written within the last day, which a run or a
reader may still be using. Kept by age: the version of each of the last ``kept_published_days`` days; one that
another replaced, for ``kept_superseded_days`` from then. What is removed leaves a line in the journal. A table that
no version holds any more goes with the last of them.

A table that declares ``kept_days`` leaves its version earlier: the version of a day before the newest so many days
keeps its other tables and records what is gone (``ml.publish.removed``).
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from ml.capability import Capability
from ml.cleanup import Cleanup, freed, remove
from ml.durable import sync, temporary_beside
from ml.publish import pointer
from ml.publish.draft import RECORD, DraftRecord
from ml.publish.journal import note, publication_lock
from ml.publish.removed import remove_tables
from ml.publish.shared_files import orphans_without, store_dir, sweep_store
from ml.publish.store import Version, all_versions, sweep, versions_dir
from ml.settings import Settings
from ml.tables import Table

WHAT: Final = "published versions"
SHORT_LIVED: Final = "tables kept for a few days"
_A_DAY: Final = 86_400.0


def prune_versions(
    settings: Settings,
    capability: Capability,
    *,
    dry_run: bool = False,
    holder: str = "shelduck",
    now: float | None = None,
) -> Cleanup:
    """Remove the versions that no setting keeps; each can be made again: ``shelduck run --as-of`` its day.

    Readers need no lock: a folder disappears at once, by a rename, and ``current`` never names it.

    Args:
        settings: where, and for how long.
        capability: whose.
        dry_run: only tell.
        holder: who asks, for others who wait.
        now: seconds since 1970, for tests.

    Raises:
        WarehouseLocked: a publication did not end in time.
    """
    with publication_lock(settings, capability, holder):
        removable = list(_removable(settings, capability, time.time() if now is None else now))
        folders, store = [version.folder for version, _ in removable], store_dir(settings, capability)
        held = freed([*folders, *orphans_without(folders, store)])
        for version, why in () if dry_run else removable:
            _forget(settings, capability, version, why)
        if not dry_run:
            sweep(versions_dir(settings, capability))
            sweep_store(store)
    return Cleanup(
        f"{WHAT} of {capability.name}", len(removable), held, ", ".join(version.id for version, _ in removable[:3])
    )


def prune_tables(
    settings: Settings,
    capability: Capability,
    *,
    dry_run: bool = False,
    holder: str = "shelduck",
    now: float | None = None,
) -> Cleanup:
    """Remove the tables that are kept for a few days only from the versions of older days; as ``prune_versions``.

    Raises:
        WarehouseLocked: a publication did not end in time.
    """
    with publication_lock(settings, capability, holder):
        outlived = list(_outlived(settings, capability, time.time() if now is None else now))
        files = [version.folder / f"{table.name}.parquet" for version, tables in outlived for table in tables]
        store = store_dir(settings, capability)
        held = freed([*files, *orphans_without(files, store)])
        for version, tables in () if dry_run else outlived:
            _remove_from(settings, capability, version, tables)
        if not dry_run:
            sweep_store(store)
    return Cleanup(f"{SHORT_LIVED} of {capability.name}", len(files), held)


def kept_from(settings: Settings, capability: Capability) -> date | None:
    """The first day of the newest ones whose version is kept; None when nothing is published."""
    newest = pointer.newest(settings, capability)
    return newest.as_of - timedelta(days=settings.kept_published_days - 1) if newest else None


def prune_drafts(
    settings: Settings,
    capability: Capability,
    *,
    dry_run: bool = False,
    holder: str = "shelduck",
    now: float | None = None,
) -> Cleanup:
    """Remove drafts that no publication took within ``kept_draft_days``: their gate failed, or their run ended.

    Raises:
        WarehouseLocked: a publication did not end in time.
    """
    before = (time.time() if now is None else now) - settings.kept_draft_days * _A_DAY
    folder = settings.drafts_of(capability.name)
    with publication_lock(settings, capability, holder):
        drafts = folder.iterdir() if folder.is_dir() else ()
        return remove(
            f"drafts of {capability.name}", [draft for draft in drafts if _is_older(draft, before)], dry_run=dry_run
        )


def drafted_slices(settings: Settings) -> set[Path]:
    """The slices that drafts of any capability came from, which their gate and publication still read."""
    records = settings.drafts_dir.glob(f"*/[0-9]*/{RECORD}")
    return {settings.home / DraftRecord.model_validate_json(record.read_text()).slice for record in records}


def _outlived(settings: Settings, capability: Capability, now: float) -> Iterator[tuple[Version, list[Table]]]:
    """Versions, each with its tables that are there longer than they are kept."""
    newest, in_use = pointer.newest(settings, capability), _in_use(settings, capability)
    for version in all_versions(settings, capability) if newest else []:
        if not newest or version.id in in_use or _is_young(version, now):
            continue
        days = (newest.as_of - version.as_of).days
        old = [table for table in capability.outputs if table.kept_days is not None and days >= table.kept_days]
        if there := [table for table in old if (version.folder / f"{table.name}.parquet").exists()]:
            yield version, there


def _remove_from(settings: Settings, capability: Capability, version: Version, tables: list[Table]) -> None:
    why = ", ".join(f"{table.name} is kept for {table.kept_days} days" for table in tables)
    day = version.as_of.isoformat()
    again = f"shelduck run --as-of {day} --capability {capability.name}"
    note(settings, capability, "remove tables", version=version.id, as_of_date=day, why=why, again=again)
    remove_tables(version.folder, [table.name for table in tables])


def _removable(settings: Settings, capability: Capability, now: float) -> Iterator[tuple[Version, str]]:
    first, in_use = kept_from(settings, capability), _in_use(settings, capability)
    for version in all_versions(settings, capability) if first else []:
        if version.id in in_use or _is_young(version, now):
            continue
        latest = pointer.of_day(settings, capability, version.as_of)
        if first and version.as_of < first:
            yield version, f"older than {settings.kept_published_days} days"
        elif (
            latest
            and latest.id != version.id
            and _replaced_days_ago(settings, capability, version, now) > (settings.kept_superseded_days)
        ):
            yield version, f"replaced by {latest.id} more than {settings.kept_superseded_days} days ago"


def _in_use(settings: Settings, capability: Capability) -> set[str]:
    """The ids of the versions that ``current`` and a pin name."""
    pin, current = pointer.pinned(settings, capability), pointer.current(settings, capability)
    return {*([pin.version] if pin else []), *([current.id] if current else [])}


def _is_young(version: Version, now: float) -> bool:
    return now - version.folder.stat().st_mtime < _A_DAY


def _is_older(draft: Path, before: float) -> bool:
    """No for one that a scoring, which needs no lock, moved or removed meanwhile."""
    try:
        return draft.stat().st_mtime < before
    except FileNotFoundError:
        return False


def _replaced_days_ago(settings: Settings, capability: Capability, version: Version, now: float) -> float:
    return (now - pointer.moved_at(settings, capability, version.as_of)) / _A_DAY


def _forget(settings: Settings, capability: Capability, version: Version, why: str) -> None:
    """The journal first: a removal that was told and did not happen is done by the next one."""
    again = f"shelduck run --as-of {version.as_of}"
    note(settings, capability, "remove", version=version.id, as_of_date=version.as_of.isoformat(), why=why, again=again)
    pointer.drop_day(settings, capability, version)
    gone = temporary_beside(version.folder)
    version.folder.replace(gone)
    sync(gone.parent)
    shutil.rmtree(gone)
