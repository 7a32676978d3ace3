"""Version folders: written whole, verified by hash, mended in place when damaged."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from pydantic import ValidationError

from ml.capability import Capability
from ml.durable import TEMPORARY, sync, sync_tree, temporary_beside, write_parquet, write_text
from ml.fingerprint import file_fingerprint
from ml.publish.manifest import MANIFEST, Manifest
from ml.settings import Settings
from ml.warehouse.database import write_database

DATABASE = "shelduck.duckdb"
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
    settings: Settings, capability: Capability, manifest: Manifest, tables: Mapping[str, pl.DataFrame]
) -> bool:
    """Write or mend the version that ``manifest`` names; the caller holds the publication lock.

    Returns:
        False when the same content was there already and is intact, so that nothing was written.
    """
    target = version(settings, capability, manifest.version)
    if target.folder.exists() and not faults(target):
        return False
    target.folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(target.folder)
    _fill(settings, temporary, manifest, tables)
    if target.folder.exists():
        _mend(temporary, target.folder)
    else:
        temporary.replace(target.folder)
    sync(target.folder.parent)
    return True


def faults(version: Version) -> list[str]:
    """What is wrong with a version's files, in words; empty for an intact one."""
    try:
        manifest = read_manifest(version)
    except (OSError, ValidationError) as unreadable:
        return [f"{MANIFEST}: {type(unreadable).__name__}"]
    if manifest.version != version.id or not manifest.is_intact():
        return [f"{MANIFEST}: changed since it was written"]
    return [
        f"{name}: {'changed since it was written' if (version.folder / name).exists() else 'missing'}"
        for name, fingerprint in manifest.files.items()
        if not (version.folder / name).is_file() or file_fingerprint(version.folder / name) != fingerprint
    ]


def read_manifest(version: Version) -> Manifest:
    """The manifest as it stands in the version's folder."""
    return Manifest.model_validate_json((version.folder / MANIFEST).read_text(encoding="utf-8"))


def sweep(folder: Path) -> None:
    """Remove what killed publications left in ``folder``; the caller holds the publication lock."""
    for leftover in folder.glob(f"{TEMPORARY}*"):
        if leftover.is_dir() and not leftover.is_symlink():
            shutil.rmtree(leftover)
        else:
            leftover.unlink()


def _is_version(folder: Path) -> bool:
    return is_version_id(folder.name) and (folder / MANIFEST).exists()


def _fill(settings: Settings, folder: Path, manifest: Manifest, tables: Mapping[str, pl.DataFrame]) -> None:
    folder.mkdir()
    for name, frame in tables.items():
        write_parquet(frame, folder / f"{name}.parquet")
    write_database(settings, folder / DATABASE, tables)
    files = {path.name: file_fingerprint(path) for path in sorted(folder.iterdir())}
    write_text(folder / MANIFEST, manifest.sealed(files).model_dump_json(indent=2) + "\n")
    for path in folder.iterdir():
        path.chmod(path.stat().st_mode & ~_WRITABLE)  # readers stay those whom the home has
    sync_tree(folder)


def _mend(good: Path, damaged: Path) -> None:
    """File by file, because readers may be in the folder; the manifest last, so that a kill shows as damage."""
    for path in sorted(good.iterdir(), key=lambda path: (path.name == MANIFEST, path.name)):
        path.replace(damaged / path.name)
    sync(damaged)
    good.rmdir()
