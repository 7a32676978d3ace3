"""Gate of ``copy_check``: findings that can be acted on, of texts that are not published."""

from __future__ import annotations

from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.copy.columns import Copy, Writer
from ml.copy.outputs import COPY_BRIEF, COPY_CHECK

GATE, WATCH = 2, 1

_NAMELESS: Final = "without_a_rule_or_words"
_STRAY: Final = "of_an_unknown_brief"
_OF_TEMPLATES: Final = "findings_in_templates"


def prepare(day: Day) -> pl.DataFrame:
    """One row: how many findings break each claim."""
    briefs = day.table(COPY_BRIEF.name)[Copy.brief_id].implode()
    rule = pl.col(Copy.rule).fill_null("")
    broken = {
        _NAMELESS: (rule == "") | pl.col(Copy.found).is_null(),
        _STRAY: ~pl.col(Copy.brief_id).is_in(briefs),
        _OF_TEMPLATES: (pl.col(Copy.writer) == Writer.TEMPLATE) & (rule != "duplicate"),
    }
    return day.table(COPY_CHECK.name).select(claim.sum().cast(pl.Int64).alias(name) for name, claim in broken.items())


def gate(_: Day) -> list[gxe.Expectation]:
    """Every finding says which rule was broken by which words."""
    return _none_of(
        {_NAMELESS: "every finding has a rule and the words that broke it", _STRAY: "findings belong to known briefs"}
    )


def watch(_: Day) -> list[gxe.Expectation]:
    """A template whose text is refused is a fault of the template or a fact that no text can state."""
    return _none_of({_OF_TEMPLATES: "texts of templates pass"})


def _none_of(claims: dict[str, str]) -> list[gxe.Expectation]:
    return [
        gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
        for column, claim in claims.items()
    ]
