"""Gate of ``segment``: every shopper counted once per scheme, under names that tell segments apart."""

from __future__ import annotations

from dataclasses import dataclass

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import ANYTHING, Day
from ml.audiences.columns import Aud, Scheme
from ml.audiences.outputs import SEGMENT, SEGMENT_MEMBER
from ml.audiences.segments.columns import PROFILE

GATE, WATCH = 5, 3

_TABLE = SEGMENT.name
_RULED = (Scheme.RFM.value, Scheme.LIFECYCLE.value)
_MISCOUNTED = "size_is_not_that_of_the_members"
_UNNAMED = "has_no_name"
_TWICE = "name_of_another_segment"
_UNEXPLAINED = "came_from_nowhere"
_LEAP = "size_leapt_in_a_week"
_LARGEST = "share_of_the_largest_behavioural_segment"
_EMPTIED = "behavioural_segment_without_members"


@dataclass(frozen=True)
class Thresholds:
    """A segment of ``crowd`` shoppers, then or now, is not ``factor`` times as large as a week before, nor as small."""

    crowd: int = 100
    factor: float = 1.5
    largest: float = 0.8


LIMITS = Thresholds()


def prepare(day: Day) -> pl.DataFrame:
    """One row per segment, and 1 where a claim is broken."""
    rows = day.table(_TABLE)
    counted = day.table(SEGMENT_MEMBER.name).group_by(Aud.scheme, Aud.segment_id).agg(pl.len().alias(_MISCOUNTED))
    rows = rows.join(counted, on=[Aud.scheme, Aud.segment_id], how="left", maintain_order="left")
    texts = (Aud.name_en, Aud.name_zh)
    now, then = pl.col(Aud.size).cast(pl.Float64), pl.col(Aud.size_7d).cast(pl.Float64)
    is_large = pl.max_horizontal(now, then) >= LIMITS.crowd
    is_learned = pl.col(Aud.scheme) == Scheme.BEHAVIOUR.value
    broken = {
        _MISCOUNTED: pl.col(_MISCOUNTED).fill_null(0) != pl.col(Aud.size),
        _UNNAMED: pl.any_horizontal(pl.col(name).is_null() | (pl.col(name) == "") for name in texts),
        _TWICE: pl.any_horizontal(pl.struct(Aud.scheme, name).is_duplicated() for name in texts),
        _UNEXPLAINED: pl.col(Aud.change).is_in(["split", "merged"]) & (pl.col(Aud.came_from).list.len() == 0),
        _LEAP: is_large & ((now > LIMITS.factor * then) | (then > LIMITS.factor * now)),
        _EMPTIED: is_learned & pl.col(Aud.change).is_not_null() & (pl.col(Aud.size) == 0),
    }
    return rows.select(
        Aud.size,
        pl.when(is_learned).then(pl.col(Aud.share)).otherwise(0.0).alias(_LARGEST),
        *(claim.fill_null(value=False).cast(pl.Int8).alias(name) for name, claim in broken.items()),
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """Sizes that are those of the members, names that are there and unique."""
    schemes = day.table(_TABLE)[Aud.scheme].n_unique()
    shoppers = len(day.table(PROFILE)) * max(schemes, len(_RULED))
    claims = {
        _MISCOUNTED: "sizes are those of the members",
        _UNNAMED: "every segment has a name",
        _TWICE: "no name of a scheme is given twice",
        _UNEXPLAINED: "what was split or merged says from which segments",
    }
    return [
        gxe.ExpectColumnSumToBeBetween(
            column=Aud.size,
            min_value=shoppers,
            max_value=shoppers,
            description="the sizes of a scheme add up to all shoppers",
        ),
        *_never(claims),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """Sizes that seldom are so."""
    judged = len(day.table(PROFILE)) >= LIMITS.crowd
    return [
        gxe.ExpectColumnMaxToBeBetween(
            column=_LARGEST,
            max_value=LIMITS.largest if judged else ANYTHING[1],
            description="no behavioural segment holds nearly everybody",
        ),
        *_never(
            {
                _LEAP: "no large segment grew or shrank by half within a week",
                _EMPTIED: "every behavioural segment still has members",
            }
        ),
    ]


def _never(claims: dict[str, str]) -> list[gxe.Expectation]:
    return [
        gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
        for column, claim in claims.items()
    ]
