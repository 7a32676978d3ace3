"""How two versions of a capability's tables differ: rows by their key, and the columns in which a row changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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
_IN_BEFORE, _IN_AFTER, _CHANGED, _OTHER = "_in_before", "_in_after", "_changed", "_other_"


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
    marked = (
        before.select(*key, *shared, pl.lit(value=True).alias(_IN_BEFORE)),
        after.select(
            *key, *(pl.col(name).alias(_OTHER + name) for name in shared), pl.lit(value=True).alias(_IN_AFTER)
        ),
    )
    both = marked[0].join(marked[1], on=key, how="full", coalesce=True)
    added, removed = (int(both[side].null_count()) for side in (_IN_BEFORE, _IN_AFTER))
    met = both.filter(pl.col(_IN_BEFORE) & pl.col(_IN_AFTER))
    moved = met.select(_differs(name).alias(name) for name in shared)
    columns = {name: count for name in shared if (count := int(moved[name].sum()))}
    says = [name for name in columns if name not in TRACES]
    changed = moved.select(pl.any_horizontal(says).sum()).item() if says else 0
    cells = _cells(met, moved, key, says or list(columns))
    return TableDifference(table, rows, added, removed, int(changed), columns, schema, cells)


def _telling_key(table: Table, before: pl.DataFrame, after: pl.DataFrame) -> list[str]:
    rest = [name for name in table.key if name not in TRACES]
    told = rest and not any(frame.select(rest).is_duplicated().any() for frame in (before, after))
    return rest if told and len(rest) < len(table.key) else list(table.key)


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


def _differs(name: str) -> pl.Expr:
    """Whether a column's two values differ; null equals null, NaN equals NaN."""
    return pl.col(name).ne_missing(pl.col(_OTHER + name))


def _cells(met: pl.DataFrame, moved: pl.DataFrame, key: list[str], columns: list[str]) -> pl.DataFrame | None:
    if not columns:
        return None
    some = met.filter(moved.select(pl.any_horizontal(columns)).to_series()).sort(key).head(EXAMPLES)
    parts = [
        some.filter(_differs(name)).select(
            *key,
            pl.lit(name).alias(COLUMN),
            _as_text(some, name, name).alias(BEFORE),
            _as_text(some, name, _OTHER + name).alias(AFTER),
        )
        for name in columns
    ]
    return pl.concat(parts).sort(*key, COLUMN).head(EXAMPLES)


def _as_text(frame: pl.DataFrame, name: str, column: str) -> pl.Expr:
    if isinstance(frame.schema[name], pl.List):
        return pl.col(column).list.join(", ")
    return pl.col(column).cast(pl.String)
