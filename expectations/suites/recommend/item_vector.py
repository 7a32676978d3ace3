"""Gate of ``item_vector``: items as vectors."""

from __future__ import annotations

from dataclasses import dataclass

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.tables import Col

GATE, WATCH = 6, 1

_NAME_OR_CATEGORY = (Col.item_name, Col.item_category, Col.item_category2, Col.item_category3)
_SAID = "item_with_a_text_vector"
_OUTSIDE = "is_outside"
_EMPTY = "is_empty"
_LENGTH_OF_ENCODER = "lengths_of_encoder"
_ENCODER_OF_KIND = "encoders_of_kind"


@dataclass(frozen=True)
class Thresholds:
    """The share of items without a vector of their text from which something may be wrong with the catalogue."""

    watched_silent: float = 0.2


LIMITS = Thresholds()


def prepare(day: Day) -> pl.DataFrame:
    """One row per item and kind, without the vector, beside what must not happen in it."""
    eligible = day.recommendable()[Col.item_id].implode()
    rows = day.table("item_vector").with_columns(pl.col("vector").bin.size().alias("length"))
    nothing = pl.col("vector").bin.encode("hex").str.contains("^(00)*$")
    return rows.select(
        Col.item_id,
        pl.when(pl.col("kind") == "text").then(Col.item_id).alias(_SAID),
        (~pl.col(Col.item_id).is_in(eligible)).cast(pl.Int8).alias(_OUTSIDE),
        nothing.fill_null(True).cast(pl.Int8).alias(_EMPTY),
        pl.col("length").n_unique().over("encoder").alias(_LENGTH_OF_ENCODER),
        pl.col("encoder").n_unique().over("kind").alias(_ENCODER_OF_KIND),
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """Every recommendable item with a name or a category has a vector of its text; all of a kind are comparable."""
    owed = _owed(day)
    return [
        gxe.ExpectTableRowCountToBeBetween(min_value=owed, description="a row for every item that can be described"),
        gxe.ExpectColumnUniqueValueCountToBeBetween(
            column=_SAID, min_value=owed, description="every item that can be described has a vector of its text"
        ),
        gxe.ExpectColumnSumToBeBetween(column=_OUTSIDE, max_value=0, description="only recommendable items"),
        gxe.ExpectColumnSumToBeBetween(column=_EMPTY, max_value=0, description="no vector is missing, or zeros alone"),
        gxe.ExpectColumnValuesToBeBetween(
            column=_LENGTH_OF_ENCODER, min_value=1, max_value=1, description="vectors of one encoder are of one length"
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column=_ENCODER_OF_KIND, min_value=1, max_value=1, description="vectors of one kind are of one encoder"
        ),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """Items of which nothing can be said."""
    return [
        gxe.ExpectColumnUniqueValueCountToBeBetween(
            column=_SAID,
            min_value=int((1 - LIMITS.watched_silent) * len(day.recommendable())),
            description="most of the recommendable items have a text",
        )
    ]


def _owed(day: Day) -> int:
    """Recommendable items with a name or a category that holds a letter."""
    catalogue = day.table("dim_item").filter(pl.col(Col.is_recommendable))
    named = [pl.col(name).str.contains(r"\p{L}").fill_null(False) for name in _NAME_OR_CATEGORY if name in catalogue]
    return int(catalogue.select(pl.any_horizontal(named).sum()).item())
