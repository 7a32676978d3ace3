"""A day's slice: what training and scoring read instead of the warehouse.

A slice is a folder ``slices/<as-of date>-<inputs hash>/`` of Parquet files and ``slice.json``. It is
complete when ``slice.json`` is there: the folder is moved into place as a whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from ml.errors import StaleFeatures

if TYPE_CHECKING:
    import polars as pl

HISTORY: Final = "history"
RATING: Final = "rating"
DIM_ITEM: Final = "dim_item"
DIM_USER: Final = "dim_user"
FEAT_USER: Final = "feat_user"
FEAT_ITEM: Final = "feat_item"
FEAT_USER_ITEM: Final = "feat_user_item"
FEAT_USER_GROUP: Final = "feat_user_group"
DIM_RULE: Final = "dim_rule"
DIM_LAYOUT: Final = "dim_layout"
DIM_CONSENT: Final = "dim_consent"
FEAT_EXPOSURE: Final = "feat_exposure"
DAILY_VOLUME: Final = "daily_volume"

FEATURE_KEYS: Final = {
    FEAT_USER: ("user_id",),
    FEAT_ITEM: ("item_id",),
    FEAT_USER_ITEM: ("user_id", "item_id"),
    FEAT_USER_GROUP: ("user_id", "group_level", "group_id"),
}
"""By feature table its key within a slice."""
RECORD: Final = "slice.json"
FORMAT: Final = 8
"""Raised when a table of the slice or its record gets other columns: slices of another format are exported again."""


class Tables(Protocol):
    """A day's tables by name: those of a slice, or what a capability may see of them."""

    @property
    def as_of(self) -> date:
        """The day whose end the tables know."""

    @property
    def record(self) -> Mapping[str, Any]:
        """What the slice's record says."""

    def table(self, name: str) -> pl.DataFrame:
        """A table, in its stored order."""

    def scan(self, name: str) -> pl.LazyFrame:
        """The same table, read lazily."""

    def features(self, entity: str, columns: Sequence[str], users: Sequence[str] | None = None) -> pl.LazyFrame:
        """See ``Slice.features``."""


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
        """One of its tables, in the stored order.

        Raises:
            StaleFeatures: the slice has no such table, or its file cannot be read.
        """
        import polars as pl

        try:
            return pl.read_parquet(self._path(name), glob=False)
        except pl.exceptions.PolarsError as unreadable:
            raise unreadable_table(self, name, why_unreadable(unreadable)) from unreadable

    def scan(self, name: str) -> pl.LazyFrame:
        """The same table, read lazily: a caller that needs few columns pays for those.

        That its file cannot be read turns out where rows are collected: see ``ml.publish.damaged``.
        """
        import polars as pl

        return pl.scan_parquet(self._path(name), glob=False)

    def features(self, entity: str, columns: Sequence[str], users: Sequence[str] | None = None) -> pl.LazyFrame:
        """The key and ``columns`` (float32) of the feature table of an entity, sorted by its first column, read lazily.

        Of a shopper's rows those that have much in common stand together.

        Args:
            entity: ``user``, ``item``, ``user_item`` or ``user_group``.
            users: only their rows; blocks of the file that hold none of them are not read.

        Raises:
            StaleFeatures: the slice has no such table or column.
        """
        return chosen_features(self.scan(f"feat_{entity}"), f"feat_{entity}", columns, users)

    def is_intact(self, tables: Collection[str]) -> bool:
        """Whether it holds ``tables`` and every file has the bytes that were exported, in the format of today."""
        return (
            self.record.get("format") == FORMAT
            and set(tables) <= set(self._hashes)
            and all(
                path.is_file() and file_hash(path) == self._hashes[path.stem] for path in map(self._file, self._hashes)
            )
        )

    def content_of(self, tables: Iterable[str]) -> dict[str, str]:
        """The SHA-256 of the bytes of those of ``tables`` that the slice holds."""
        there = sorted(name for name in tables if self._file(name).is_file())
        return {name: self._hashes.get(name) or file_hash(self._file(name)) for name in there}

    @property
    def _hashes(self) -> dict[str, str]:
        hashes: dict[str, str] = self.record.get("files", {})
        return hashes

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"

    def _path(self, name: str) -> Path:
        path = self._file(name)
        if not path.is_file():
            there = sorted(file.stem for file in self.folder.glob("*.parquet"))
            raise StaleFeatures(
                f"slice {self.folder.name}",
                expected=f"one of the tables {', '.join(there)}",
                found=f"no {name}.parquet",
                remedy=f"Run: shelduck run --as-of {self.as_of}",
            )
        return path


def chosen_features(
    table: pl.LazyFrame, name: str, columns: Sequence[str], users: Sequence[str] | None = None
) -> pl.LazyFrame:
    """See ``Slice.features``; of the feature table ``name``.

    Raises:
        StaleFeatures: it has no such column.
    """
    import polars as pl

    key, there = FEATURE_KEYS[name], table.collect_schema()
    if missing := [column for column in (*key, *columns) if column not in there]:
        raise StaleFeatures(
            name,
            expected=f"columns {', '.join(missing)}",
            found="none of these names",
            remedy="Train with this release: shelduck train --as-of YYYY-MM-DD",
        )
    if users is not None:
        user, asked = pl.col(key[0]), pl.Series(users, dtype=pl.String)
        table = table.filter(user.is_between(pl.lit(asked.min()), pl.lit(asked.max())), user.is_in(asked.implode()))
    return table.select(*key, *(pl.col(column).cast(pl.Float32) for column in columns))


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


def unreadable_table(found: Slice, name: str, why: str) -> StaleFeatures:
    """The error of a reader who met such a table."""
    return StaleFeatures(
        f"{name} of slice {found.folder.name}",
        expected="a readable file",
        found=why,
        remedy=f"Run: shelduck run --as-of {found.as_of}",
    )


def why_unreadable(error: Exception) -> str:
    """What Polars finds wrong with a file; of others' errors only the name, as their texts may hold a path."""
    import polars as pl

    told = f": {str(error).splitlines()[0]}" if isinstance(error, pl.exceptions.PolarsError) and str(error) else ""
    return f"{type(error).__name__}{told}"


def day_of(folder: Path) -> date:
    """The as-of date in the name of a slice's folder."""
    return date.fromisoformat(folder.name[:10])


def file_hash(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
