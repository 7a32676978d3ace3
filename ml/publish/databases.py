"""``shelduck.duckdb``, a version's tables for people who read with SQL: where readers are, and nowhere else.

It is made from the version's Parquet files, so it can be made again at any time. The version that ``current`` names
has one before ``current`` names it; so has the version before, for whoever had just followed the link. No manifest
lists it (those of earlier releases do): ``databases.json`` holds the sha256 of each.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from ml.durable import sync, temporary_beside, write_text
from ml.errors import WarehouseBroken
from ml.fingerprint import file_fingerprint
from ml.publish.damaged import require_readable_version
from ml.settings import Settings
from ml.warehouse.connection import DatabaseError
from ml.warehouse.database import write_database

DATABASE: Final = "shelduck.duckdb"
_RECORD: Final = "databases.json"
_WRITABLE: Final = 0o222


def provide(settings: Settings, folder: Path, sealed: Mapping[str, str]) -> bool:
    """Give the version in ``folder`` an intact database; the caller holds the publication lock.

    Args:
        settings: limits of memory and threads.
        folder: of the version.
        sealed: the sha256 of files by name, as the version's manifest says.

    Returns:
        False when it had one.

    Raises:
        NotPublished: a table of the version cannot be read.
    """
    if (folder / DATABASE).is_file() and not database_faults(folder, sealed):
        return False
    published = folder.parent.parent
    temporary = temporary_beside(published / DATABASE)  # where the next publication sweeps what a killed one left
    temporary.unlink(missing_ok=True)
    tables = [(path.stem, path) for path in sorted(folder.glob("*.parquet"))]
    try:
        write_database(settings, temporary, tables)
    except (DatabaseError, WarehouseBroken):
        require_readable_version(folder)
        raise
    temporary.chmod(temporary.stat().st_mode & ~_WRITABLE)
    sync(temporary)
    _remember(published, _recorded(published) | {folder.name: file_fingerprint(temporary)})
    temporary.replace(folder / DATABASE)
    sync(folder)
    return True


def keep_only(published: Path, version_ids: Collection[str]) -> None:
    """Remove the databases of all other versions; the caller holds the publication lock."""
    for path in published.glob(f"versions/[0-9]*/{DATABASE}"):
        if path.parent.name not in version_ids:
            path.unlink()
            sync(path.parent)
    recorded = _recorded(published)
    if recorded.keys() - version_ids:
        _remember(published, {name: found for name, found in recorded.items() if name in version_ids})


def database_faults(folder: Path, sealed: Mapping[str, str]) -> list[str]:
    """What is wrong with the database of the version in ``folder``, in words; a version without one is intact."""
    path = folder / DATABASE
    if not path.exists():
        return []
    expected = _recorded(folder.parent.parent).get(folder.name, sealed.get(DATABASE))
    return (
        [] if path.is_file() and file_fingerprint(path) == expected else [f"{DATABASE}: changed since it was written"]
    )


def missing_database(folder: Path) -> list[str]:
    """That the version in ``folder`` has none, in words: wrong for the version that ``current`` names."""
    return [] if (folder / DATABASE).exists() else [f"{DATABASE}: missing"]


def _recorded(published: Path) -> dict[str, str]:
    """The sha256 of each database by version id; nothing when the record is lost or damaged."""
    try:
        found = json.loads((published / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(published: Path, recorded: Mapping[str, str]) -> None:
    write_text(published / _RECORD, json.dumps(recorded, indent=2, sort_keys=True) + "\n")
