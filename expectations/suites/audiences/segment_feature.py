"""Gate of ``segment_feature``: what tells segments apart, in order."""

from __future__ import annotations

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.audiences.columns import Aud
from ml.audiences.outputs import SEGMENT, SEGMENT_FEATURE
from ml.tables import Col

GATE, WATCH = 3, 0

_NOWHERE = "unknown_segment"
_DISORDER = "rank_is_not_by_effect"


def prepare(day: Day) -> pl.DataFrame:
    """One row per segment and feature, and 1 where a claim is broken."""
    listed = day.table(SEGMENT.name).select(Aud.scheme, Aud.segment_id, pl.lit(value=True).alias(_NOWHERE))
    rows = day.table(SEGMENT_FEATURE.name).join(
        listed, on=[Aud.scheme, Aud.segment_id], how="left", maintain_order="left"
    )
    segment = (Aud.scheme, Aud.segment_id)
    rises = pl.col(Aud.effect).abs() > pl.col(Aud.effect).abs().shift(1).over(segment)
    gap = pl.col(Col.rank) != pl.int_range(1, pl.len() + 1).over(segment)
    return rows.select(
        Aud.effect,
        pl.col(_NOWHERE).is_null().cast(pl.Int8),
        (rises.fill_null(value=False) | gap).cast(pl.Int8).alias(_DISORDER),
    )


def gate(_day: Day) -> list[gxe.Expectation]:
    """Effects of segments that are published, the largest first."""
    return [
        gxe.ExpectColumnSumToBeBetween(
            column=_NOWHERE, max_value=0, description="every segment that features are told of is described"
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_DISORDER, max_value=0, description="ranks run 1, 2, 3… from the largest effect to the smallest"
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column=Aud.effect, min_value=-1e6, max_value=1e6, description="effects are finite"
        ),
    ]


def watch(_day: Day) -> list[gxe.Expectation]:
    """Nothing to watch."""
    return []
