"""Percentiles: the share of D's shoppers with a lower value. One condition so suits shops of any size and currency.

A shopper of an earlier day is placed among the shoppers of D: a percentile changes only where the shopper's own value
did.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

from ml.audiences.conditions.terms import Sort
from ml.audiences.conditions.vocabulary import KnownColumn
from ml.tables import Kind
from ml.words import Words

_SUFFIX: Final = "_percentile"
_DIGITS: Final = 6


def percentile_columns(columns: Iterable[KnownColumn]) -> dict[str, KnownColumn]:
    """By name, a column of percentiles for each of ``columns`` that holds numbers."""
    return {
        name: KnownColumn(
            name,
            Kind.NUMBER,
            Words(f"percentile of {each.words.en}", f"{each.words.zh}的百分位"),
            f"Share of the shoppers with a lower {each.name}, half of those with the same; null where it is null.",
            "share of 1",
        )
        for each in columns
        if each.sort is Sort.NUMBER
        for name in (f"{each.name}{_SUFFIX}",)
    }


def measured_by(name: str) -> str:
    """The column that ``name`` holds the percentiles of; empty where it is none of percentiles."""
    return name.removesuffix(_SUFFIX) if name.endswith(_SUFFIX) else ""


def with_percentiles(people: pl.DataFrame, everybody: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
    """``people`` with the columns of percentiles that ``names`` lists; other names are ignored.

    Args:
        everybody: the shoppers of D.
    """
    wanted = {name: measured_by(name) for name in names if measured_by(name)}
    return people.with_columns(_placed(people[of], everybody[of]).alias(name) for name, of in wanted.items())


def _placed(values: pl.Series, among: pl.Series) -> pl.Series:
    """The middle of the places that each of ``values`` could have in ``among``, as a share; null where it is null."""
    known = among.cast(pl.Float64).fill_nan(None).drop_nulls().sort().to_numpy()
    looked_up = values.cast(pl.Float64).fill_nan(None)
    values_known = looked_up.fill_null(0.0).to_numpy()
    below, up_to = known.searchsorted(values_known, "left"), known.searchsorted(values_known, "right")
    places = pl.Series((below + up_to) / (2 * max(len(known), 1)), dtype=pl.Float64).round(_DIGITS)
    return places.zip_with(looked_up.is_not_null(), pl.Series([None], dtype=pl.Float64))
