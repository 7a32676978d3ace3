"""Terms as polars expressions over a prepared frame, in which calls are columns, named as ``written_call`` does."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any as Anything
from typing import Final

import polars as pl

from ml.audiences.conditions.calls import written_call
from ml.audiences.conditions.terms import (
    All,
    Any,
    Between,
    Compared,
    Field,
    Holds,
    Leaf,
    Not,
    Sort,
    Term,
    Unknown,
    Value,
)

_OPERATORS: Final[Mapping[str, Callable[[Anything, Anything], pl.Expr]]] = MappingProxyType(
    {
        "=": operator.eq,
        "!=": operator.ne,
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }
)
_TYPES: Final[Mapping[Sort, type[pl.DataType]]] = MappingProxyType(
    {Sort.NUMBER: pl.Float64, Sort.TEXT: pl.String, Sort.DAY: pl.Date, Sort.FLAG: pl.Boolean}
)


def expression(term: Term) -> pl.Expr:
    """Whether a term holds, never null."""
    if isinstance(term, Not):
        return ~expression(term.term)
    if isinstance(term, All):
        return pl.all_horizontal([expression(each) for each in term.terms])
    if isinstance(term, Any):
        return pl.any_horizontal([expression(each) for each in term.terms])
    return _leaf(term)


def value_of(field: Field) -> pl.Expr:
    """The value of a field; null where it is unknown. Numbers are floats, NaN is unknown."""
    column = pl.col(field.source if isinstance(field.source, str) else written_call(field.source))
    return column.cast(pl.Float64).fill_nan(None) if field.sort is Sort.NUMBER else column


def _leaf(leaf: Leaf) -> pl.Expr:
    if isinstance(leaf, Holds):
        return pl.col(written_call(leaf.call)).fill_null(value=False)
    value = value_of(leaf.field)
    if isinstance(leaf, Unknown):
        return value.is_not_null() if leaf.is_negated else value.is_null()
    known = value.is_not_null()
    if isinstance(leaf, Compared):
        return (known & _OPERATORS[leaf.operator](value, _literal(leaf.value, leaf.field.sort))).fill_null(value=False)
    if isinstance(leaf, Between):
        low, high = (_literal(each, leaf.field.sort) for each in (leaf.low, leaf.high))
        within = value.is_between(low, high)
    else:
        within = value.is_in(pl.Series(leaf.values, dtype=_TYPES[leaf.field.sort], strict=False).implode())
    return (known & (~within if leaf.is_negated else within)).fill_null(value=False)


def _literal(value: Value, sort: Sort) -> pl.Expr:
    return pl.lit(value, dtype=_TYPES[sort])
