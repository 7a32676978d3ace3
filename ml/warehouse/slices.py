"""A day's slice: what training and scoring read instead of the warehouse.

A slice is a folder ``slices/<as-of date>-<inputs hash>/`` of Parquet files and ``slice.json``. It is
complete when ``slice.json`` is there: the folder is moved into place as a whole.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import polars as pl

from ml.errors import StaleFeatures

HISTORY: Final = "history"
RATING: Final = "rating"
DIM_ITEM: Final = "dim_item"
DIM_USER: Final = "dim_user"
FEAT_USER: Final = "feat_user"
FEAT_ITEM: Final = "feat_item"
FEAT_USER_ITEM: Final = "feat_user_item"
DIM_RULE: Final = "dim_rule"
DIM_LAYOUT: Final = "dim_layout"
DIM_CONSENT: Final = "dim_consent"
FEAT_EXPOSURE: Final = "feat_exposure"
DAILY_VOLUME: Final = "daily_volume"

TABLES: Final = (
    *(HISTORY, RATING, DIM_ITEM, DIM_USER, FEAT_USER, FEAT_ITEM, FEAT_USER_ITEM),
    *(DIM_RULE, DIM_LAYOUT, DIM_CONSENT, FEAT_EXPOSURE, DAILY_VOLUME),
)
"""The marts of the dbt project; each is a file of the slice."""
RECORD: Final = "slice.json"
FORMAT: Final = 6
"""Raised when a table of the slice or its record gets other columns: slices of another format are exported again."""


@dataclass(frozen=True)
class Slice:
    """A complete export of one as-of date."""

    folder: Path
    as_of: date
    inputs_hash: str

    @cached_property
    def record(self) -> dict[str, Any]:
        """``slice.json``: inputs with their hashes, rows and file hashes per table, time zone, history days,
        and the lowest rating that counts as liking."""
        record: dict[str, Any] = json.loads((self.folder / RECORD).read_text())
        return record

    def table(self, name: str) -> pl.DataFrame:
        """One of ``TABLES``, in its stored order.

        Raises:
            StaleFeatures: the slice has no such table.
        """
        return pl.read_parquet(self._path(name), glob=False)

    def scan(self, name: str) -> pl.LazyFrame:
        """The same table, read lazily: a caller that needs few columns pays for those."""
        return pl.scan_parquet(self._path(name), glob=False)

    def is_intact(self) -> bool:
        """Whether every file is there with the bytes that were exported, in the format of today."""
        hashes: dict[str, str] = self.record["files"]
        return (
            self.record.get("format") == FORMAT
            and set(hashes) == set(TABLES)
            and all(
                path.is_file() and file_hash(path) == hashes[name]
                for name in TABLES
                for path in [self.folder / f"{name}.parquet"]
            )
        )

    def _path(self, name: str) -> Path:
        path = self.folder / f"{name}.parquet"
        if name not in TABLES or not path.is_file():
            raise StaleFeatures(
                f"slice {self.folder.name}",
                expected=f"one of the tables {', '.join(TABLES)}",
                found=f"no {name}.parquet",
                remedy=f"Run: shelduck run --as-of {self.as_of}",
            )
        return path


def read_slice(folder: Path) -> Slice:
    """The slice in ``folder``.

    Raises:
        StaleFeatures: the folder holds no complete slice.
    """
    try:
        record = json.loads((folder / RECORD).read_text())
        return Slice(folder, date.fromisoformat(record["as_of_date"]), record["inputs_hash"])
    except (OSError, ValueError, KeyError) as unreadable:
        raise StaleFeatures(
            f"slice {folder.name}",
            expected=f"a folder with {RECORD}",
            found=type(unreadable).__name__,
            remedy=f"Run: shelduck run --as-of {folder.name[:10]}",
        ) from unreadable


def file_hash(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
