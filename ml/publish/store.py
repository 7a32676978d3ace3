"""Version folders: written whole, verified by hash, mended in place when damaged."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from pydantic import ValidationError

from ml.capability import Capability
from ml.durable import TEMPORARY, sync, sync_tree, temporary_beside, write_text
from ml.fingerprint import file_fingerprint
from ml.publish.databases import DATABASE, database_faults
from ml.publish.encoding import write_compact
from ml.publish.manifest import MANIFEST, Manifest
from ml.publish.removed import forget_removals, removed_tables
from ml.publish.shared_files import link, share, store_dir
from ml.settings import Settings

_WRITABLE = 0o222
_VERSION_ID = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{12}")


@dataclass(frozen=True, order=True)
class Version:
    """A published version: its day, its id ``<as_of>-<hash12>`` and where it lies."""

    as_of: date
    id: str
    folder: Path


def versions_dir(settings: Settings, capability: Capability) -> Path:
    """The folder of version folders."""
    return settings.published_of(capability.name) / "versions"


def is_version_id(text: str) -> bool:
    """Whether ``text`` has the form ``<as_of>-<hash12>`` of a version's id."""
    return _VERSION_ID.fullmatch(text) is not None


def version(settings: Settings, capability: Capability, version_id: str) -> Version:
    """The version of that id, whether or not it exists.

    Raises:
        ValueError: the text is no version id, and perhaps a path that leads elsewhere.
    """
    if not is_version_id(version_id):
        raise ValueError(f"no version id: {version_id!r}")
    return Version(date.fromisoformat(version_id[:10]), version_id, versions_dir(settings, capability) / version_id)


def all_versions(settings: Settings, capability: Capability) -> list[Version]:
    """Every version, oldest as-of date first."""
    folders = versions_dir(settings, capability).glob("[0-9]*")
    return sorted(version(settings, capability, folder.name) for folder in folders if _is_version(folder))


def write_version(
    settings: Settings, capability: Capability, manifest: Manifest, tables: Mapping[str, pl.LazyFrame]
) -> bool:
    """Write or mend the version that ``manifest`` names; the caller holds the publication lock.

    Returns:
        False when the same content was there already, whole and intact, so that nothing was written.
    """
    target = version(settings, capability, manifest.version)
    if target.folder.exists() and not faults(target) and not removed_tables(target.folder):
        return False
    target.folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(target.folder)
    _fill(temporary, manifest, tables, store_dir(settings, capability))
    if target.folder.exists():
        before = {path.lstat().st_ino for path in target.folder.glob("*.parquet")}
        _mend(temporary, target.folder)
        _mend_sharers(all_versions(settings, capability), target, before)
    else:
        temporary.replace(target.folder)
    sync(target.folder.parent)
    return True


def faults(version: Version) -> list[str]:
    """What is wrong with a version's files, in words; empty for an intact one, with a database or without.

    A table that was kept for a few days only, and is recorded as removed, is nothing wrong.
    """
    try:
        manifest = read_manifest(version)
    except (OSError, ValidationError) as unreadable:
        return [f"{MANIFEST}: {type(unreadable).__name__}"]
    if manifest.version != version.id or not manifest.is_intact():
        return [f"{MANIFEST}: changed since it was written"]
    expected_gone = {DATABASE, *(f"{name}.parquet" for name in removed_tables(version.folder))}
    wrong = [
        f"{name}: {'changed since it was written' if (version.folder / name).exists() else 'missing'}"
        for name, fingerprint in manifest.files.items()
        if name not in expected_gone and not _is_file(version.folder / name, fingerprint)
    ]
    return [*wrong, *database_faults(version.folder, manifest.files)]


def read_manifest(version: Version) -> Manifest:
    """The manifest as it stands in the version's folder."""
    return Manifest.model_validate_json((version.folder / MANIFEST).read_text(encoding="utf-8"))


def sealed_files(version: Version) -> dict[str, str]:
    """The sha256 of the version's files by name; nothing when its manifest cannot be read."""
    try:
        return read_manifest(version).files
    except (OSError, ValidationError):
        return {}


def sweep(folder: Path) -> None:
    """Remove what killed publications left in ``folder``; the caller holds the publication lock."""
    for leftover in folder.glob(f"{TEMPORARY}*"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()


def _is_version(folder: Path) -> bool:
    return is_version_id(folder.name) and (folder / MANIFEST).exists()


def _is_file(path: Path, fingerprint: str | None) -> bool:
    return path.is_file() and file_fingerprint(path) == fingerprint


def _fill(folder: Path, manifest: Manifest, tables: Mapping[str, pl.LazyFrame], store: Path) -> None:
    folder.mkdir()
    for name, rows in tables.items():
        path = folder / f"{name}.parquet"
        write_compact(rows, path)
        _protect(path)
        share(path, store, manifest.tables[name].content_hash)
    files = {path.name: file_fingerprint(path) for path in sorted(folder.iterdir())}
    write_text(folder / MANIFEST, manifest.sealed(files).model_dump_json(indent=2) + "\n")
    _protect(folder / MANIFEST)
    sync_tree(folder)


def _protect(path: Path) -> None:
    """Against writing by anybody; readers stay those whom the home has."""
    path.chmod(path.stat().st_mode & ~_WRITABLE)


def _mend(good: Path, damaged: Path) -> None:
    """File by file, because readers may be in the folder; the manifest last, so that a kill shows as damage.

    A database that is damaged, or lacks a table that had been removed, goes: it is made again where readers need one.
    """
    lacked = removed_tables(damaged)
    for path in sorted(good.iterdir(), key=lambda path: (path.name == MANIFEST, path.name)):
        path.replace(damaged / path.name)
        path.unlink(missing_ok=True)  # a rename between links to one file does nothing
    forget_removals(damaged)
    if lacked or database_faults(damaged, {}):
        (damaged / DATABASE).unlink(missing_ok=True)
    sync(damaged)
    good.rmdir()


def _mend_sharers(versions: Iterable[Version], mended: Version, before: Collection[int]) -> None:
    """Other versions whose tables were the same files as the damaged ones of ``mended`` get the good files, too.

    Args:
        versions: all of them.
        mended: whose files are good now.
        before: the inodes of its tables before.
    """
    for other in versions:
        for path in other.folder.glob("*.parquet"):
            good = mended.folder / path.name
            if path.lstat().st_ino not in before or not good.exists() or good.samefile(path):
                continue
            if _is_file(good, sealed_files(other).get(path.name)):
                link(good, path)
                sync(path.parent)
