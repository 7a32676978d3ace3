"""Gate of ``tag_member``: shoppers of the day, with evidence whose numbers are those of the snapshot."""

from __future__ import annotations

from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.audiences.capability import AFFINITY_BASE, CUSTOMER_AFFINITY
from ml.audiences.columns import Aud
from ml.audiences.outputs import TAG, TAG_MEMBER
from ml.audiences.shoppers import PROFILE_TABLE
from ml.audiences.tags.columns import ANY_ITEM
from ml.audiences.tags.statistical import LIMITS
from ml.tables import Col

GATE, WATCH = 9, 1

_UNKNOWN: Final = "unknown_shopper"
_UNDEFINED: Final = "tag_that_is_not_there_or_withheld"
_SILENT: Final = "without_evidence"
_TOO_FEW: Final = "fewer_lines_than_the_tag_asks_for"
_OTHER_LINES: Final = "lines_that_the_snapshot_does_not_have"
_OTHER_LIFT: Final = "lift_that_the_snapshot_does_not_give"
_LOW: Final = "lift_low_below_the_limit_or_above_the_lift"
_HALF_KNOWN: Final = "known_of_some_members_only"
_IS_NEW: Final = "did_not_fit_a_week_ago"
_MOSTLY_NEW: Final = 0.2
_CLOSE: Final = 1e-3


def prepare(day: Day) -> pl.DataFrame:
    """A row per member, with 1 where a claim is broken; lines and lifts are counted here once more."""
    shoppers = day.table(PROFILE_TABLE)[Col.user_id].implode()
    is_statistical, lift = pl.col(Col.item_field).is_not_null(), pl.col(Col.lift)
    lines = pl.when(is_statistical).then(pl.col("own")).otherwise(pl.col("all"))
    again = (pl.col("own") / pl.col("all")) / (pl.col("everybodys") / pl.col("total"))
    held = [pl.col(flag).is_null() != pl.col(flag).is_null().first() for flag in (Aud.held_7d, Aud.held_28d)]
    texts = [pl.col(name).fill_null("").str.strip_chars() == "" for name in (Aud.evidence_en, Aud.evidence_zh)]
    low = pl.col(Aud.lift_low).is_between(LIMITS.lift_low, lift)
    broken = {
        _UNKNOWN: ~pl.col(Col.user_id).is_in(shoppers),
        _UNDEFINED: (pl.col(Aud.withheld) != "").fill_null(value=True),
        _SILENT: pl.any_horizontal(texts),
        _TOO_FEW: pl.col(Col.support).fill_null(0) < pl.col(Aud.minimum_support),
        _OTHER_LINES: pl.col(Col.support).is_not_null() & (pl.col(Col.support) != lines.fill_null(0)),
        _OTHER_LIFT: is_statistical & ~((lift - again).abs() <= _CLOSE * again).fill_null(value=False),
        _LOW: is_statistical & ~low.fill_null(value=False),
        _HALF_KNOWN: pl.any_horizontal(held),
        _IS_NEW: ~pl.col(Aud.held_7d),
    }
    claims = (claim.fill_null(value=False).cast(pl.Int8).alias(name) for name, claim in broken.items())
    return _beside_the_snapshot(day).select(*claims)


def _beside_the_snapshot(day: Day) -> pl.DataFrame:
    """Members with their tag, their own lines of what it is about (``own``), of all items, and everybody's."""
    affinity, base = day.table(CUSTOMER_AFFINITY), day.table(AFFINITY_BASE)
    value, lines = [Col.item_field, Col.item_value], pl.col(Col.purchases_365d)
    tags = day.table(TAG.name).select(Aud.tag_id, *value, Aud.minimum_support, Aud.withheld)
    is_any = pl.col(Col.item_field) == ANY_ITEM
    return (
        day.table(TAG_MEMBER.name)
        .join(tags, on=Aud.tag_id, how="left")
        .join(affinity.select(Col.user_id, *value, lines.alias("own")), on=[Col.user_id, *value], how="left")
        .join(affinity.filter(is_any).select(Col.user_id, lines.alias("all")), on=Col.user_id, how="left")
        .join(base.select(*value, lines.alias("everybodys")), on=value, how="left")
        .with_columns(pl.lit(base.filter(is_any)[Col.purchases_365d].sum()).alias("total"))
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """Members are there and counted right."""
    claims = {
        _UNKNOWN: "every member is a shopper of the day",
        _UNDEFINED: "every member's tag is there and not withheld",
        _SILENT: "every member has evidence in both languages",
        _TOO_FEW: "nobody has a tag on fewer lines than it asks for",
        _OTHER_LINES: "purchase lines are those of the snapshot",
        _OTHER_LIFT: "lifts are those of the snapshot",
        _LOW: "lower ends of lifts lie between the limit and the lift",
        _HALF_KNOWN: "of an earlier day the tags of all members are known or of none",
    }
    listed = int(day.table(TAG.name)[Aud.members].sum())
    return [
        gxe.ExpectTableRowCountToBeBetween(min_value=listed, max_value=listed, description="every member is listed"),
        *(
            gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
            for column, claim in claims.items()
        ),
    ]


def watch(day: Day) -> list[gxe.Expectation]:
    """Tags are habits: few members of a day are new."""
    members = len(day.table(TAG_MEMBER.name))
    return [
        gxe.ExpectColumnSumToBeBetween(
            column=_IS_NEW, max_value=_MOSTLY_NEW * members, description="most tags fitted a week ago too"
        )
    ]
