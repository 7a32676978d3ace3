"""Whether rows are those of a table: its columns and types, complete keys, each once, in their order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from ml.errors import InvalidTable

Schema = Mapping[str, pl.DataType]
Invalid = Callable[[str, str], InvalidTable]
"""The error of a table, given what was expected and found."""


def checked(frame: pl.DataFrame, schema: Schema, key: Sequence[str], invalid: Invalid) -> pl.DataFrame:
    """``frame`` typed and sorted; rows that are in order already, as most are, are not sorted again.

    Raises:
        InvalidTable: a column is missing, a type does not fit, or a key is null or repeated.
    """
    require_columns(frame.schema, schema, invalid)
    try:
        typed = frame.select(pl.col(name).cast(kind) for name, kind in schema.items())
        if _is_in_order(typed.lazy(), key):
            return typed
        typed = typed.sort(key)
        if _is_in_order(typed.lazy(), key):  # a third of the cost of counting keys
            return typed
    except pl.exceptions.PolarsError as misfit:
        raise invalid("values that fit the schema", str(misfit).splitlines()[0]) from misfit
    if typed.select(pl.any_horizontal(pl.col(key).is_null()).any()).item():
        raise invalid(f"a complete key {key}", "a null in it")
    raise invalid(f"one row per {key}", f"{len(typed) - typed.n_unique(key)} repeated")


def scanned(rows: pl.LazyFrame, schema: Schema, key: Sequence[str], invalid: Invalid) -> pl.LazyFrame:
    """The same of rows that are read lazily; of those that are stored so already only the key is held in memory.

    Raises:
        InvalidTable: as for ``checked``.
    """
    there = rows.collect_schema()
    require_columns(there, schema, invalid)
    if all(there[name] == kind for name, kind in schema.items()) and _is_in_order(rows, key):
        return rows.select(schema.keys())
    return checked(rows.collect(), schema, key, invalid).lazy()


def require_columns(there: Schema, schema: Schema, invalid: Invalid) -> None:
    """Refuse rows without one of the columns.

    Raises:
        InvalidTable: names those that are missing.
    """
    missing = [column for column in schema if column not in there]
    if missing:
        raise invalid(f"columns {sorted(schema)}", f"no {', '.join(missing)}")


def _is_in_order(rows: pl.LazyFrame, key: Sequence[str]) -> bool:
    """Whether each key is complete and above that of the row before it, so that none is there twice."""
    above: pl.Expr = pl.lit(value=False)
    for name in reversed(key):
        value, before = pl.col(name), pl.col(name).shift(1)
        above = (value > before) | ((value == before) & above)
    complete, is_first = ~pl.any_horizontal(pl.col(key).is_null()), pl.int_range(pl.len()) == 0
    return bool(rows.select((complete & (is_first | above)).all()).collect().item())
