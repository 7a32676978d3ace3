"""Which file is damaged: a table that is read lazily fails where it is used, and Polars names no file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from ml.errors import NotPublished
from ml.warehouse.slices import Slice, unreadable_table, why_unreadable

if TYPE_CHECKING:
    from ml.publish.store import Version


@contextmanager
def damage_named(slices: Iterable[Slice] = (), versions: Iterable[Version] = ()) -> Iterator[None]:
    """Around work that reads tables of these; their files are only looked at when it fails.

    Raises:
        StaleFeatures: the work failed, and a table of a slice cannot be read.
        NotPublished: it failed, and a table of a version cannot be read.
    """
    try:
        yield
    except pl.exceptions.PolarsError:
        require_readable(slices, versions)
        raise


def require_readable(slices: Iterable[Slice] = (), versions: Iterable[Version] = ()) -> None:
    """Read every table, a column at a time.

    Raises:
        StaleFeatures: one of a slice cannot be read.
        NotPublished: one of a version cannot be read.
    """
    for each in slices:
        for path, why in _unreadable(each.folder):
            raise unreadable_table(each, path.stem, why)
    for version in versions:
        require_readable_version(version.folder)


def require_readable_version(folder: Path) -> None:
    """The same of the version in ``folder``.

    Raises:
        NotPublished: one of its tables cannot be read.
    """
    for path, why in _unreadable(folder):
        raise unreadable_file(folder.name, path.stem, why)


def unreadable_file(version_id: str, name: str, why: str) -> NotPublished:
    """The error of a reader who met such a table, or such a manifest."""
    return NotPublished(
        f"{name} of version {version_id}",
        expected="a readable file",
        found=why,
        remedy=f"Run: shelduck run --as-of {version_id[:10]}",
    )


def _unreadable(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.glob("*.parquet")):
        try:
            rows = pl.scan_parquet(path, glob=False)
            for name in rows.collect_schema():
                rows.select(name).collect()
        except (OSError, pl.exceptions.PolarsError) as unreadable:
            yield path, why_unreadable(unreadable)
