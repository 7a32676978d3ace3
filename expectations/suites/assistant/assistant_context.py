"""Gate of ``assistant_context``: short documents about customers who agreed, every line with a source that is there."""

from __future__ import annotations

from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.assistant.columns import Ask
from ml.assistant.context.customers import PURPOSE
from ml.assistant.context.statements import MOST_CHARACTERS
from ml.assistant.outputs import ASSISTANT_CONTEXT
from ml.tables import Col

GATE, WATCH = 5, 0

_LONG: Final = "longer_than_allowed"
_UNCITED: Final = "lines_without_the_number_of_a_citation"
_REFUSED: Final = "customers_without_consent"
_OTHER: Final = "subject_is_not_the_customer"


def prepare(day: Day) -> pl.DataFrame:
    """A row per document, with 1 where a claim is broken."""
    said = day.table("dim_consent").filter(pl.col(Col.purpose) == PURPOSE)
    granted, refused = (said.filter(pl.col("is_granted") == each)[Col.user_id].implode() for each in (True, False))
    is_assumed = pl.lit(day.consent == "assumed")
    may_be_told = (
        pl.when(is_assumed).then(~pl.col(Col.user_id).is_in(refused)).otherwise(pl.col(Col.user_id).is_in(granted))
    )
    numbers = pl.col(Ask.text).str.count_matches(r"\[\d+\](?:\n|$)")
    lines = pl.col(Ask.text).str.count_matches("\n") + 1
    customer = pl.when(pl.col(Ask.subject) == "customer").then(pl.col(Ask.subject_id))
    broken = {
        _LONG: pl.col(Ask.text).str.len_chars() > MOST_CHARACTERS,
        _UNCITED: (numbers != lines) | (pl.col(Ask.citations).list.len() != lines),
        _REFUSED: ~may_be_told,
        _OTHER: pl.col(Col.user_id).ne_missing(customer),
    }
    claims = (claim.fill_null(value=False).cast(pl.Int8).alias(name) for name, claim in broken.items())
    return day.table(ASSISTANT_CONTEXT.name).select(*claims)


def gate(_: Day) -> list[gxe.Expectation]:
    """Documents are short, cited, and about customers who agreed."""
    claims = {
        _LONG: f"no document is longer than {MOST_CHARACTERS} characters",
        _UNCITED: "every line of a document has a citation",
        _REFUSED: "no document is about a customer who did not agree",
        _OTHER: "documents about customers, and no others, name their customer",
    }
    return [
        gxe.ExpectTableRowCountToBeBetween(min_value=1, description="there are documents"),
        *(
            gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
            for column, claim in claims.items()
        ),
    ]


def watch(_: Day) -> list[gxe.Expectation]:
    """Nothing is watched."""
    return []
