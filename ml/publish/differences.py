"""How two versions of a capability's tables differ: rows by their key, and the columns in which a row changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from ml.capability import Capability
from ml.publish.manifest import TableRecord
from ml.publish.readers import manifest_of, not_kept, table_of
from ml.publish.store import Version
from ml.tables import Col, Table

COLUMN, BEFORE, AFTER = "column", "before", "after"
EXAMPLES: Final = 20
"""Changed cells that are kept of each table."""
TRACES: Final = frozenset({Col.as_of_date, Col.policy_id, Col.recommendation_id, Col.code_revision})
"""Columns that say where a row comes from; they differ between any two days, and say nothing of what is shown."""
_IN_BEFORE, _IN_AFTER, _ROW = "_in_before", "_in_after", "_row"


@dataclass(frozen=True, eq=False)
class TableDifference:
    """What became of the rows of one table.

    Attributes:
        rows: before and after.
        added, removed: rows whose key only one of them has.
        changed: rows of both in which a column changed that says more than where the row comes from (``TRACES``).
        columns: by column, the number of rows of both in which it changed, ``TRACES`` included.
        schema: columns that only one of them has, and those whose type changed; or why the rows are not compared.
        cells: the key (without ``TRACES`` where it tells rows without), COLUMN, BEFORE and AFTER (as texts) of the
            first ``EXAMPLES`` changed cells, in key order.
    """

    table: Table
    rows: tuple[int, int]
    added: int = 0
    removed: int = 0
    changed: int = 0
    columns: Mapping[str, int] = field(default_factory=dict)
    schema: tuple[str, ...] = ()
    cells: pl.DataFrame | None = None

    @property
    def only_traces(self) -> bool:
        """Whether whatever differs says where rows come from, and nothing of what is shown."""
        return not (self.added or self.removed or self.changed or self.schema)

    @property
    def is_empty(self) -> bool:
        """Whether both hold the same rows in the same columns."""
        return not (self.added or self.removed or self.columns or self.schema)


def differences(capability: Capability, base: Version, new: Version) -> Iterator[TableDifference]:
    """One for each published table, in the order of the declaration.

    The versions may lie anywhere: published, or in the shadow of what is. Tables whose content hash is the same in
    both manifests are not read. Neither are those that are no longer kept.

    Raises:
        NotPublished: a version is not there or cannot be read.
    """
    recorded = [manifest_of(each).tables for each in (base, new)]
    for name, table in capability.tables.items():
        before, after = (tables.get(name) for tables in recorded)
        if before and after and _same(before, after):
            yield TableDifference(table, (before.rows, after.rows))
            continue
        gone = [f"not compared: {each.id} {why}" for each in (base, new) if (why := not_kept(capability, each, name))]
        if gone:
            rows = tuple(known.rows if known else 0 for known in (before, after))
            yield TableDifference(table, (rows[0], rows[1]), schema=tuple(gone))
            continue
        frames = [
            table_of(capability, each, name) if known else table.empty()
            for each, known in ((base, before), (new, after))
        ]
        yield difference(table, *frames)


def difference(table: Table, before: pl.DataFrame, after: pl.DataFrame) -> TableDifference:
    """Of two frames that have the table's key; traces that are part of it are left out where the rest tells rows."""
    key, rows = _telling_key(table, before, after), (len(before), len(after))
    schema = tuple(_schema_changes(before, after))
    shared = [name for name in before.columns if name in after.columns and name not in key]
    shared = [name for name in shared if before.schema[name] == after.schema[name]]
    met = _met(before.select(key), after.select(key))
    masks = {name: mask for name in shared if (mask := met.differs(before[name], after[name])).any()}
    columns = {name: int(mask.sum()) for name, mask in masks.items()}
    told = [mask for name, mask in masks.items() if name not in TRACES] or list(masks.values())
    moved = reduce(or_, told) if told else None
    changed = int(moved.sum()) if moved is not None and not set(masks) <= TRACES else 0
    names = [name for name in masks if name not in TRACES] or list(masks)
    cells = None if moved is None else _cells((before, after), met, moved, (key, names))
    added, removed = len(after) - met.rows, len(before) - met.rows
    return TableDifference(table, rows, added, removed, changed, columns, schema, cells)


@dataclass(frozen=True, eq=False)
class _Met:
    """The rows that have their key in both frames: how many, and where they stand in each; None where all do, alike."""

    rows: int
    places: tuple[pl.Series, pl.Series] | None

    def differs(self, before: pl.Series, after: pl.Series) -> pl.Series:
        """Whether a column's two values differ, met row by met row; null equals null, NaN equals NaN."""
        if self.places:
            before, after = before.gather(self.places[0]), after.gather(self.places[1])
        return before.ne_missing(after)

    def chosen(self, side: int, frame: pl.DataFrame, rows: pl.Series) -> pl.DataFrame:
        """Those of the met rows in one of the frames."""
        return frame[self.places[side].gather(rows) if self.places else rows]


def _met(before: pl.DataFrame, after: pl.DataFrame) -> _Met:
    """Of the frames' keys; a column at a time is compared by it, so that no wide frame is joined."""
    if before.equals(after):
        return _Met(len(before), None)
    both = before.with_row_index(_IN_BEFORE).join(after.with_row_index(_IN_AFTER), on=before.columns)
    return _Met(len(both), (both[_IN_BEFORE], both[_IN_AFTER]))


def _telling_key(table: Table, before: pl.DataFrame, after: pl.DataFrame) -> list[str]:
    rest = [name for name in table.key if name not in TRACES]
    if not rest or len(rest) == len(table.key):
        return list(table.key)
    return list(table.key) if any(frame.select(rest).is_duplicated().any() for frame in (before, after)) else rest


def _same(before: TableRecord, after: TableRecord) -> bool:
    return (before.content_hash, before.columns) == (after.content_hash, after.columns)


def _schema_changes(before: pl.DataFrame, after: pl.DataFrame) -> Iterator[str]:
    for name in dict.fromkeys([*before.columns, *after.columns]):
        if name not in after.columns:
            yield f"{name} is gone"
        elif name not in before.columns:
            yield f"{name} is new"
        elif before.schema[name] != after.schema[name]:
            yield f"{name} became {after.schema[name]}, was {before.schema[name]}"


def _cells(
    frames: tuple[pl.DataFrame, pl.DataFrame], met: _Met, moved: pl.Series, named: tuple[list[str], list[str]]
) -> pl.DataFrame:
    """The first changed cells, in key order; ``named`` are the key and the columns."""
    key, columns = named
    rows = moved.arg_true()
    first = met.chosen(0, frames[0].select(key), rows).with_columns(rows.alias(_ROW)).sort(key).head(EXAMPLES)
    before, after = (met.chosen(side, frame, first[_ROW]) for side, frame in enumerate(frames))
    parts = [
        first.select(
            *key,
            pl.lit(name).alias(COLUMN),
            _as_text(before[name]).alias(BEFORE),
            _as_text(after[name]).alias(AFTER),
        ).filter(before[name].ne_missing(after[name]))
        for name in columns
    ]
    return pl.concat(parts).sort(*key, COLUMN).head(EXAMPLES)


def _as_text(column: pl.Series) -> pl.Series:
    if column.dtype == pl.Binary:
        return column.bin.encode("hex")
    return column.list.join(", ") if isinstance(column.dtype, pl.List) else column.cast(pl.String)
