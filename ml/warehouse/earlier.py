"""The snapshots of days before D that a day is compared with.

They are found by what they were made of: D's own partitions that had arrived by then, with the same code and settings.
So what a day is compared with is decided by the day's inputs, not by what lies in the folder. Of a slice that is kept
for nothing else, the tables that are compared stay.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from ml.capabilities import compared_days, compared_tables
from ml.cleanup import Cleanup, remove
from ml.durable import write_text
from ml.errors import StaleFeatures
from ml.warehouse.slices import RECORD, Slice, day_of, read_slice

_CONTRACTS: Final = "contracts"
"""Part of a slice's recipe: the contracts of the tables that had arrived; of an earlier day they may be fewer."""

_THINNED: Final = "tables of slices that later days are only compared with"


def compared_with(days: Iterable[date], back: Iterable[int]) -> list[date]:
    """The days ``back`` days before any of ``days``, oldest first, each once."""
    return sorted({day - timedelta(days=before) for day in days for before in back})


def earlier_slices(snapshot: Slice, back: Iterable[int]) -> dict[int, Slice]:
    """By number of days before the snapshot's own, the snapshot of that day; none where nothing had arrived by then.

    They lie in the same folder.

    Raises:
        StaleFeatures: one is not there.
    """
    found = {before: _earlier(snapshot, before) for before in back}
    return {before: each for before, each in found.items() if each}


def has_earlier(snapshot: Slice, back: Iterable[int]) -> bool:
    """Whether every one of them is there."""
    try:
        earlier_slices(snapshot, back)
    except StaleFeatures:
        return False
    return True


def _earlier(snapshot: Slice, before: int) -> Slice | None:
    day = snapshot.as_of - timedelta(days=before)
    arrived = [each for each in snapshot.record["inputs"] if each["arrival_date"] <= day.isoformat()]
    if not arrived:
        return None
    for path in sorted(snapshot.folder.parent.glob(f"{day}-*")):
        if (path / RECORD).exists():
            record = read_slice(path).record
            if record["inputs"] == arrived and _is_alike(record["recipe"], snapshot.record["recipe"]):
                return read_slice(path)
    raise StaleFeatures(
        f"slice of {day}",
        expected=f"to be there, because {snapshot.as_of} is compared with it",
        found="none of these inputs",
        remedy=f"Run: shelduck run --as-of {snapshot.as_of}",
    )


def _is_alike(recipe: Mapping[str, Any], later: Mapping[str, Any]) -> bool:
    own, others = ({**each, _CONTRACTS: []} for each in (recipe, later))
    return own == others and set(recipe[_CONTRACTS]) <= set(later[_CONTRACTS])


def is_compared(folder: Path, days: Iterable[date]) -> bool:
    """Whether a slice may be what one of ``days``, or of those that follow, is compared with."""
    back = max(compared_days(), default=0)
    return (folder / RECORD).exists() and any(
        timedelta(0) <= day - day_of(folder) <= timedelta(days=back) for day in days
    )


def is_thin(folder: Path) -> bool:
    """Whether of a slice no more than the compared tables is left."""
    return bool(list(folder.glob("*.parquet"))) and not _others(folder)


def thin(folders: Iterable[Path], *, dry_run: bool = False) -> Cleanup:
    """Leave of slices the tables that days are compared by; whoever reads those meanwhile notices nothing."""
    whole = {folder: (folder.stat(), others) for folder in folders if (others := _others(folder))}
    for folder in () if dry_run else whole:
        record = dict(read_slice(folder).record)
        for part in ("files", "tables"):
            record[part] = {name: value for name, value in record[part].items() if name in compared_tables()}
        write_text(folder / RECORD, json.dumps(record, indent=1, sort_keys=True))
    removed = remove(_THINNED, (path for _, others in whole.values() for path in others), dry_run=dry_run)
    for folder, (used, _) in whole.items():
        os.utime(folder, ns=(used.st_atime_ns, used.st_mtime_ns))
    return removed


def _others(folder: Path) -> list[Path]:
    """The tables of a slice that no day is compared by."""
    return [path for path in sorted(folder.glob("*.parquet")) if path.stem not in compared_tables()]
