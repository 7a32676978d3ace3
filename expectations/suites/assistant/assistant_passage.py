"""Gate of ``assistant_passage``: every paragraph of the shop's documents is there, and nothing is empty."""

from __future__ import annotations

from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.assistant.capability import DIM_SHOP_DOCUMENT
from ml.assistant.columns import Ask
from ml.assistant.outputs import ASSISTANT_PASSAGE

GATE, WATCH = 3, 0

_EMPTY: Final = "empty"
_UNKNOWN: Final = "document_that_is_not_there_or_switched_off"
_LOST: Final = "documents_without_a_passage"


def prepare(day: Day) -> pl.DataFrame:
    """A row per passage, with 1 where a claim is broken; the number of lost documents stands in each."""
    source = pl.format("shop_documents {} {}", Ask.document_id, Ask.language).alias(Ask.source)
    known = day.table(DIM_SHOP_DOCUMENT).filter(pl.col(Ask.is_enabled)).select(source)
    passages = day.table(ASSISTANT_PASSAGE.name)
    is_document = pl.col(Ask.kind) == "document"
    lost = len(known.join(passages, on=Ask.source, how="anti"))
    return passages.select(
        (pl.col(Ask.text).str.strip_chars() == "").cast(pl.Int8).alias(_EMPTY),
        (is_document & ~pl.col(Ask.source).is_in(known[Ask.source].implode())).cast(pl.Int8).alias(_UNKNOWN),
        pl.lit(lost).alias(_LOST),
    )


def gate(_: Day) -> list[gxe.Expectation]:
    """Passages are those of the day's documents and products."""
    return [
        gxe.ExpectColumnSumToBeBetween(column=_EMPTY, max_value=0, description="no passage is empty"),
        gxe.ExpectColumnSumToBeBetween(
            column=_UNKNOWN, max_value=0, description="every document that is cited is there and switched on"
        ),
        gxe.ExpectColumnMaxToBeBetween(
            column=_LOST, max_value=0, description="every document that is switched on has a passage"
        ),
    ]


def watch(_: Day) -> list[gxe.Expectation]:
    """Nothing is watched."""
    return []
