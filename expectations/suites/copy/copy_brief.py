"""Gate of ``copy_brief``: every brief that is switched on has a row, with its texts or the reason why not."""

from __future__ import annotations

from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.copy.capability import DIM_COPY_BRIEF
from ml.copy.columns import Copy, Status
from ml.copy.outputs import COPY_BRIEF, COPY_VARIANT

GATE, WATCH = 4, 2

_ROWS: Final = "rows_unlike_the_landed_briefs"
_MISCOUNTED: Final = "variants_that_are_not_there"
_UNAPPROVED: Final = "approved_otherwise_than_the_variants"
_BOTH: Final = "withheld_and_written"
_SILENT: Final = "neither_withheld_nor_written"
_WITHHELD: Final = "withheld"
_MOST_WITHHELD: Final = 0.5


def prepare(day: Day) -> pl.DataFrame:
    """One row: how many briefs break each claim."""
    landed = day.table(DIM_COPY_BRIEF).filter(Copy.is_enabled).height
    variant = [Copy.brief_id, Copy.language, Copy.channel, Copy.arm]
    counted = (
        day.table(COPY_VARIANT.name)
        .group_by(variant)
        .agg((pl.col(Copy.status) == Status.APPROVED).all().alias(_UNAPPROVED))
        .group_by(Copy.brief_id)
        .agg(pl.len().alias(_MISCOUNTED), pl.col(_UNAPPROVED).sum())
    )
    briefs = day.table(COPY_BRIEF.name).join(counted, on=Copy.brief_id, how="left")
    is_withheld = pl.col(Copy.withheld) != ""
    broken = {
        _MISCOUNTED: pl.col(_MISCOUNTED).fill_null(0) != pl.col(Copy.variants),
        _UNAPPROVED: pl.col(_UNAPPROVED).fill_null(0) != pl.col(Copy.approved),
        _BOTH: is_withheld & (pl.col(Copy.variants) > 0),
        _SILENT: ~is_withheld & (pl.col(Copy.variants) == 0),
        _WITHHELD: is_withheld,
    }
    sums = briefs.select(claim.sum().cast(pl.Int64).alias(name) for name, claim in broken.items())
    return sums.with_columns(
        pl.lit(abs(len(briefs) - landed), dtype=pl.Int64).alias(_ROWS),
        (pl.col(_WITHHELD) / max(len(briefs), 1)).alias(_WITHHELD),
    )


def gate(_: Day) -> list[gxe.Expectation]:
    """A row per brief that is switched on, counted as its variants are."""
    claims = {
        _ROWS: "every brief that the shop has landed and not switched off has a row",
        _MISCOUNTED: "variants are counted as they are published",
        _UNAPPROVED: "approved variants are counted as they are published",
        _BOTH: "nothing is written for a brief that is withheld",
    }
    return _none_of(claims)


def watch(_: Day) -> list[gxe.Expectation]:
    """Briefs of which every text was refused, and a day on which most briefs are withheld."""
    return [
        *_none_of({_SILENT: "a brief that is not withheld has a text"}),
        gxe.ExpectColumnSumToBeBetween(
            column=_WITHHELD, max_value=_MOST_WITHHELD, description="most briefs can be written"
        ),
    ]


def _none_of(claims: dict[str, str]) -> list[gxe.Expectation]:
    return [
        gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
        for column, claim in claims.items()
    ]
