"""Casts a table to its schema when it is constructed; a table that breaks it raises ``InvalidTable``."""

from __future__ import annotations

import polars as pl

from ml.errors import InvalidTable


def typed(frame: pl.DataFrame, table: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """The columns of ``schema``, in its order, cast to its types; other columns are dropped.

    Raises:
        InvalidTable: a column is missing, has a null, or does not fit its type.
    """
    missing = [column for column in schema if column not in frame.columns]
    if missing:
        raise invalid_table(table, f"columns {', '.join(schema)}", f"no {', '.join(missing)}")
    try:
        typed = frame.select(pl.col(name).cast(kind) for name, kind in schema.items())
    except pl.exceptions.PolarsError as misfit:
        raise invalid_table(table, "values that fit the schema", str(misfit).splitlines()[0]) from misfit
    nulls = [name for name in schema if typed[name].null_count()]
    if nulls:
        raise invalid_table(table, "no nulls", f"some in {', '.join(nulls)}")
    return typed


def invalid_table(table: str, expected: str, found: str) -> InvalidTable:
    """The error for a table or a request that breaks its rules: a bug in the code that constructed it."""
    return InvalidTable(table, expected=expected, found=found, remedy="Mend the code that made it")
