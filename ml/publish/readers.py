"""What readers of published tables call. No lock is needed: a version never changes, a pointer moves at once.

Whoever reads several tables asks for ``current_version`` once and passes its id on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NoReturn

import polars as pl

from ml.errors import NotPublished
from ml.publish import pointer
from ml.publish.draft import read_draft
from ml.publish.manifest import Manifest
from ml.publish.store import Version, all_versions, read_manifest, version
from ml.settings import Settings
from ml.tables import DEFAULT_SHELF, PAGE_SLOT, PUBLISHED, RECOMMENDATION, Col


def current_version(settings: Settings) -> Version:
    """The version that readers get now.

    Raises:
        NotPublished: no day has been published.
    """
    found = pointer.current(settings)
    if found is None:
        raise NotPublished(
            "published/current", expected="a version", found="none", remedy="Run: shelduck run --as-of YYYY-MM-DD"
        )
    return found


def versions(settings: Settings) -> list[Version]:
    """Every published version, oldest as-of date first."""
    return all_versions(settings)


def version_of_day(settings: Settings, as_of: date) -> Version | None:
    """The version of a day that was published last, if the day was published."""
    return pointer.of_day(settings, as_of)


def newest_as_of(settings: Settings) -> date | None:
    """The newest published day, pinned or not."""
    found = pointer.newest(settings)
    return found.as_of if found else None


def manifest(settings: Settings, version_id: str | None = None) -> Manifest:
    """The manifest of a version, or of the current one.

    Raises:
        NotPublished: there is no such version.
    """
    found = _chosen(settings, version_id)
    try:
        return read_manifest(found)
    except (OSError, ValueError) as unreadable:
        _refuse(found, "manifest", unreadable)


def read_table(settings: Settings, name: str, version_id: str | None = None) -> pl.DataFrame:
    """A published table, sorted by its key, of a version or of the current one.

    Raises:
        NotPublished: there is no such version or table, or its file cannot be read.
    """
    return _scanned(_chosen(settings, version_id), name, pl.lit(True))


def recommendations_before(settings: Settings, draft: Path) -> pl.DataFrame | None:
    """The recommendations published for the day before a draft's; None where that day is not published."""
    version = version_of_day(settings, read_draft(draft).record.as_of_date - timedelta(days=1))
    return read_table(settings, RECOMMENDATION.name, version.id) if version else None


def shelf(
    settings: Settings, user_id: str, placement: str | None = None, version_id: str | None = None
) -> pl.DataFrame:
    """One shopper's rows of ``recommendation`` by placement and rank.

    Raises:
        NotPublished: nothing is published for this shopper (and placement).
    """
    found = _chosen(settings, version_id)
    wanted = pl.col(Col.user_id) == user_id
    if placement is not None:
        wanted &= pl.col(Col.placement) == placement
    rows = _scanned(found, RECOMMENDATION.name, wanted)
    if rows.is_empty():
        where = f"a shelf {placement or ''}".strip()
        raise NotPublished(
            f"shopper {user_id}",
            expected=f"{where} as of {found.as_of}",
            found="none",
            remedy="Look the shopper and the placement up in the table recommendation",
        )
    return rows


def default_shelf(settings: Settings, placement: str | None = None, version_id: str | None = None) -> pl.DataFrame:
    """The rows of ``default_shelf`` by placement and rank: for whoever has no shelf of their own.

    Raises:
        NotPublished: there is none (for the placement); versions from before there were default shelves have none.
    """
    found = _chosen(settings, version_id)
    wanted = pl.lit(True) if placement is None else pl.col(Col.placement) == placement
    rows = _scanned(found, DEFAULT_SHELF.name, wanted)
    if rows.is_empty():
        raise NotPublished(
            f"the default shelf {placement or ''}".strip(),
            expected=f"rows as of {found.as_of}",
            found="none",
            remedy="Look the placement up in the table default_shelf",
        )
    return rows


def page(settings: Settings, user_id: str, layout: str, version_id: str | None = None) -> pl.DataFrame:
    """One shopper's rows of ``page_slot`` in a layout, by row and position.

    Raises:
        NotPublished: no screen of this layout is published for this shopper.
    """
    found = _chosen(settings, version_id)
    screens = _scanned(found, PAGE_SLOT.name, pl.col(Col.user_id) == user_id)
    slots = screens.filter(pl.col(Col.layout) == layout)
    if slots.is_empty():
        others = screens[Col.layout].unique().sort().to_list()
        raise NotPublished(
            f"shopper {user_id}",
            expected=f"a screen of the layout {layout} as of {found.as_of}",
            found=f"screens of {', '.join(others)}" if others else "none",
            remedy="Look the shopper and the layout up in the table page_slot",
        )
    return slots


def shelves(settings: Settings, user_ids: Sequence[str], version_id: str | None = None) -> pl.DataFrame:
    """The rows of ``recommendation`` of several shoppers, by placement, shopper and rank; none for unknown ones.

    Raises:
        NotPublished: there is no such version, or its table cannot be read.
    """
    wanted = pl.col(Col.user_id).is_in(pl.Series(user_ids, dtype=pl.String).implode())
    return _scanned(_chosen(settings, version_id), RECOMMENDATION.name, wanted)


def _chosen(settings: Settings, version_id: str | None) -> Version:
    if version_id is None:
        return current_version(settings)
    try:
        found = version(settings, version_id)
    except ValueError:
        found = None
    if found is None or not found.folder.is_dir():
        raise NotPublished(
            f"version {version_id}", expected="in published/versions", found="none", remedy="Run: shelduck days"
        )
    return found


def _scanned(found: Version, name: str, wanted: pl.Expr) -> pl.DataFrame:
    if name not in (table.name for table in PUBLISHED):
        known = ", ".join(table.name for table in PUBLISHED)
        raise NotPublished(f"table {name}", expected=f"one of {known}", found=name, remedy="Check the spelling")
    try:
        return pl.scan_parquet(found.folder / f"{name}.parquet", glob=False).filter(wanted).collect()
    except (OSError, pl.exceptions.PolarsError) as unreadable:
        _refuse(found, name, unreadable)


def _refuse(found: Version, name: str, unreadable: Exception) -> NoReturn:
    raise NotPublished(
        f"{name} of version {found.id}",
        expected="a readable file",
        found=type(unreadable).__name__,
        remedy=f"Run: shelduck run --as-of {found.as_of}",
    ) from unreadable
