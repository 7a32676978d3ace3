"""What housekeeping removed, or would remove: one value per kind of thing, for logs and tables."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cleanup:
    """``count`` things of a kind and their ``bytes``; ``note`` says why there is nothing, or what else to know."""

    what: str
    count: int = 0
    bytes: int = 0
    note: str = ""


def size(path: Path) -> int:
    """The bytes of a file, or of all files below a folder; 0 when it is gone. Links are not followed."""
    if path.is_dir() and not path.is_symlink():
        return sum(size(inner) for inner in path.iterdir())
    try:
        return path.lstat().st_size
    except FileNotFoundError:
        return 0


def remove(what: str, paths: Iterable[Path], *, dry_run: bool, note: str = "") -> Cleanup:
    """Remove files and folders; with ``dry_run`` only tell."""
    found = [(path, size(path)) for path in paths]
    for path, _ in () if dry_run else found:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return Cleanup(what, len(found), sum(held for _, held in found), note)
