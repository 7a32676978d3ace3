"""Gate of ``segment_transition``: who moved is who is in another segment, and the feature that moved them changed."""

from __future__ import annotations

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.audiences.columns import Aud
from ml.audiences.outputs import SEGMENT_MEMBER, SEGMENT_TRANSITION
from ml.tables import Col

GATE, WATCH = 3, 0

_WEEK = 7
_DIFFERENT = "segments_are_not_those_of_the_member"
_UNMOVED = "nothing_that_changed_is_named"


def prepare(day: Day) -> pl.DataFrame:
    """One row per scheme, number of days and shopper who moved, and 1 where a claim is broken."""
    members = day.table(SEGMENT_MEMBER.name)
    rows = day.table(SEGMENT_TRANSITION.name).join(
        members, on=[Aud.scheme, Col.user_id], how="left", maintain_order="left"
    )
    then = pl.when(pl.col(Aud.days_before) == _WEEK).then(pl.col(Aud.segment_7d)).otherwise(pl.col(Aud.segment_28d))
    is_so = (pl.col(Aud.from_segment) == then) & (pl.col(Aud.to_segment) == pl.col(Aud.segment_id))
    stayed = pl.col(Aud.value_before) == pl.col(Aud.value_now)
    return rows.select(
        (~is_so.fill_null(value=False)).cast(pl.Int8).alias(_DIFFERENT),
        (pl.col(Aud.moved_by).is_null() | stayed.fill_null(value=False)).cast(pl.Int8).alias(_UNMOVED),
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """As many as are in another segment than 7 or 28 days before."""
    members = day.table(SEGMENT_MEMBER.name)
    movers = sum(
        int((members[column] != members[Aud.segment_id]).sum()) for column in (Aud.segment_7d, Aud.segment_28d)
    )
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=movers, max_value=movers, description="everybody who is in another segment than before is told of"
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_DIFFERENT, max_value=0, description="movers come from and are in the segments of the members"
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_UNMOVED, max_value=0, description="what moved somebody is named and has changed"
        ),
    ]


def watch(_day: Day) -> list[gxe.Expectation]:
    """Nothing to watch."""
    return []
