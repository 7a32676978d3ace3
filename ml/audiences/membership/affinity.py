"""Affinity: how likely each shopper is to buy at least one item of a kind, for any number of kinds in one pass.

1 - Π (1 - p) over the published ``purchase_probability`` of the kind's items. The ranker scores some eighty items per
shopper; of the kind's other items the shopper's own rate of purchases counts (purchase days, halved every 90 days), so
that the score is about the whole kind. Who has neither is no member. Purchases count as independent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final, TypeAlias

import polars as pl

from ml.tables import Col

Kind: TypeAlias = tuple[str, str]
"""A column of the catalogue and a value of it; of ``item_id`` the item itself."""
KIND: Final = "kind_number"
IS_SCORED: Final = "is_scored"
DEFAULT_HORIZON: Final = 28
"""Where no recommender gives probabilities: the days ahead that a rate of purchases is told for."""
_RISK: Final = "risk"
_HALF_LIFE: Final = 90
_MOST: Final = 1 - 1e-9
_SCALE: Final = 10**9
"""Logarithms and rates are summed as whole numbers: the sum is the same in whatever order."""
_DECIMALS: Final = 4


@dataclass(frozen=True, eq=False)
class Market:
    """What shoppers may buy, and what is known of how likely that is.

    Attributes:
        items: the columns of the catalogue.
        probabilities: ``purchase_probability``: ``user_id``, ``item_id``, ``probability``, ``horizon_days``.
        habits: ``feat_user_item``: ``user_id``, ``item_id``, ``decayed_purchase_days_90d``.
    """

    items: pl.LazyFrame
    probabilities: pl.LazyFrame
    habits: pl.LazyFrame

    def horizon(self) -> int:
        """The days ahead that scores are about."""
        found = self.probabilities.select(Col.horizon_days).head(1).collect()
        return int(found.item()) if len(found) else DEFAULT_HORIZON


def items_of(kinds: Sequence[Kind], items: pl.LazyFrame) -> pl.DataFrame:
    """``item_id`` and ``kind_number`` (place in ``kinds``): an item may be of several kinds."""
    by_field: dict[str, dict[str, list[int]]] = {}
    for number, (field, value) in enumerate(kinds):
        by_field.setdefault(field, {}).setdefault(value, []).append(number)
    found = [_matching(items, field, values) for field, values in by_field.items()]
    return pl.concat(pl.collect_all(found)) if found else pl.DataFrame(schema={Col.item_id: pl.String, KIND: pl.Int32})


def affinities(kinds: Sequence[Kind], market: Market) -> pl.DataFrame:
    """``kind_number``, ``user_id``, ``score``, ``is_scored``, those most likely to buy first within each kind.

    ``score`` is the probability of at least one purchase of the kind within the horizon, to four decimals; equal ones
    are ordered by what four decimals hide, then by ``user_id``. ``is_scored``: some item of the kind was scored by the
    ranker; else the score is the shopper's own rate of purchases.
    """
    wanted = items_of(kinds, market.items).lazy()
    ids = wanted.select(Col.item_id).unique()
    scored = market.probabilities.select(Col.user_id, Col.item_id, Col.probability).join(
        ids, on=Col.item_id, how="semi"
    )
    others = market.habits.select(Col.user_id, Col.item_id, Col.decayed_purchase_days_90d).join(
        ids, on=Col.item_id, how="semi"
    )
    rest = others.join(scored, on=[Col.user_id, Col.item_id], how="anti")
    rate = pl.col(Col.decayed_purchase_days_90d).cast(pl.Float64) * (log(2) / _HALF_LIFE * market.horizon())
    missed = -(1 - pl.col(Col.probability).clip(0, _MOST)).log()
    parts = [
        _summed(scored, wanted, missed, is_scored=True),
        _summed(rest, wanted, rate.fill_null(0), is_scored=False),
    ]
    summed = pl.concat(parts).group_by(KIND, Col.user_id).agg(pl.col(_RISK).sum(), pl.col(IS_SCORED).any())
    at_least_one = (1 - (-(pl.col(_RISK) / _SCALE)).exp()).round(_DECIMALS)
    return (
        summed.filter(pl.col(_RISK) > 0)
        .sort(KIND, -pl.col(_RISK), Col.user_id)
        .select(KIND, Col.user_id, at_least_one.alias(Col.score), IS_SCORED)
        .collect()
    )


def _matching(items: pl.LazyFrame, field: str, values: Mapping[str, Sequence[int]]) -> pl.LazyFrame:
    numbers = pl.DataFrame(
        {field: list(values), KIND: list(values.values())}, schema={field: pl.String, KIND: pl.List(pl.Int32)}
    )
    named = items.select(list(dict.fromkeys((Col.item_id, field)))).drop_nulls()
    return named.join(numbers.lazy(), on=field).explode(KIND).select(Col.item_id, KIND)


def _summed(pairs: pl.LazyFrame, wanted: pl.LazyFrame, risk: pl.Expr, *, is_scored: bool) -> pl.LazyFrame:
    """By kind and shopper, the risk of a purchase summed over items, as a whole number."""
    return (
        pairs.join(wanted, on=Col.item_id)
        .group_by(KIND, Col.user_id)
        .agg((risk * _SCALE).round().cast(pl.Int64).sum().alias(_RISK))
        .with_columns(pl.lit(is_scored).alias(IS_SCORED))
    )
