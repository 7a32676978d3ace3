"""Gate of ``audience_overlap``: members that audiences have in common, counted again from the members."""

from __future__ import annotations

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.audiences.columns import Aud
from ml.audiences.outputs import AUDIENCE, AUDIENCE_MEMBER, AUDIENCE_OVERLAP
from ml.tables import Col

GATE, WATCH = 4, 1

_TABLE = AUDIENCE_OVERLAP.name
_FEW = "fewer_than_the_minimum"
_MISCOUNTED = "unlike_the_members"
_ASYMMETRIC = "another_number_the_other_way_round"
_SAME = "nearly_the_same_audience"
_COMMON = "common"
_ALIKE = 0.95


def prepare(day: Day) -> pl.DataFrame:
    """One row per pair of audiences, with 1 where a claim is broken."""
    pairs, key = day.table(_TABLE), [Aud.audience_id, Aud.other_audience_id]
    turned = pairs.select(
        pl.col(Aud.other_audience_id).alias(Aud.audience_id),
        pl.col(Aud.audience_id).alias(Aud.other_audience_id),
        pl.col(Aud.shoppers).alias(_ASYMMETRIC),
    )
    members = day.table(AUDIENCE_MEMBER.name).filter(Aud.is_member).select(Aud.audience_id, Col.user_id)
    others = members.rename({Aud.audience_id: Aud.other_audience_id})
    common = members.join(others, on=Col.user_id).group_by(key).agg(pl.len().cast(pl.Int64).alias(_COMMON))
    sizes = day.table(AUDIENCE.name).select(Aud.audience_id, Aud.size)
    shoppers, counted = pl.col(Aud.shoppers), pl.col(_COMMON).fill_null(0)
    is_hidden_rightly = counted.is_between(1, day.minimum_audience - 1)
    broken = {
        _FEW: shoppers < day.minimum_audience,
        _MISCOUNTED: pl.when(shoppers.is_null()).then(~is_hidden_rightly).otherwise(shoppers != counted),
        _ASYMMETRIC: shoppers.ne_missing(pl.col(_ASYMMETRIC)),
        _SAME: shoppers > _ALIKE * pl.col(Aud.size),
    }
    joined = pairs.join(turned, on=key, how="left").join(common, on=key, how="left").join(sizes, on=Aud.audience_id)
    return joined.select(
        Aud.audience_id, *(claim.fill_null(value=False).cast(pl.Int8).alias(name) for name, claim in broken.items())
    )


def gate(_: Day) -> list[gxe.Expectation]:
    """Counts as the members have them, alike in both directions, none that tells of too few."""
    claims = {
        _FEW: "no overlap of fewer members than the minimum size is told",
        _MISCOUNTED: "overlaps are counted from the members",
        _ASYMMETRIC: "an overlap is the same in both directions",
    }
    return [
        gxe.ExpectTableRowCountToBeBetween(min_value=0, description="overlaps can be counted"),
        *_none_of(claims),
    ]


def watch(_: Day) -> list[gxe.Expectation]:
    """An audience that is part of another may be one too many."""
    return _none_of({_SAME: "no audience lies within another"})


def _none_of(claims: dict[str, str]) -> list[gxe.Expectation]:
    return [
        gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
        for column, claim in claims.items()
    ]
