"""One file per content of a table: versions that hold the same table share its bytes through hard links.

``published/<capability>/tables/<table>-<first 16 digits of the content hash>.parquet`` is a further link to the
file of every version with that content. Nothing reads it but the next version with the same content, so a store that
was lost or is on a file system without hard links costs room and nothing else.
"""

from __future__ import annotations

import errno
import filecmp
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ml.capability import Capability
from ml.durable import TEMPORARY, temporary_beside
from ml.settings import Settings

_NO_LINK: Final = (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV, errno.EMLINK)
"""A file system without hard links, somebody else's file, another disk, too many links."""


def store_dir(settings: Settings, capability: Capability) -> Path:
    """The folder of the capability's stored tables."""
    return settings.published_of(capability.name) / "tables"


def share(path: Path, store: Path, content_hash: str) -> None:
    """Let the table file ``path`` be one file with the stored one of that content; the caller holds the lock.

    A stored file of other bytes (damaged, or of another release of the library that writes Parquet) is replaced.
    """
    store.mkdir(parents=True, exist_ok=True)
    stored = store / f"{path.stem}-{content_hash[:16]}{path.suffix}"
    try:
        if stored.exists() and filecmp.cmp(stored, path, shallow=False):
            link(stored, path)
        else:
            link(path, stored)
    except OSError as refused:
        if refused.errno not in _NO_LINK:
            raise


def sweep_store(store: Path) -> None:
    """Remove stored tables that no version links, and what killed publications left; the caller holds the lock."""
    for path in _entries(store):
        if path.name.startswith(TEMPORARY) or path.lstat().st_nlink == 1:
            path.unlink()


def orphans_without(gone: Iterable[Path], store: Path) -> list[Path]:
    """The stored tables that no version would link if the version folders, or single files, ``gone`` were gone."""
    links: dict[int, int] = {}
    for each in gone:
        for path in each.iterdir() if each.is_dir() else [each]:
            inode = path.lstat().st_ino
            links[inode] = links.get(inode, 0) + 1
    found = ((path, path.lstat()) for path in _entries(store))
    return [path for path, status in found if status.st_nlink - links.get(status.st_ino, 0) == 1]


def link(source: Path, path: Path) -> None:
    """Make ``path`` a hard link to ``source``; who reads ``path`` meanwhile sees the old file or the new one.

    The folder is not synced: of the store nothing is lost with an entry, of a version's folder the caller does it.
    """
    temporary = temporary_beside(path)
    temporary.unlink(missing_ok=True)
    os.link(source, temporary)
    temporary.replace(path)
    temporary.unlink(missing_ok=True)  # a rename between links to one file does nothing


def _entries(store: Path) -> list[Path]:
    return sorted(store.iterdir()) if store.is_dir() else []
