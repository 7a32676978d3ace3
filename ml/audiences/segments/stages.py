"""Life-cycle stages of the profile as segments: names, rules in words, and which of a rule's inputs moved a shopper."""

from __future__ import annotations

from typing import Final

import polars as pl

from ml.audiences.columns import Aud
from ml.audiences.segments.behaviour import NOTHING
from ml.audiences.segments.columns import Known
from ml.words import Words

PROSPECT, NEW, ACTIVE, AT_RISK, LAPSED = "prospect", "new", "active", "at_risk", "lapsed"
IDS: Final = (PROSPECT, NEW, ACTIVE, AT_RISK, LAPSED)
OVERDUE: Final = {AT_RISK: 2.0, LAPSED: 4.0}
"""The overdue ratio above which a stage begins, as ``docs/profile.md`` says."""
NAMES: Final = {
    PROSPECT: Words("Prospects", "潜在顾客"),
    NEW: Words("New", "新顾客"),
    ACTIVE: Words("Active", "活跃"),
    AT_RISK: Words("At risk", "有流失风险"),
    LAPSED: Words("Lapsed", "已流失"),
}
RULES: Final = {
    PROSPECT: NOTHING,
    NEW: Words(
        "The first purchase of the last 365 days was less than 28 days ago.", "最近 365 天内的首次购买距今不到 28 天。"
    ),
    ACTIVE: Words(
        "A purchase in 365 days; neither new, at risk nor lapsed.", "365 天内有购买；既非新顾客，也未有流失风险或流失。"
    ),
    AT_RISK: Words(
        "Overdue ratio above 2, and at least 14 days without a purchase.", "逾期比高于 2，且至少 14 天没有购买。"
    ),
    LAPSED: Words(
        "Overdue ratio above 4, and at least 28 days without a purchase.", "逾期比高于 4，且至少 28 天没有购买。"
    ),
}
_ORDER: Final = {ACTIVE: 0, AT_RISK: 1, LAPSED: 2}


def moved_by() -> pl.Expr:
    """By row, which input of the rules moved it from ``from_segment`` to ``to_segment``.

    Columns of before have the suffix ``_before``. Between active, at risk and lapsed it is the overdue ratio where that
    is what kept the shopper out of the later stage on the other day, else the days since the last purchase.
    """
    stages = [pl.col(Aud.from_segment), pl.col(Aud.to_segment)]
    order = [stage.replace_strict(_ORDER, default=-1, return_dtype=pl.Int64) for stage in stages]
    later = pl.when(order[0] > order[1]).then(stages[0]).otherwise(stages[1])
    milder = (
        pl.when(order[0] > order[1])
        .then(pl.col(Known.overdue_ratio))
        .otherwise(pl.col(f"{Known.overdue_ratio}_before"))
    )
    limit = later.replace_strict(OVERDUE, default=None, return_dtype=pl.Float64)
    return (
        pl.when(pl.any_horizontal(stage == PROSPECT for stage in stages))
        .then(pl.lit(Known.purchase_days_365d))
        .when(pl.any_horizontal(stage == NEW for stage in stages))
        .then(pl.lit(Known.days_since_first_purchase))
        .when(milder <= limit)
        .then(pl.lit(Known.overdue_ratio))
        .otherwise(pl.lit(Known.days_since_last_purchase))
    )
