"""Gate of ``segment_member``: every shopper in one segment per scheme, and segments that keep their members."""

from __future__ import annotations

from dataclasses import dataclass

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.audiences.columns import Aud, Scheme
from ml.audiences.outputs import SEGMENT, SEGMENT_MEMBER
from ml.audiences.segments.agreement import agreement
from ml.audiences.segments.behaviour import NO_PURCHASE
from ml.audiences.segments.columns import PROFILE
from ml.tables import Col

GATE, WATCH = 4, 2

_TABLE = SEGMENT_MEMBER.name
_STRANGER = "unknown_shopper"
_NOWHERE = "unknown_segment"
_UNPLACED = "not_on_the_map"
_MOVED = "is_elsewhere_than_a_week_before"
_AGREEMENT = "agreement_with_the_day_before"


@dataclass(frozen=True)
class Thresholds:
    """Adjusted Rand index with the day before; share of shoppers who changed segment within a week."""

    crowd: int = 100
    agreement: float = 0.8
    moved: float = 0.5


LIMITS = Thresholds()


def prepare(day: Day) -> pl.DataFrame:
    """One row per scheme and shopper, and 1 where a claim is broken."""
    rows, shoppers = day.table(_TABLE), day.table(PROFILE)[Col.user_id].implode()
    listed = day.table(SEGMENT.name).select(Aud.scheme, Aud.segment_id, pl.lit(value=True).alias(_NOWHERE))
    rows = rows.join(listed, on=[Aud.scheme, Aud.segment_id], how="left", maintain_order="left")
    is_mapped = (pl.col(Aud.scheme) == Scheme.BEHAVIOUR.value) & (pl.col(Aud.segment_id) != NO_PURCHASE)
    has_place = pl.all_horizontal(pl.col(name).is_finite() for name in (Aud.map_x, Aud.map_y))
    broken = {
        _STRANGER: ~pl.col(Col.user_id).is_in(shoppers),
        _NOWHERE: pl.col(_NOWHERE).is_null(),
        _UNPLACED: is_mapped & ~has_place.fill_null(value=False),
        _MOVED: pl.col(Aud.segment_7d) != pl.col(Aud.segment_id),
    }
    return rows.select(
        *(claim.fill_null(value=False).cast(pl.Int8).alias(name) for name, claim in broken.items()),
        pl.lit(_kept(day)).alias(_AGREEMENT),
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """A row per scheme and shopper, each in a segment that is published."""
    schemes = day.table(SEGMENT.name)[Aud.scheme].n_unique()
    rows = max(schemes, 2) * len(day.table(PROFILE))
    claims = {
        _STRANGER: "only shoppers are in segments",
        _NOWHERE: "every segment that somebody is in is described",
        _UNPLACED: "every buyer has a place on the map",
    }
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=rows, max_value=rows, description="every shopper is in one segment of each scheme"
        ),
        *(
            gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
            for column, claim in claims.items()
        ),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """How many moved, and whether behavioural segments are those of the day before."""
    rows = len(day.table(_TABLE))
    return [
        gxe.ExpectColumnSumToBeBetween(
            column=_MOVED,
            max_value=max(LIMITS.moved * rows, LIMITS.crowd),
            description="most shoppers are in the segments of a week before",
        ),
        gxe.ExpectColumnValuesToBeBetween(
            column=_AGREEMENT,
            min_value=LIMITS.agreement,
            description="behavioural segments divide shoppers as the day before",
        ),
    ]


def _kept(day: Day) -> float:
    """The adjusted Rand index of the behavioural segments with those of the day before; 1 where too few to judge."""
    before = day.yesterday(_TABLE)
    if before is None:
        return 1.0
    now, then = (
        rows.filter(pl.col(Aud.scheme) == Scheme.BEHAVIOUR.value).select(Col.user_id, Aud.segment_id)
        for rows in (day.table(_TABLE), before)
    )
    both = now.join(then, on=Col.user_id, suffix="_before", maintain_order="left")
    if len(both) < LIMITS.crowd:
        return 1.0
    return agreement(both[Aud.segment_id], both[f"{Aud.segment_id}_before"])
