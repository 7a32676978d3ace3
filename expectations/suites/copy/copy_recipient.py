"""Gate of ``copy_recipient``: arms that a person approved, slots that are filled and fit, nobody who said no."""

from __future__ import annotations

from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.copy.capability import DIM_COPY_BRIEF
from ml.copy.columns import Copy, Status
from ml.copy.outputs import COPY_RECIPIENT, COPY_VARIANT
from ml.copy.sheets.audience import MARKETING
from ml.copy.slots import MOST_CHARACTERS, SLOTS
from ml.tables import Col
from ml.warehouse.slices import DIM_CONSENT, DIM_USER

GATE, WATCH = 5, 0

_UNAPPROVED: Final = "arm_that_nobody_approved"
_EMPTY: Final = "slot_without_value"
_LONG: Final = "slot_longer_than_texts_are_measured_with"
_STRANGERS: Final = "unknown_shoppers"
_NOT_GIVEN: Final = "without_consent"
_ASSUMED: Final = "assumed"


def prepare(day: Day) -> pl.DataFrame:
    """One row: how many recipients break each claim."""
    rows = day.table(COPY_RECIPIENT.name)
    arm = [Copy.brief_id, Copy.language, Copy.arm]
    approved = day.table(COPY_VARIANT.name).filter(pl.col(Copy.status) == Status.APPROVED).select(arm).unique()
    users = day.table(DIM_USER)[Col.user_id].implode()
    broken = {
        _EMPTY: pl.any_horizontal(pl.col(slot).fill_null("").str.strip_chars() == "" for slot in SLOTS),
        _LONG: pl.any_horizontal(pl.col(slot).str.len_chars() > MOST_CHARACTERS for slot in SLOTS),
        _STRANGERS: ~pl.col(Col.user_id).is_in(users),
    }
    sums = rows.select(claim.sum().cast(pl.Int64).alias(name) for name, claim in broken.items())
    return sums.with_columns(
        pl.lit(rows.join(approved, on=arm, how="anti").height, dtype=pl.Int64).alias(_UNAPPROVED),
        pl.lit(_refusing(day, rows), dtype=pl.Int64).alias(_NOT_GIVEN),
    )


def gate(_: Day) -> list[gxe.Expectation]:
    """Who is listed may be written to, with what a person approved."""
    claims = {
        _UNAPPROVED: "arms are approved in the shopper's language",
        _EMPTY: "every slot has a value or the words for those of whom nothing is known",
        _LONG: "values of slots are as short as texts were measured with",
        _STRANGERS: "the shop knows every shopper",
        _NOT_GIVEN: "briefs reach nobody who refused marketing, those for everybody nobody who has not consented",
    }
    return [
        gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
        for column, claim in claims.items()
    ]


def watch(_: Day) -> list[gxe.Expectation]:
    """Nothing: recipients come and go with approvals."""
    return []


def _refusing(day: Day, rows: pl.DataFrame) -> int:
    """Recipients who refused marketing or, of a brief without an audience, have not consented to it.

    That members have consented to their audience's own purpose is for ``ml.copy.sheets.audience``: the day's snapshot,
    which gates read, does not have that purpose.
    """
    briefs = day.table(DIM_COPY_BRIEF).select(Copy.brief_id, Copy.audience_id)
    words = day.table(DIM_CONSENT).filter(pl.col(Col.purpose) == MARKETING).select(Col.user_id, Col.is_granted)
    reached = rows.join(briefs, on=Copy.brief_id).join(words, on=Col.user_id, how="left")
    unsaid = pl.lit(day.consent == _ASSUMED) | pl.col(Copy.audience_id).is_not_null()
    return reached.filter(~pl.coalesce(pl.col(Col.is_granted), unsaid)).height
