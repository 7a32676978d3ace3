"""How likely shoppers are to buy something of a kind, and the audiences that follow."""

from __future__ import annotations

from math import exp, log, prod
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ml.audiences.membership.affinity import Market, affinities
from ml.audiences.membership.by_affinity import with_items
from ml.audiences.membership.chosen import top_of
from ml.audiences.membership.shipped import SHIPPED
from testkit.audience_days import audiences
from tests.audiences.membership.small_shop import day_of, granted

ITEMS = pl.DataFrame(
    {
        "item_id": ["red", "white", "rye", "bun"],
        "item_brand": ["Acre", "Birch", "Acre", "Birch"],
        "item_category": ["WINE", "WINE", "BREAD", "BREAD"],
        "item_category2": ["wine", "wine", "bread", "bread"],
        "item_category3": [None] * 4,
    },
    schema_overrides={"item_category3": pl.String},
)
PROBABILITIES = {("ann", "red"): 0.5, ("ann", "white"): 0.2, ("bob", "red"): 0.4, ("bob", "rye"): 0.9}
HABITS = {("ann", "red"): 9.0, ("bob", "white"): 2.0, ("cat", "white"): 3.0, ("dan", "bun"): 1.0}
HORIZON = 28


def pairs(values: dict[tuple[str, str], float], column: str) -> pl.DataFrame:
    rows = [(*pair, value) for pair, value in values.items()]
    frame = pl.DataFrame(rows, schema={"user_id": pl.String, "item_id": pl.String, column: pl.Float64}, orient="row")
    return frame.with_columns(pl.lit(HORIZON, pl.Int32).alias("horizon_days"))


def market() -> Market:
    habits = pairs(HABITS, "decayed_purchase_days_90d").with_columns(
        pl.col("decayed_purchase_days_90d").cast(pl.Float32)
    )
    return Market(ITEMS.lazy(), pairs(PROBABILITIES, "probability").lazy(), habits.lazy())


def obvious(user: str, items: set[str]) -> float:
    """The definition: candidates by their probability, other items by the shopper's own rate."""
    scored = {item: chance for (who, item), chance in PROBABILITIES.items() if who == user and item in items}
    others = [days for (who, item), days in HABITS.items() if who == user and item in items - set(scored)]
    return 1 - prod(1 - chance for chance in scored.values()) * exp(-sum(others) * log(2) / 90 * HORIZON)


@pytest.mark.parametrize(
    ("kind", "items"),
    [
        (("item_category", "WINE"), {"red", "white"}),
        (("item_brand", "Acre"), {"red", "rye"}),
        (("item_id", "white"), {"white"}),
        (("item_category2", "bread"), {"rye", "bun"}),
    ],
)
def test_a_score_is_the_probability_of_at_least_one_purchase(kind: tuple[str, str], items: set[str]) -> None:
    found = dict(affinities([kind], market()).select("user_id", "score").iter_rows())
    expected = {user: obvious(user, items) for user in ("ann", "bob", "cat", "dan")}
    assert found == {user: pytest.approx(score, abs=1e-4) for user, score in expected.items() if score > 0}


def test_who_has_no_scored_item_of_the_kind_is_told_by_habit() -> None:
    found = affinities([("item_category", "WINE")], market())
    assert dict(found.select("user_id", "is_scored").iter_rows()) == {"ann": True, "bob": True, "cat": False}


def test_many_kinds_at_once_are_what_each_is_alone() -> None:
    kinds = [
        ("item_category", "WINE"),
        ("item_id", "red"),
        ("item_category", "NONE"),
        ("item_brand", "Acre"),
        ("item_id", "red"),
    ]
    together = affinities(kinds, market()).partition_by("kind_number", as_dict=True)
    for number, kind in enumerate(kinds):
        alone = affinities([kind], market()).drop("kind_number")
        assert (number,) in together or alone.is_empty()
        if (number,) in together:
            assert together[number,].drop("kind_number").equals(alone)
    assert len(together) == 4


def test_the_order_of_rows_changes_nothing() -> None:
    rng = np.random.default_rng(1)
    rows = {(f"u{user}", item): float(rng.random()) for user in range(300) for item in ITEMS["item_id"]}
    frame = pairs(rows, "probability")
    shuffled = Market(ITEMS.lazy(), frame.sample(fraction=1, shuffle=True, seed=2).lazy(), market().habits)
    kinds = [("item_category", "WINE"), ("item_brand", "Birch")]
    assert affinities(kinds, shuffled).equals(affinities(kinds, Market(ITEMS.lazy(), frame.lazy(), market().habits)))


def _day(tmp_path: Path, **row: object) -> dict[str, pl.DataFrame]:
    defined = audiences(
        {"audience_id": "a", "kind": "affinity", "item_field": "item_category", "item_value": "WINE", **row}
    )
    users = ["ann", "bob", "cat", "dan"]
    return day_of(
        tmp_path,
        defined,
        {0: dict(zip(users, (10, 90, 90, 90), strict=True)), 7: {"ann": 1}},
        dim_consent=granted(users),
        dim_item=ITEMS,
        feat_user_item=pairs(HABITS, "decayed_purchase_days_90d"),
        purchase_probability=pairs(PROBABILITIES, "probability"),
    )


def test_the_most_likely_share_of_shoppers_are_members_with_score_and_reason(tmp_path: Path) -> None:
    tables = _day(tmp_path, top_share=0.5)
    rows = tables["audience_member"].select("user_id", "score", "reason_en", "reason_zh", "member_7d").rows()
    assert rows == [
        ("ann", 0.6, "60 % likely to buy WINE within 28 days", "未来 28 天内购买WINE的概率为 60%", None),
        ("bob", 0.6102, "61 % likely to buy WINE within 28 days", "未来 28 天内购买WINE的概率为 61%", None),
    ]
    assert tables["audience"]["condition"].to_list() == [
        "the 50 % of shoppers most likely to buy item_category = 'WINE'"
    ]


def test_a_condition_says_who_may_be_a_member(tmp_path: Path) -> None:
    tables = _day(tmp_path, top_share=1.0, condition="revenue_365d > 50")
    assert tables["audience_member"]["user_id"].to_list() == ["bob", "cat"]
    assert tables["audience_member"]["reason_en"][1].endswith("by how often they have bought it")
    assert tables["audience"]["condition"][0].endswith("among those with revenue_365d > 50")


def test_an_audience_about_nothing_in_the_catalogue_is_withheld(tmp_path: Path) -> None:
    tables = _day(tmp_path, item_value="BEER")
    assert tables["audience"]["withheld"].to_list() == ["no item of the catalogue has item_category BEER"]


def test_an_audience_about_what_nobody_buys_is_withheld_as_small(tmp_path: Path) -> None:
    nothing = pairs({}, "probability"), pairs({}, "decayed_purchase_days_90d")
    defined = audiences({"audience_id": "a", "kind": "affinity", "item_field": "item_category", "item_value": "WINE"})
    tables = day_of(
        tmp_path,
        defined,
        {0: {"ann": 1}},
        dim_consent=granted(["ann"]),
        dim_item=ITEMS,
        purchase_probability=nothing[0],
        feat_user_item=nothing[1],
    )
    assert tables["audience"]["withheld"].to_list() == ["it has fewer than 1 members"]


def test_the_shipped_affinity_is_about_what_most_shoppers_buy_most(tmp_path: Path) -> None:
    shoppers = pl.DataFrame(
        {"user_id": ["ann", "bob", "cat"], "top_subcategory_1": ["wine", "bread", "wine"], "top_category_1": None},
        schema_overrides={"top_category_1": pl.String},
    )
    (top,) = [each for each in SHIPPED if each.kind == "affinity"]
    assert (with_items(top, shoppers).item_field, with_items(top, shoppers).item_value) == ("item_category2", "wine")
    plain = shoppers.with_columns(top_subcategory_1=pl.lit(None, pl.String), top_category_1=pl.lit("FOOD"))
    assert (with_items(top, plain).item_field, with_items(top, plain).item_value) == ("item_category", "FOOD")


@pytest.mark.parametrize(
    ("share", "shoppers", "taken"), [(0.07, 100, 7), (0.14, 100, 14), (0.05, 2469, 124), (1, 3, 3)]
)
def test_a_share_of_shoppers_is_rounded_up_from_what_it_says(share: float, shoppers: int, taken: int) -> None:
    assert top_of(share, shoppers) == taken
