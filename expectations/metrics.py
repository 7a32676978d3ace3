"""What expectations ask of a batch, computed by Polars: every figure of a suite in one pass, without a copy in pandas.

Great Expectations says which metrics an expectation needs and judges them; its own engines would compute one after the
other, over every cell. Nulls and NaN count as missing, as they do there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import polars as pl

Metrics = Mapping[tuple[str, ...], Any]
"""By the id of a metric, which holds its name and arguments."""


def computed(batch: pl.LazyFrame, needed: Iterable[Any]) -> dict[tuple[str, ...], Any]:
    """The value of each metric (``MetricConfiguration``) over ``batch``, by the metric's id.

    Raises:
        NotImplementedError: no metric of that name is known here, or it asks for some of the rows only.
        PolarsError: the batch lacks a column, or its values cannot be compared so.
    """
    metrics = {metric.id: metric for metric in needed}
    schema = batch.collect_schema()
    asked = {key: _expression(metric, schema) for key, metric in metrics.items() if not _is_sample(metric.metric_name)}
    names = {key: str(place) for place, key in enumerate(asked)}
    found = batch.select(asked[key].alias(name) for key, name in names.items()).collect(engine="streaming").row(0)
    return {key: [] if _is_sample(metric.metric_name) else None for key, metric in metrics.items()} | dict(
        zip(asked, found, strict=True)
    )


_EVERY_ROW: Final = (None, "all_values_are_missing")
"""Of ``ignore_row_if``: not said, or rows without any value, which no claim is about."""


def _is_sample(name: str) -> bool:
    """Whether it lists values or rows that broke a claim: those would hold ids of shoppers, so there are none."""
    return name.endswith(_SAMPLES)


_SAMPLES: Final = (
    *(".unexpected_values", ".unexpected_index_list", ".unexpected_index_query"),
    ".missing_from_column",
)


def _expression(metric: Any, schema: pl.Schema) -> pl.Expr:
    """The metric as one value over all rows."""
    name, asked, over = metric.metric_name, metric.metric_value_kwargs, metric.metric_domain_kwargs
    if over.get("row_condition") or over.get("ignore_row_if") not in _EVERY_ROW:
        raise NotImplementedError(f"metric {name} of some rows: let prepare filter them, or give them a column")
    if name == "table.row_count":
        return pl.len()
    if name in _OF_COLUMNS:
        return _OF_COLUMNS[name](over["column_list"])
    if name not in _OF_COLUMN:
        raise NotImplementedError(f"metric {name}: add it to expectations/metrics.py")
    column = over["column"]
    if column not in schema:
        raise pl.exceptions.ColumnNotFoundError(f"{column} (the batch has {', '.join(schema)})")
    return _OF_COLUMN[name](_values(column, schema[column]), asked)


def _values(column: str, kind: pl.DataType) -> pl.Expr:
    """A column as numbers whose sums are exact or of double precision; NaN as null."""
    values = pl.col(column)
    if kind.is_float() or kind.is_decimal():
        return values.cast(pl.Float64).fill_nan(None)
    return values.cast(pl.Int64) if kind.is_integer() else values


def _outside(values: pl.Expr, asked: Mapping[str, Any]) -> pl.Expr:
    inside = pl.lit(value=True)
    if asked.get("min_value") is not None:
        inside &= values > asked["min_value"] if asked.get("strict_min") else values >= asked["min_value"]
    if asked.get("max_value") is not None:
        inside &= values < asked["max_value"] if asked.get("strict_max") else values <= asked["max_value"]
    return (values.is_not_null() & ~inside).sum()


def _missing(values: pl.Expr, asked: Mapping[str, Any]) -> pl.Expr:
    """How many of the values that must be there are not."""
    expected = set(asked["value_set"])
    return len(expected) - values.filter(values.is_in(list(expected))).n_unique()


def _repeated(columns: list[str]) -> pl.Expr:
    """Rows that share their values with another row."""
    return (pl.struct(columns).is_duplicated() & _filled(columns)).sum()


def _filled(columns: list[str]) -> pl.Expr:
    return ~pl.all_horizontal(pl.col(columns).is_null())


_OF_COLUMN: Final[dict[str, Callable[[pl.Expr, Mapping[str, Any]], pl.Expr]]] = {
    "column.sum": lambda values, _: values.sum(),
    "column.mean": lambda values, _: values.mean(),
    "column.min": lambda values, _: values.min(),
    "column.max": lambda values, _: values.max(),
    "column.distinct_values.count": lambda values, _: values.drop_nulls().n_unique(),
    "column.non_null_proportion": lambda values, _: (
        pl.when(pl.len() > 0).then(values.count() / pl.len()).otherwise(0.0)
    ),
    "column.distinct_values.missing_from_column.count": _missing,
    "column_values.nonnull.unexpected_count": lambda values, _: values.null_count(),
    "column_values.between.unexpected_count": _outside,
    "column_values.in_set.unexpected_count": lambda values, asked: (~values.is_in(list(asked["value_set"]))).sum(),
}
_OF_COLUMNS: Final[dict[str, Callable[[list[str]], pl.Expr]]] = {
    "compound_columns.unique.unexpected_count": _repeated,
    "compound_columns.unique.filtered_row_count": lambda columns: _filled(columns).sum(),
}
