"""Gate of ``audience_trait``: traits of published audiences, more frequent in them than among everybody."""

from __future__ import annotations

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.audiences.columns import Aud
from ml.audiences.outputs import AUDIENCE, AUDIENCE_TRAIT
from ml.tables import Col

GATE, WATCH = 5, 1

_TABLE = AUDIENCE_TRAIT.name
_HIDDEN = "of_withheld_audiences"
_FEW = "of_too_few_members"
_UNUSUAL = "not_over_indexed"
_OUTSIDE = "shares_outside_0_to_1"
_ROUNDING = 1e-3


def prepare(day: Day) -> pl.DataFrame:
    """One row per trait, with 1 where a claim is broken."""
    sizes = day.table(AUDIENCE.name).select(Aud.audience_id, Aud.size)
    share_in, share_all = pl.col(Aud.share_in), pl.col(Aud.share_all)
    broken = {
        _HIDDEN: pl.col(Aud.size).is_null(),
        _FEW: (share_in * pl.col(Aud.size)).round() < day.minimum_audience,
        _UNUSUAL: ~((pl.col(Aud.lift_low) > 1) & (pl.col(Col.lift) >= pl.col(Aud.lift_low) - _ROUNDING)),
        _OUTSIDE: ~(share_in.is_between(0, 1) & share_all.is_between(0, 1)),
    }
    traits = day.table(_TABLE).join(sizes, on=Aud.audience_id, how="left")
    return traits.select(
        Aud.audience_id, *(claim.fill_null(value=False).cast(pl.Int8).alias(name) for name, claim in broken.items())
    )


def gate(_: Day) -> list[gxe.Expectation]:
    """Nothing of withheld audiences or of few members, and only what stands out."""
    claims = {
        _HIDDEN: "no trait of an audience that is withheld is told",
        _FEW: "no trait of fewer members than the minimum size is told",
        _UNUSUAL: "traits are more frequent in the audience than among everybody",
        _OUTSIDE: "shares are from 0 to 1",
    }
    return [
        # an audience may have no trait, and a day no audience
        gxe.ExpectTableRowCountToBeBetween(min_value=0, description="traits can be counted"),
        *(
            gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
            for column, claim in claims.items()
        ),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """Audiences of which nothing can be told."""
    published = day.table(AUDIENCE.name).filter(pl.col(Aud.withheld) == "").height
    return [
        gxe.ExpectColumnUniqueValueCountToBeBetween(
            column=Aud.audience_id, min_value=published // 2, description="most published audiences have a trait"
        )
    ]
