"""Rows of tables as the JSON records that look-ups show (``ml.documents.LookUp``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl


def by_key(rows: pl.DataFrame, key: str, part: str) -> pl.DataFrame:
    """``key`` and, in the column ``part``, a struct of the lists of the other columns' cells: a record's table."""
    columns = [pl.col(name) for name in rows.columns if name != key]
    found = rows.group_by(key, maintain_order=True).agg(columns)
    return found.select(key, pl.struct(pl.exclude(key)).alias(part))


def as_json(found: pl.DataFrame, key: str) -> Iterator[tuple[str, str]]:
    """The ids in the column ``key``, and the other columns of their rows as a JSON object."""
    yield from found.select(key, pl.struct(pl.exclude(key)).struct.json_encode()).iter_rows()


def of_some(table: pl.DataFrame, key: str, ids: Sequence[str]) -> pl.DataFrame:
    """The rows of ``table`` whose ``key`` is among ``ids``, in their order."""
    return table.join(pl.DataFrame({key: ids}, schema={key: pl.String}), on=key, how="semi", maintain_order="left")


def records(key: str, ids: Sequence[str], tables: dict[str, pl.DataFrame]) -> Iterator[tuple[str, str]]:
    """A record for each id: by part, the rows of a table that are about it.

    Args:
        tables: by key of the part; each with the column ``key``, sorted as it is shown.
    """
    found = pl.DataFrame({key: ids}, schema={key: pl.String})
    for part, table in tables.items():
        found = found.join(by_key(of_some(table, key, ids), key, part), on=key, how="left")
    return as_json(found, key)
