"""Splits a day's work into parts: each is computed once, by the first process that asks, and survives a kill.

A part is a Parquet file named after everything it depends on. It appears whole, so a rerun reuses what an earlier
attempt finished; processes that work on the same day take different parts.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import polars as pl

from ml.durable import sync, temporary_beside, write_parquet
from ml.errors import WarehouseLocked
from ml.warehouse.lock import file_lock

_PREFIX: Final = ".parts-"

Work: TypeAlias = Mapping[str, Callable[[], pl.DataFrame]]
"""Names of parts and how to make them, in order."""
Rows: TypeAlias = Callable[[pl.LazyFrame], pl.LazyFrame]
"""Chooses rows or columns of a part, so that no others are read."""


def _every(rows: pl.LazyFrame) -> pl.LazyFrame:
    return rows


def shards(users: Sequence[str], size: int) -> list[list[str]]:
    """``users`` in id order, cut into blocks of ``size``; a list is the same in whichever it is made."""
    ordered = sorted(users)
    return [ordered[start : start + size] for start in range(0, len(ordered), size)] or [ordered]


def shard_name(users: Sequence[str]) -> str:
    """The name of the part that holds these shoppers."""
    return "shard " + hashlib.sha256("\x1f".join(users).encode()).hexdigest()


@dataclass(frozen=True)
class Parts:
    """The finished parts of one draft.

    Attributes:
        folder: where they lie; of this draft only.
        key: what every part depends on.
        patience: seconds to wait for a part that another process is making.
    """

    folder: Path
    key: str
    patience: float

    @classmethod
    def beside(cls, draft: Path, key: str, patience: float) -> Parts:
        """The parts of a draft that is yet to be written."""
        return cls(draft.with_name(f"{_PREFIX}{draft.name}"), key, patience)

    def make(self, work: Work) -> None:
        """Makes every part of ``work`` that nobody has finished or is making.

        Raises:
            OSError: the disk is full.
        """
        for name, make in work.items():
            if not self._path(name).exists():
                try:
                    self.one(name, make, patience=0)
                except WarehouseLocked:
                    continue  # somebody else makes this one

    def all(self, work: Work, rows: Rows = _every) -> Iterator[pl.DataFrame]:
        """Every part of ``work``, in order, one after the other; of each the chosen ``rows``.

        Raises:
            WarehouseLocked: another process did not finish its part in time.
        """
        for name, make in work.items():
            yield self.one(name, make, rows)

    def sorted_by(self, column: str, values: Iterable[str], work: Work) -> Iterator[pl.DataFrame]:
        """The rows of all parts with each of the ``values`` in a column, in the order of values and parts.

        Raises:
            WarehouseLocked: another process did not finish its part in time.
        """
        for value in sorted(values):
            yield from self.all(work, lambda rows, value=value: rows.filter(pl.col(column) == value))  # type: ignore[misc]

    def one(
        self, name: str, make: Callable[[], pl.DataFrame], rows: Rows = _every, patience: float | None = None
    ) -> pl.DataFrame:
        """The chosen ``rows`` of the part ``name``, made by ``make`` when it is not there.

        Raises:
            WarehouseLocked: another process did not finish it in time.
        """
        path = self._path(name)
        found = _read(path, rows)
        if found is None:
            lock = path.with_suffix(".lock")
            with file_lock(lock, f"part {name}", self.patience if patience is None else patience):
                found = _read(path, rows)
                if found is None:
                    made = make()
                    _keep(path, made)
                    found = rows(made.lazy()).collect()
        return found

    def remove(self, day: str) -> None:
        """Forget the parts of this draft, and what earlier attempts left of the same day.

        Another run of the day that is still at work, of this policy or another, makes what it misses again.
        """
        for folder in {self.folder, *self.folder.parent.glob(f"{_PREFIX}{day}-*")}:
            shutil.rmtree(folder, ignore_errors=True)

    def _path(self, name: str) -> Path:
        digest = hashlib.sha256(f"{self.key} {name}".encode()).hexdigest()[:16]
        return self.folder / f"{digest}.parquet"


def _read(path: Path, rows: Rows) -> pl.DataFrame | None:
    """Of a finished part the chosen rows; None where it is not there: another run of the day may forget it any time."""
    try:
        return rows(pl.scan_parquet(path, glob=False)).collect()
    except FileNotFoundError:
        return None


def _keep(path: Path, frame: pl.DataFrame) -> None:
    """Writes a part, unless another run forgets the folder meanwhile: it only spares work, the frame is at hand."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    try:
        write_parquet(frame, temporary)
        sync(temporary)
        temporary.replace(path)
    except FileNotFoundError:
        if path.parent.exists() and temporary.exists():
            raise
