"""Gate of ``tag``: the day's tags, none of them switched off, counted as their members are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.audiences.capability import DIM_TAG
from ml.audiences.columns import Aud, TagKind
from ml.audiences.outputs import TAG, TAG_MEMBER
from ml.audiences.shoppers import PROFILE_TABLE
from ml.tables import Col

GATE, WATCH = 6, 4

_MISCOUNTED: Final = "members_that_are_not_listed"
_WRONG_SHARE: Final = "share_of_another_number_of_shoppers"
_NAMELESS: Final = "without_a_name_or_condition"
_SWITCHED_OFF: Final = "switched_off_by_the_shop"
_HALF_WITHHELD: Final = "withheld_with_members_or_published_without"
_WITHHELD: Final = "is_withheld"
_EVERYBODYS: Final = "fits_most_shoppers"
_NOBODYS: Final = "rule_that_fits_nobody"
_JUMPED: Final = "members_against_a_week_ago"
_ROUNDING: Final = 1e-6


@dataclass(frozen=True)
class Thresholds:
    """Shares of the shoppers, of whom ``crowd`` are judged; factors of a tag's members against D - 7."""

    crowd: int = 100
    fits_most: float = 0.6
    judged_members: int = 50
    shrunk: float = 0.6
    grown: float = 1.6
    jumped: int = 2


LIMITS = Thresholds()


def prepare(day: Day) -> pl.DataFrame:
    """A row per tag, with 1 where a claim is broken."""
    listed = day.table(TAG_MEMBER.name).group_by(Aud.tag_id).agg(pl.len().cast(pl.Int64).alias("listed"))
    landed = day.table(DIM_TAG)
    off = landed.filter(~pl.col(Aud.is_enabled))[Aud.tag_id].implode()
    shoppers = len(day.table(PROFILE_TABLE))
    is_withheld, members = pl.col(Aud.withheld) != "", pl.col(Aud.members)
    texts = [pl.col(name).fill_null("").str.strip_chars() == "" for name in (Aud.name_en, Aud.name_zh, Aud.condition)]
    before = pl.col(Aud.members_7d)
    ratio = members / before
    broken = {
        _MISCOUNTED: members.fill_null(0) != pl.col("listed").fill_null(0),
        _WRONG_SHARE: (pl.col(Aud.share) - members / max(shoppers, 1)).abs() > _ROUNDING,
        _NAMELESS: pl.any_horizontal(texts),
        _SWITCHED_OFF: pl.col(Aud.tag_id).is_in(off),
        _HALF_WITHHELD: is_withheld != members.is_null(),
        _WITHHELD: is_withheld,
        _EVERYBODYS: pl.lit(shoppers >= LIMITS.crowd) & (pl.col(Aud.share) > LIMITS.fits_most),
        _NOBODYS: (pl.col(Aud.kind) == TagKind.RULE) & (members == 0),
        _JUMPED: (before >= LIMITS.judged_members) & ~ratio.is_between(LIMITS.shrunk, LIMITS.grown),
    }
    return (
        day.table(TAG.name)
        .join(listed, on=Aud.tag_id, how="left")
        .select(
            Col.item_field, *(claim.fill_null(value=False).cast(pl.Int8).alias(name) for name, claim in broken.items())
        )
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """What the shop switched on is there, and counts agree with the members that are listed."""
    claims = {
        _MISCOUNTED: "a tag counts the members that are listed",
        _WRONG_SHARE: "its share is of all shoppers",
        _NAMELESS: "every tag has a name and a condition",
        _SWITCHED_OFF: "no tag is there that the shop switched off",
        _HALF_WITHHELD: "a tag is withheld with a reason or has members",
    }
    switched_on = int(day.table(DIM_TAG)[Aud.is_enabled].sum())
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=switched_on, description="every tag that the shop switched on is there"
        ),
        *(_none(column, claim) for column, claim in claims.items()),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """Tags that say little, that a shop wrote wrongly, or that changed more than shoppers do in a week."""
    rules = day.table(TAG.name).filter(pl.col(Aud.kind) == TagKind.RULE).height
    return [
        _none(_WITHHELD, "no condition of a tag is refused"),
        _none(_EVERYBODYS, "no tag fits most shoppers"),
        gxe.ExpectColumnSumToBeBetween(
            column=_NOBODYS, max_value=max(rules // 2, 1), description="most rules fit somebody"
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_JUMPED, max_value=LIMITS.jumped, description="tags shrink and grow slowly against a week ago"
        ),
    ]


def _none(column: str, claim: str) -> gxe.Expectation:
    return gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
