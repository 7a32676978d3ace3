"""What housekeeping removed, or would remove: one value per kind of thing, for logs and tables."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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
    """The bytes of a file, or of all files below a folder; 0 when it is gone.

    A file with several hard links below the folder counts once. Symbolic links are not followed.
    """
    return sum({(status.st_dev, status.st_ino): status.st_size for status in _files(path)}.values())


def freed(paths: Iterable[Path]) -> int:
    """The bytes that removing ``paths`` frees: of files all of whose hard links lie there."""
    found = [status for path in paths for status in _files(path)]
    links = Counter((status.st_dev, status.st_ino) for status in found)
    sizes = {(status.st_dev, status.st_ino): status.st_size for status in found if _links(status, links)}
    return sum(sizes.values())


def _links(status: os.stat_result, links: Mapping[tuple[int, int], int]) -> bool:
    return status.st_nlink <= links[status.st_dev, status.st_ino]


def _files(path: Path) -> Iterator[os.stat_result]:
    """Of a file, or of every file below a folder; what disappears meanwhile is left out."""
    try:
        if path.is_dir() and not path.is_symlink():
            for inner in path.iterdir():
                yield from _files(inner)
        else:
            yield path.lstat()
    except FileNotFoundError:
        return


def remove(what: str, paths: Iterable[Path], *, dry_run: bool, note: str = "") -> Cleanup:
    """Remove files and folders; with ``dry_run`` only tell."""
    found = [(path, size(path)) for path in paths]
    for path, _ in () if dry_run else found:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return Cleanup(what, len(found), sum(held for _, held in found), note)
