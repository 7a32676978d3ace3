"""What readers of published tables call. No lock is needed: a version never changes, a pointer moves at once.

Whoever reads several tables asks for ``current_version`` once and passes its id on.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NoReturn

import polars as pl

from ml.capability import Capability
from ml.errors import NotPublished
from ml.publish import pointer
from ml.publish.damaged import unreadable_file
from ml.publish.manifest import Manifest
from ml.publish.removed import removed_tables
from ml.publish.store import Version, all_versions, read_manifest, version
from ml.settings import Settings
from ml.warehouse.slices import why_unreadable


def current_version(settings: Settings, capability: Capability) -> Version:
    """The version that readers get now.

    Raises:
        NotPublished: no day has been published.
    """
    found = pointer.current(settings, capability)
    if found is None:
        raise NotPublished(
            f"published/{capability.name}/current",
            expected="a version",
            found="none",
            remedy="Run: shelduck run --as-of YYYY-MM-DD",
        )
    return found


def versions(settings: Settings, capability: Capability) -> list[Version]:
    """Every published version, oldest as-of date first."""
    return all_versions(settings, capability)


def version_of_day(settings: Settings, capability: Capability, as_of: date) -> Version | None:
    """The version of a day that was published last, if the day was published."""
    return pointer.of_day(settings, capability, as_of)


def published_version(settings: Settings, capability: Capability, as_of: date | None = None) -> Version:
    """The version that readers get now, or the one of a day that was published last.

    Raises:
        NotPublished: no day has been published, or not this one.
    """
    if as_of is None:
        return current_version(settings, capability)
    found = version_of_day(settings, capability, as_of)
    if found is None:
        raise NotPublished(
            f"{capability.name} as of {as_of}",
            expected="a published version",
            found="none",
            remedy=f"Run: shelduck run --as-of {as_of}",
        )
    return found


def newest_as_of(settings: Settings, capability: Capability) -> date | None:
    """The newest published day, pinned or not."""
    found = pointer.newest(settings, capability)
    return found.as_of if found else None


def newest_decided(settings: Settings, capability: Capability) -> date | None:
    """The newest day that is published, or computed and about to be: its policy must not change under it."""
    drafts = (date.fromisoformat(folder.name[:10]) for folder in settings.drafts_of(capability.name).glob("[0-9]*-*"))
    return max([*drafts, *filter(None, [newest_as_of(settings, capability)])], default=None)


def manifest(settings: Settings, capability: Capability, version_id: str | None = None) -> Manifest:
    """The manifest of a version, or of the current one.

    Raises:
        NotPublished: there is no such version.
    """
    return manifest_of(_chosen(settings, capability, version_id))


def manifest_of(version: Version) -> Manifest:
    """The manifest of a version, wherever it lies.

    Raises:
        NotPublished: it cannot be read.
    """
    try:
        return read_manifest(version)
    except (OSError, ValueError) as unreadable:
        _refuse(version, "manifest", unreadable)


def read_table(
    settings: Settings,
    capability: Capability,
    name: str,
    version_id: str | None = None,
    where: pl.Expr | None = None,
) -> pl.DataFrame:
    """The rows of a published table that ``where`` keeps, sorted by its key, of a version or of the current one.

    Raises:
        NotPublished: there is no such version or table, the table is no longer kept, or its file cannot be read.
    """
    return table_of(capability, _chosen(settings, capability, version_id), name, where)


def table_of(capability: Capability, version: Version, name: str, where: pl.Expr | None = None) -> pl.DataFrame:
    """The same of a version, wherever it lies.

    Raises:
        NotPublished: there is no such table, it is no longer kept, or its file cannot be read.
    """
    try:
        rows = scan_of(capability, version, name)
        return (rows if where is None else rows.filter(where)).collect()
    except (OSError, pl.exceptions.PolarsError) as unreadable:
        _refuse(version, name, unreadable)


def scan_of(capability: Capability, version: Version, name: str) -> pl.LazyFrame:
    """The same, read lazily: whoever needs few rows and columns of a large table pays for those.

    Raises:
        NotPublished: there is no such table, or it is no longer kept.
    """
    if name not in capability.tables:
        known = ", ".join(capability.tables)
        raise NotPublished(f"table {name}", expected=f"one of {known}", found=name, remedy="Check the spelling")
    if not_kept(capability, version, name):
        raise not_kept_error(capability, version, name)
    return pl.scan_parquet(version.folder / f"{name}.parquet", glob=False)


def day_before(
    settings: Settings, capability: Capability, as_of: date, name: str, days: int = 1
) -> pl.DataFrame | None:
    """A table as it was published for the day before ``as_of``, or ``days`` days; None where it is not there."""
    found = _before(settings, capability, as_of, name, days)
    return None if found is None else table_of(capability, found, name)


def scan_day_before(settings: Settings, capability: Capability, as_of: date, name: str) -> pl.LazyFrame | None:
    """The table of the day before, read lazily; None where it is not there.

    Raises:
        NotPublished: its file cannot be read.
    """
    found = _before(settings, capability, as_of, name, 1)
    if found is None:
        return None
    rows = scan_of(capability, found, name)
    try:
        rows.collect_schema()
    except (OSError, pl.exceptions.PolarsError) as unreadable:
        _refuse(found, name, unreadable)
    return rows


def _before(settings: Settings, capability: Capability, as_of: date, name: str, days: int) -> Version | None:
    """The version of ``days`` days before, when it still has the table."""
    found = version_of_day(settings, capability, as_of - timedelta(days=days))
    return None if found is None or not_kept(capability, found, name) else found


def not_kept(capability: Capability, version: Version, name: str) -> str:
    """That a table of a version was removed because it is kept for a few days only, in words; else empty."""
    if name not in removed_tables(version.folder):
        return ""
    return f"removed, because it is kept for {capability.tables[name].kept_days} days"


def not_kept_error(capability: Capability, version: Version, name: str) -> NotPublished:
    """The error of a reader who asks for it."""
    return NotPublished(
        f"{name} of version {version.id}",
        expected="a table that is kept as long as its version",
        found=not_kept(capability, version, name),
        remedy=f"Run: shelduck run --as-of {version.as_of} --capability {capability.name}",
    )


def _chosen(settings: Settings, capability: Capability, version_id: str | None) -> Version:
    if version_id is None:
        return current_version(settings, capability)
    try:
        found = version(settings, capability, version_id)
    except ValueError:
        found = None
    if found is None or not found.folder.is_dir():
        raise NotPublished(
            f"version {version_id}",
            expected=f"in published/{capability.name}/versions",
            found="none",
            remedy="Run: shelduck days",
        )
    return found


def _refuse(found: Version, name: str, unreadable: Exception) -> NoReturn:
    raise unreadable_file(found.id, name, why_unreadable(unreadable)) from unreadable
