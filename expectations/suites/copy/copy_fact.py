"""Gate of ``copy_fact``: facts have a source, belong to a brief that is written, and to its products."""

from __future__ import annotations

from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.copy.columns import Copy
from ml.copy.outputs import COPY_BRIEF, COPY_FACT
from ml.tables import Col
from ml.warehouse.slices import DIM_ITEM

GATE, WATCH = 4, 0

_EMPTY: Final = "without_value_or_source"
_STRAY: Final = "of_a_brief_that_is_not_written"
_ELSEWHERE: Final = "of_a_product_that_the_brief_lacks"
_UNKNOWN: Final = "of_a_product_that_the_shop_lacks"


def prepare(day: Day) -> pl.DataFrame:
    """One row: how many facts break each claim."""
    briefs = day.table(COPY_BRIEF.name).select(Copy.brief_id, Copy.withheld, Copy.item_ids)
    facts = day.table(COPY_FACT.name).join(briefs, on=Copy.brief_id, how="left")
    texts = [pl.col(name).fill_null("").str.strip_chars() == "" for name in (Copy.value, Copy.source, Copy.kind)]
    item, has_item = pl.col(Col.item_id), pl.col(Col.item_id).is_not_null()
    known = day.table(DIM_ITEM)[Col.item_id].implode()
    broken = {
        _EMPTY: pl.any_horizontal(texts),
        _STRAY: pl.col(Copy.withheld).fill_null("unknown") != "",
        _ELSEWHERE: has_item & ~pl.col(Copy.item_ids).list.contains(item).fill_null(value=False),
        _UNKNOWN: has_item & ~item.is_in(known),
    }
    return facts.select(claim.sum().cast(pl.Int64).alias(name) for name, claim in broken.items())


def gate(_: Day) -> list[gxe.Expectation]:
    """Every fact can be traced."""
    claims = {
        _EMPTY: "every fact has a kind, a value and a source",
        _STRAY: "facts belong to briefs that are written",
        _ELSEWHERE: "facts of products belong to products of their brief",
        _UNKNOWN: "products are in the catalogue",
    }
    return [
        gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
        for column, claim in claims.items()
    ]


def watch(_: Day) -> list[gxe.Expectation]:
    """Nothing: facts come and go with briefs."""
    return []
