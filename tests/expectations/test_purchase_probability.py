"""The gate of ``purchase_probability``."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from expectations.day import Day
from ml.recommend.outputs import PURCHASE_PROBABILITY
from ml.settings import Settings
from tests.expectations.conftest import AS_OF, ITEMS, SHOPPERS, Tables
from tests.expectations.test_gates import failure, gate

WHAT = "purchase_probability"
PAIR = pl.col("user_id") == SHOPPERS[0]


@pytest.mark.parametrize(
    ("broken", "claim"),
    [
        ({"probability": pl.when(PAIR).then(1.01).otherwise("probability")}, "no probability is above 1"),
        ({"probability": pl.when(PAIR).then(-0.01).otherwise("probability")}, "no probability is below 0"),
        ({"user_id": pl.when(PAIR).then(pl.lit("nobody")).otherwise("user_id")}, "the shop knows every shopper"),
        ({"item_id": pl.lit("article-out")}, "every item may be recommended"),
        ({"item_id": pl.lit(ITEMS[0])}, "each pair of shopper and item has one row"),
        ({"item_id": pl.when(PAIR).then(pl.lit(ITEMS[50])).otherwise("item_id")}, "nobody disliked the item"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_probabilities_that_cannot_be_fail(
    settings: Settings, tables: Tables, day: Day, broken: dict[str, pl.Expr], claim: str
) -> None:
    tables[WHAT] = tables[WHAT].with_columns(**broken)
    assert claim in failure(settings, day, WHAT)


def test_no_probabilities_pass_only_where_the_draft_says_that_nobody_gives_any(
    settings: Settings, tables: Tables, day: Day
) -> None:
    tables[WHAT] = tables[WHAT].clear()
    assert not gate(settings, replace(day, probabilities=None), WHAT).warnings
    assert "somebody has probabilities" in failure(settings, replace(day, probabilities=0), WHAT)


def test_more_purchases_expected_than_the_shop_sells_or_shoppers_without_any_are_told(
    settings: Settings, tables: Tables, day: Day
) -> None:
    assert not gate(settings, day, WHAT).warnings
    tables[WHAT] = tables[WHAT].filter(pl.col("user_id") < SHOPPERS[30])
    (warning,) = gate(settings, replace(day, probabilities=len(tables[WHAT])), WHAT).warnings
    assert warning.claim == "shoppers with a history have probabilities"
    tables[WHAT] = _every_pair().with_columns(pl.lit(0.9).alias("probability"))
    sure = replace(day, probabilities=len(tables[WHAT]))
    assert [each.column for each in gate(settings, sure, WHAT).warnings] == ["expected_purchases"]


def _every_pair() -> pl.DataFrame:
    items = [item for item in ITEMS if item != ITEMS[50]]
    pairs = pl.DataFrame({"user_id": SHOPPERS}).join(pl.DataFrame({"item_id": items}), how="cross")
    rest = {"probability": 0.5, "horizon_days": 28, "policy_id": "policy", "as_of_date": AS_OF}
    return PURCHASE_PROBABILITY.checked(pairs.with_columns(**{name: pl.lit(value) for name, value in rest.items()}))
