"""Publishing a draft: check, hash, write the version, move the pointers, forget the draft."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
from pydantic import JsonValue

from ml.capability import Capability
from ml.durable import writing
from ml.errors import NotPublished
from ml.fingerprint import git_commit
from ml.publish import pointer
from ml.publish.content import content_hash, hash_of
from ml.publish.draft import DraftRecord, scan_draft
from ml.publish.journal import became, note, publication_lock
from ml.publish.manifest import Manifest, TableRecord, library_versions, settings_that_matter, version_id
from ml.publish.shared_files import store_dir, sweep_store
from ml.publish.store import Version, read_manifest, sweep, version, versions_dir, write_version
from ml.settings import Settings

_USED = ".used-"


@dataclass(frozen=True)
class Published:
    """A published version. ``path`` is relative to the data home."""

    version_id: str
    as_of: date
    path: str
    content_hash: str
    is_current: bool
    is_new: bool


def publish(
    settings: Settings, capability: Capability, draft: Path, *, provenance: Mapping[str, JsonValue]
) -> Published:
    """Make a draft a version, and the version current unless a newer day or a pin says otherwise.

    Publishing the same draft or the same content again changes nothing, mends a damaged version and
    finishes what a killed publication began.

    Args:
        capability: whose draft it is; others are published at the same time under locks of their own.
        draft: a folder in the capability's drafts as ``write_draft`` leaves it; removed in the end.
        provenance: run ids and the like; told in the manifest, never part of a hash.

    Raises:
        NotPublished: there is no such draft and none of that name was published.
        InvalidTable: a table of the draft breaks its schema; nothing was written.
        WarehouseLocked: another publication did not end in time.
        DiskFull: readers keep what they have; the same call goes on once there is space.
    """
    record, tables = checked_draft(capability, draft) if draft.is_dir() else (None, {})
    with writing(f"publishing {draft.name}"), publication_lock(settings, capability, f"publish {draft.name}"):
        _sweep(settings, capability)
        if record is None:
            return _published(settings, capability, _already(settings, capability, draft), is_new=False)
        manifest = describe(settings, capability, record, tables, provenance)
        is_new = write_version(settings, capability, manifest, tables)
        target = version(settings, capability, manifest.version)
        pointer.point_day(settings, capability, target)
        pointer.settle(settings, capability)
        note(
            settings,
            capability,
            "publish",
            version=target.id,
            as_of_date=target.as_of.isoformat(),
            draft=draft.name,
            provenance=manifest.provenance,
        )
        _discard(draft)
        return _published(settings, capability, target, is_new=is_new)


def checked_draft(capability: Capability, draft: Path) -> tuple[DraftRecord, dict[str, pl.LazyFrame]]:
    """A draft and its tables, checked against their schemas; each is read when it is needed, one after the other.

    Raises:
        NotPublished: there is no such draft.
        InvalidTable: a table is missing, unreadable, breaks its schema or is of another day.
    """
    record, tables = scan_draft(capability, draft)
    return record, {table.name: table.scanned(tables[table.name]) for table in capability.outputs}


def describe(
    settings: Settings,
    capability: Capability,
    record: DraftRecord,
    rows: Mapping[str, pl.LazyFrame],
    provenance: Mapping[str, JsonValue],
) -> Manifest:
    """The manifest of the version that a draft makes, still without its files."""
    tables = {
        table.name: TableRecord(
            rows=rows[table.name].select(pl.len()).collect().item(),
            content_hash=hash_of(table, rows[table.name]),
            schema_version=table.version,
            columns={column.name: column.kind.value for column in table.columns},
            kept_days=table.kept_days,
        )
        for table in capability.outputs
    }
    content = content_hash(record.as_of_date, {name: table.content_hash for name, table in tables.items()})
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Manifest(
        **record.model_dump(),
        version=version_id(record.as_of_date, content, record.inputs_hash),
        content_hash=content,
        tables=tables,
        settings=settings_that_matter(settings, capability),
        libraries=library_versions(),
        provenance={**provenance, "git_commit": git_commit(), "written_at": now},
    )


def _published(settings: Settings, capability: Capability, target: Version, *, is_new: bool) -> Published:
    return Published(
        version_id=target.id,
        as_of=target.as_of,
        path=settings.relative(target.folder),
        content_hash=read_manifest(target).content_hash,
        is_current=pointer.current(settings, capability) == target,
        is_new=is_new,
    )


def _already(settings: Settings, capability: Capability, draft: Path) -> Version:
    """The version a draft became; a task killed after its last step asks for it when it is retried."""
    name = became(settings, capability, draft.name)
    if name is None or not version(settings, capability, name).folder.is_dir():
        raise NotPublished(
            f"draft {draft.name}",
            expected="a folder in drafts/",
            found=f"none, and {'what it became was removed' if name else 'none of that name was published'}",
            remedy=f"Run: shelduck run --as-of {draft.name[:10]}",
        )
    return version(settings, capability, name)


def _discard(draft: Path) -> None:
    """Renamed first, so that a kill never leaves half a draft under its name."""
    used = draft.with_name(f"{_USED}{draft.name}")
    shutil.rmtree(used, ignore_errors=True)
    draft.replace(used)
    shutil.rmtree(used)


def _sweep(settings: Settings, capability: Capability) -> None:
    published = settings.published_of(capability.name)
    for folder in (published, published / "days", versions_dir(settings, capability)):
        sweep(folder)
    sweep_store(store_dir(settings, capability))
    for used in settings.drafts_of(capability.name).glob(f"{_USED}*"):
        shutil.rmtree(used)
