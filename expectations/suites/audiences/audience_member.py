"""Gate of ``audience_member``: who has not consented is nowhere, also not among those who left; no small groups.

Both are checked from the landed consents and the published rows alone, not by the code that made the rows.
"""

from __future__ import annotations

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.audiences.columns import Aud, AudienceKind, Consent
from ml.audiences.outputs import AUDIENCE, AUDIENCE_MEMBER
from ml.audiences.shoppers import PROFILE_TABLE
from ml.tables import Col
from ml.warehouse.slices import DIM_CONSENT

GATE, WATCH = 7, 1

_TABLE = AUDIENCE_MEMBER.name
_NOT_GIVEN = "without_consent"
_STRANGERS = "unknown_shoppers"
_FEW = "fewer_than_the_minimum"
_NEVER = "never_members"
_SILENT = "without_a_reason"
_UNSCORED = "without_a_score"
_CROWDED = "everybody"
_SHOPPERS_ALL = 0.95
_SMALLEST_CROWD = 100


def prepare(day: Day) -> pl.DataFrame:
    """One row per audience with members: how many rows break a claim."""
    audiences = day.table(AUDIENCE.name).select(Aud.audience_id, Col.purpose, Aud.kind)
    rows = day.table(_TABLE).join(audiences, on=Aud.audience_id, how="left")
    shoppers, least = day.table(PROFILE_TABLE)[Col.user_id], day.minimum_audience
    flags = (Aud.is_member, Aud.member_1d, Aud.member_7d, Aud.member_28d)
    was = [pl.col(name).fill_null(value=False) for name in flags]
    few = [(each.sum() < least) & pl.col(name).is_not_null().any() for each, name in zip(was, flags, strict=True)]
    is_ordered = pl.col(Aud.kind) != AudienceKind.CONDITION
    return (
        rows.with_columns(_has_consented(day, rows).alias(_NOT_GIVEN))
        .group_by(Aud.audience_id)
        .agg(
            (~pl.col(_NOT_GIVEN)).sum().cast(pl.Int64).alias(_NOT_GIVEN),
            (~pl.col(Col.user_id).is_in(shoppers.implode())).sum().cast(pl.Int64).alias(_STRANGERS),
            pl.sum_horizontal(each.cast(pl.Int64) for each in few).alias(_FEW),
            (~pl.any_horizontal(was)).sum().cast(pl.Int64).alias(_NEVER),
            pl.any_horizontal(pl.col(Aud.reason_en).is_null(), pl.col(Aud.reason_zh).is_null()).sum().alias(_SILENT),
            (pl.col(Aud.is_member) & (pl.col(Col.score).is_not_null() != is_ordered)).sum().alias(_UNSCORED),
            (pl.col(Aud.is_member).sum() > _SHOPPERS_ALL * max(len(shoppers), _SMALLEST_CROWD))
            .cast(pl.Int64)
            .alias(_CROWDED),
        )
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """Members of every published audience, all known, with consent and a reason, and never too few of them."""
    published = day.table(AUDIENCE.name).filter(pl.col(Aud.withheld) == "").height
    claims = {
        _NOT_GIVEN: "everybody who is listed has consented to the audience's purpose",
        _STRANGERS: "the shop knows every shopper",
        _FEW: "on no day that is told were there fewer members than the minimum size",
        _NEVER: "everybody who is listed is a member, or was one",
        _SILENT: "every row has a reason in both languages",
        _UNSCORED: "affinities and look-alikes have scores, conditions have none",
    }
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=published, max_value=published, description="every audience that is published has members"
        ),
        *(
            gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
            for column, claim in claims.items()
        ),
    ]


def watch(_: Day) -> list[gxe.Expectation]:
    """An audience of everybody chooses nobody."""
    return [
        gxe.ExpectColumnSumToBeBetween(
            column=_CROWDED, max_value=0, description="no audience holds nearly every shopper"
        )
    ]


def _has_consented(day: Day, rows: pl.DataFrame) -> pl.Series:
    """Of each row whether the shopper's last word on the audience's purpose allows it."""
    words = day.table(DIM_CONSENT).select(Col.user_id, Col.purpose, Col.is_granted)
    last = rows.join(words, on=[Col.user_id, Col.purpose], how="left", maintain_order="left")[Col.is_granted]
    return last.fill_null(value=day.consent == Consent.ASSUMED)
