"""Gate of ``customer_affinity``: counts that agree with the base, and with the profile, which counts them otherwise."""

from __future__ import annotations

from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.audiences.capability import AFFINITY_BASE, CUSTOMER_AFFINITY
from ml.audiences.shoppers import PROFILE_TABLE
from ml.audiences.tags.columns import ANY_ITEM, Affinity
from ml.tables import Col

GATE, WATCH = 5, 0

_MORE_RECENT: Final = "more_in_90_days_than_in_365"
_MORE_DAYS: Final = "more_days_than_lines"
_ABOVE_ALL: Final = "more_of_a_value_than_of_all"
_OTHER_TOP: Final = "top_category_of_another_share_than_in_the_profile"
_LINES_OF_ALL: Final = "lines_of_all_items"
_TOP_SHARE: Final = "top_category_1_share"
_LEAST: Final = 3
"""Lines of a value below which a shopper has no row of it."""
_ROUNDING: Final = 2e-6


def prepare(day: Day) -> pl.DataFrame:
    """A row per shopper: in how many of the shopper's rows a claim is broken."""
    table, lines = day.table(CUSTOMER_AFFINITY).lazy(), pl.col(Col.purchases_365d)
    is_any = pl.col(Col.item_field) == ANY_ITEM
    everything = table.filter(is_any).select(Col.user_id, lines.alias("all"))
    profile = day.table(PROFILE_TABLE).lazy().select(Col.user_id, _TOP_SHARE)
    most = lines.filter(pl.col(Col.item_field) == Col.item_category).max().over(Col.user_id)
    is_judged = is_any & (pl.col(_TOP_SHARE) * pl.col("all") >= _LEAST - _ROUNDING)
    broken = {
        _MORE_RECENT: (pl.col(Col.purchases_90d) > lines)
        | (pl.col(Affinity.purchase_days_90d) > pl.col(Col.purchase_days_365d)),
        _MORE_DAYS: ~pl.col(Col.purchase_days_365d).is_between(1, lines),
        _ABOVE_ALL: lines > pl.col("all").fill_null(0),
        _OTHER_TOP: is_judged & ((most / pl.col("all")).fill_null(0) - pl.col(_TOP_SHARE)).abs().gt(_ROUNDING),
    }
    return (
        table.join(everything, on=Col.user_id, how="left")
        .join(profile, on=Col.user_id, how="left")
        .select(
            Col.user_id,
            *(claim.fill_null(value=False).cast(pl.Int64).alias(name) for name, claim in broken.items()),
            pl.when(is_any).then(lines).otherwise(0).alias(_LINES_OF_ALL),
        )
        .group_by(Col.user_id)
        .sum()
        .drop(Col.user_id)
        .collect()
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """Lines and days that do not contradict each other."""
    base = day.table(AFFINITY_BASE)
    lines = int(base.filter(pl.col(Col.item_field) == ANY_ITEM)[Col.purchases_365d].sum())
    claims = {
        _MORE_RECENT: "no more in 90 days than in 365",
        _MORE_DAYS: "every day has a line",
        _ABOVE_ALL: "no more of a value than of all items",
        _OTHER_TOP: "the first category has the share that the profile says",
    }
    return [
        *(
            gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
            for column, claim in claims.items()
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_LINES_OF_ALL,
            min_value=lines or None,
            max_value=lines,
            description="shoppers' lines are together those of everybody",
        ),
    ]


def watch(_day: Day) -> list[gxe.Expectation]:
    """Nothing more."""
    return []
