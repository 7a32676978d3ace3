"""Gate of ``audience``: sizes that agree with the members, small audiences withheld, every absence with its reason."""

from __future__ import annotations

from dataclasses import dataclass

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.audiences.capability import DIM_AUDIENCE
from ml.audiences.columns import Aud, Consent
from ml.audiences.outputs import AUDIENCE, AUDIENCE_MEMBER

GATE, WATCH = 6, 2

_TABLE = AUDIENCE.name
_MISCOUNTED = "size_unlike_the_members"
_SMALL = "published_though_small"
_UNEXPLAINED = "neither_size_nor_reason"
_TELLING = "tells_too_few"
_CONSENT = "another_consent_than_the_settings"
_JUMPED = "grew_or_shrank_since_yesterday"
_VANISHED = "withheld_since_yesterday"
_COUNTED = "counted"


@dataclass(frozen=True)
class Thresholds:
    """Factor of the size from one day to the next, of audiences of ``crowd`` members more."""

    crowd: int = 50
    factor: float = 1.5


LIMITS = Thresholds()


def prepare(day: Day) -> pl.DataFrame:
    """One row per audience: its size, and 1 where a claim is broken."""
    members = day.table(AUDIENCE_MEMBER.name).filter(Aud.is_member)
    counted = members.group_by(Aud.audience_id).agg(pl.len().cast(pl.Int64).alias(_COUNTED))
    audiences = day.table(_TABLE).join(counted, on=Aud.audience_id, how="left")
    published, least = pl.col(Aud.withheld) == "", day.minimum_audience
    missing = pl.col(Aud.without_consent)
    expected = Consent.ASSUMED if day.consent == Consent.ASSUMED else Consent.GRANTED
    before = pl.col(Aud.size) - pl.col(Aud.joined_1d) + pl.col(Aud.left_1d)
    grown = pl.max_horizontal(pl.col(Aud.size) / before, before / pl.col(Aud.size))
    broken = {
        _MISCOUNTED: pl.col(Aud.size).fill_null(0) != pl.col(_COUNTED).fill_null(0),
        _SMALL: published & (pl.col(Aud.size).fill_null(0) < least),
        _UNEXPLAINED: published != pl.col(Aud.size).is_not_null(),
        _TELLING: ((missing > 0) & (missing < least)) | (before < least),
        _CONSENT: pl.col(Aud.consent) != expected,
        _JUMPED: (pl.max_horizontal(Aud.size, before) >= LIMITS.crowd) & (grown > LIMITS.factor),
        _VANISHED: ~published & pl.col(Aud.audience_id).is_in(_published_yesterday(day).implode()),
    }
    return audiences.select(
        Aud.audience_id, *(claim.fill_null(value=False).cast(pl.Int8).alias(name) for name, claim in broken.items())
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """A row per landed audience; sizes as the members are, none below the minimum."""
    landed = day.table(DIM_AUDIENCE).filter(Aud.is_enabled).height
    claims = {
        _MISCOUNTED: "sizes are the numbers of members",
        _SMALL: "no audience below the minimum size is published",
        _UNEXPLAINED: "an audience has either a size or a reason to be withheld",
        _TELLING: "no count or change tells of fewer shoppers than the minimum size",
        _CONSENT: "audiences say whether consent is granted or assumed, as the settings do",
    }
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=landed, description="every audience that the shop has landed and not switched off has a row"
        ),
        *_none_of(claims),
    ]


def watch(_: Day) -> list[gxe.Expectation]:
    """Audiences that shrank or grew implausibly, judged as of both days by D's definitions; and those gone."""
    claims = {
        _JUMPED: "no audience grew or shrank by half since the day before",
        _VANISHED: "what was published the day before is not withheld",
    }
    return _none_of(claims)


def _none_of(claims: dict[str, str]) -> list[gxe.Expectation]:
    return [
        gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
        for column, claim in claims.items()
    ]


def _published_yesterday(day: Day) -> pl.Series:
    before = day.yesterday(_TABLE)
    if before is None:
        return pl.Series(dtype=pl.String)
    return before.filter(pl.col(Aud.withheld) == "")[Aud.audience_id]
