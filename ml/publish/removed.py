"""``removed.json`` in a version's folder: the tables that were kept for a few days only, and are gone by now.

It is written before a table's file is removed, so that a file that is missing without being recorded is damage.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ml.durable import sync, write_text

_RECORD: Final = "removed.json"


def removed_tables(folder: Path) -> list[str]:
    """The tables that are recorded as removed from the version in ``folder``, and whose file is gone."""
    try:
        names = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [name for name in names if not (folder / f"{name}.parquet").exists()] if isinstance(names, list) else []


def remove_tables(folder: Path, names: Iterable[str]) -> None:
    """Remove tables of the version in ``folder``; the caller holds the publication lock. A killed removal is finished
    by the next one."""
    write_text(folder / _RECORD, json.dumps(sorted({*removed_tables(folder), *names})) + "\n")
    for name in names:
        (folder / f"{name}.parquet").unlink(missing_ok=True)
    sync(folder)


def forget_removals(folder: Path) -> None:
    """After every table of the version was written again."""
    (folder / _RECORD).unlink(missing_ok=True)
