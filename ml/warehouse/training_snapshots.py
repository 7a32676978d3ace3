"""The slices of the past days on which models learn: they are kept longer than a day's own.

A slice that a training asked for has a mark beside its files. Those of the last ``KEPT_DAYS`` before the newest marked
day stay, one per day, so that a weekly training finds all but its own day's; those that a training looked further back
to stay as long as that.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from pydantic import ByteSize, TypeAdapter

from ml.warehouse.lineage import aggregated_tables
from ml.warehouse.pending import Inputs
from ml.warehouse.slices import Slice, day_of

KEPT_DAYS: Final = 140
_TOGETHER: Final = 2
"""As-of dates that one dbt run builds, at most: four cost a shop of 50,000 more, and take 4.5 instead of 3.4 GB."""
_BYTES_PER_EVENT: Final = 300
"""Of the warehouse's memory, for each event that had arrived by an as-of date: 12 million took 4 GB and no more."""
_MARK: Final = ".learned_from"


def together(missing: Sequence[Inputs], memory_limit: str) -> Iterator[list[Inputs]]:
    """The days that one dbt run builds, in the order given: as many as are in memory at once, one at least.

    Args:
        missing: what had arrived by each day.
        memory_limit: of the warehouse, such as ``4GB``.
    """
    room = TypeAdapter(ByteSize).validate_python(memory_limit) // _BYTES_PER_EVENT
    part, events = list[Inputs](), 0
    for inputs in missing:
        own = sum(partition["rows"] for partition in inputs.partitions if partition["table"] in aggregated_tables())
        if part and (len(part) == _TOGETHER or events + own > room):
            yield part
            part, events = [], 0
        part.append(inputs)
        events += own
    if part:
        yield part


def mark_learned_from(slices: Iterable[Slice]) -> None:
    """Note beside each slice's files that a training reads it, and how many days back the training looks."""
    read = list(slices)
    newest = max((each.as_of for each in read), default=date.min)
    for each in read:
        looks_back = max((newest - other.as_of).days for other in read) if each.as_of < newest else 0
        (each.folder / _MARK).write_text(str(max(looks_back, _looked_back(each.folder))))


def keep_mark(before: Path, again: Path) -> None:
    """The mark of a slice that was built ``again``, if it had one ``before``."""
    if (before / _MARK).exists():
        shutil.copyfile(before / _MARK, again / _MARK)


def kept_for_training(folders: Sequence[Path]) -> set[Path]:
    """Of slices' folders those that the next training will look for: marked, recent, the last built of each day."""
    marked = [folder for folder in folders if (folder / _MARK).exists()]
    newest = {day_of(folder): folder for folder in sorted(marked, key=lambda folder: folder.stat().st_mtime)}
    last = max(newest, default=date.max)
    return {
        folder for day, folder in newest.items() if last - day <= timedelta(days=max(KEPT_DAYS, _looked_back(folder)))
    }


def _looked_back(folder: Path) -> int:
    """How many days back a training looked that read the slice; 0 without a mark, or with one of an earlier version."""
    mark = folder / _MARK
    text = mark.read_text() if mark.exists() else ""
    return int(text) if text.isdigit() else 0
