"""What a shelf is ranked for: the probability of a purchase, or the money that it is expected to bring.

Money needs a probability: p x price ranks items rightly only where p is one. So an objective of money is refused for a
recommender whose scores are not calibrated probabilities, instead of multiplying a price with an arbitrary number.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from ml.errors import ObjectiveRefused
from ml.recommend.core.best import rounded
from ml.recommend.core.interactions import Items
from ml.recommend.core.protocol import Recommender
from ml.tables import Col

PURCHASE: Final = "purchase"
REVENUE: Final = "revenue"
MARGIN: Final = "margin"
_MONEY: Final = {
    REVENUE: pl.col(Col.price),
    MARGIN: pl.col(Col.price) - pl.col(Col.unit_cost),
}
_NEEDS: Final = {REVENUE: (Col.price,), MARGIN: (Col.price, Col.unit_cost)}


def ranked_for(objective: str, recommender: Recommender, ranked: pl.DataFrame, items: Items) -> pl.DataFrame:
    """Ranked lists sorted by an objective.

    Args:
        objective: ``purchase`` leaves the lists as they are; ``revenue`` is probability x price as of the day,
            ``margin`` probability x (price - unit cost). An item whose price or cost is unknown comes last, in the
            order of its probability, with the expectation 0.
        recommender: who ranked.
        ranked: a frame of ``Recommendations``.
        items: the eligible items with price and unit_cost.

    Returns:
        The same rows; score is the expectation in the shop's currency, rank its order, ties by item id.

    Raises:
        ObjectiveRefused: the scores are no probabilities, or no eligible item has the price or cost it takes.
    """
    if objective == PURCHASE:
        return ranked
    _refuse_without_probabilities(objective, recommender)
    _refuse_without_money(objective, items)
    money = items.frame.select(Col.item_id, _MONEY[objective].cast(pl.Float64).alias("money"))
    valued = ranked.join(money, on=Col.item_id, how="left", maintain_order="left")
    expected = pl.Series(rounded((valued[Col.score] * valued["money"].fill_null(0.0)).to_numpy()))
    by = [
        Col.user_id,
        pl.col("money").is_null(),
        "expected",
        pl.when(pl.col("money").is_null()).then(Col.rank),
        Col.item_id,
    ]
    valued = valued.with_columns(expected.alias("expected")).sort(by, descending=[False, False, True, False, False])
    rank = pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(Col.user_id)
    return valued.with_columns(rank.alias(Col.rank), pl.col("expected").alias(Col.score)).drop("money", "expected")


def _refuse_without_probabilities(objective: str, recommender: Recommender) -> None:
    if not recommender.scores_are_probabilities:
        raise ObjectiveRefused(
            f"objective {objective}",
            expected="a recommender whose scores are calibrated probabilities of a purchase",
            found=recommender.name,
            remedy="Train one that has them (docs/rules.md says which), or take the placement out of "
            "SHELDUCK_OBJECTIVES",
        )


def _refuse_without_money(objective: str, items: Items) -> None:
    missing = [
        name
        for name in _NEEDS[objective]
        if name not in items.frame.columns or items.frame[name].null_count() == len(items.frame)
    ]
    if missing and len(items.frame):
        raise ObjectiveRefused(
            f"objective {objective}",
            expected=f"items with {' and '.join(_NEEDS[objective])}",
            found=f"no item with {' or '.join(missing)}",
            remedy=f"Land the column {missing[0]} of the table items, or take the placement out of SHELDUCK_OBJECTIVES",
        )
