"""What a shelf is ranked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, get_args

import polars as pl
import pytest
from pydantic import ValidationError

from ml.errors import ObjectiveRefused
from ml.placements import SHOP as PLACEMENTS
from ml.placements import on
from ml.recommend.core.base import Fresh, SameForAll
from ml.recommend.core.interactions import Items
from ml.recommend.core.recency import share_of_buyers
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer
from ml.recommend.policy import rule_based_policy
from ml.recommend.recommenders import recommender
from ml.recommend.rules.objectives import MARGIN, PURCHASE, REVENUE, ranked_for
from ml.recommend.rules.rerank import shelves
from ml.recommend.rules.rule_set import Rule, RuleSet
from ml.settings import Settings
from tests.recommend.conftest import AS_OF
from tests.recommend.rules.conftest import SHOP, USERS, catalogue

ITEMS = catalogue(SHOP)


@dataclass
class Certain(Fresh):
    """Says of every item which share of the shoppers buys it, and means it."""

    name: ClassVar[str] = "certain"

    @property
    def scores_are_probabilities(self) -> bool:
        return True

    def _fresh_scorer(self, request: Request) -> Scorer:
        return SameForAll(share_of_buyers(request))


MODEL = Certain().fit(SHOP, ITEMS, AS_OF)
REQUEST = Request(USERS[:3], SHOP, ITEMS, AS_OF, len(ITEMS.frame))


@pytest.mark.parametrize(
    ("objective", "money"), [(REVENUE, pl.col("price")), (MARGIN, pl.col("price") - pl.col("unit_cost"))]
)
def test_money_ranks_by_probability_times_what_an_item_brings(objective: str, money: pl.Expr) -> None:
    ranked = MODEL.recommend(REQUEST).frame
    found = ranked_for(objective, MODEL, ranked, ITEMS)
    chance = ranked.select("user_id", "item_id", pl.col("score").alias("chance"))
    told = found.join(chance, on=["user_id", "item_id"]).join(ITEMS.frame, on="item_id").sort("user_id", "rank")
    expected = told.select((pl.col("chance") * money).alias("expected"))["expected"]
    assert told["score"].to_list() == pytest.approx(expected.to_list(), rel=1e-4)
    falling = told.with_columns(pl.col("score").diff().over("user_id").alias("step"))["step"].drop_nulls()
    assert (falling <= 0).all() and (falling < 0).any()
    assert sorted(found["item_id"]) == sorted(ranked["item_id"])
    assert found["item_id"].to_list() != ranked["item_id"].to_list()


def test_purchase_leaves_every_list_as_it_is() -> None:
    model = recommender("item_cosine")().fit(SHOP, ITEMS, AS_OF)
    ranked = model.recommend(REQUEST).frame
    assert ranked_for(PURCHASE, model, ranked, ITEMS).equals(ranked)


def test_an_item_without_a_price_comes_last_in_the_order_of_its_probability() -> None:
    bare = pl.col("item_id").is_in(["i01", "i04"])
    items = Items(ITEMS.frame.with_columns(pl.when(~bare).then("price").alias("price")))
    ranked = MODEL.recommend(REQUEST).frame
    found = ranked_for(REVENUE, MODEL, ranked, items).filter(user_id=USERS[0])
    last = found.tail(2)
    assert last["score"].to_list() == [0.0, 0.0]
    order = ranked.filter(pl.col("user_id") == USERS[0], bare)["item_id"].to_list()
    assert last["item_id"].to_list() == order


def test_scores_that_are_no_probabilities_are_not_multiplied_with_money() -> None:
    model = recommender("item_cosine")().fit(SHOP, ITEMS, AS_OF)
    with pytest.raises(ObjectiveRefused, match=r"calibrated probabilities.*found item_cosine.*SHELDUCK_OBJECTIVES"):
        shelves(RuleSet((), AS_OF), "for_you", model, replace(REQUEST, k=5), REVENUE)


def test_a_margin_without_any_cost_says_which_column_is_missing() -> None:
    request = replace(REQUEST, items=Items(ITEMS.frame.drop("unit_cost")), k=5)
    with pytest.raises(ObjectiveRefused, match=r"no item with unit_cost.*Land the column unit_cost of the table items"):
        shelves(RuleSet((), AS_OF), "for_you", MODEL, request, MARGIN)


def test_rules_hold_under_an_objective_and_the_best_by_money_comes_first() -> None:
    request = replace(REQUEST, k=5)
    free = shelves(RuleSet((), AS_OF), "for_you", MODEL, request, REVENUE)
    best = ranked_for(REVENUE, MODEL, MODEL.recommend(REQUEST).frame, ITEMS).filter(pl.col("rank") <= 5)
    assert free["item_id"].to_list() == best["item_id"].to_list()
    cap = Rule("cap", "cap", item_field="item_category", amount=1.0)
    capped = shelves(RuleSet((cap,), AS_OF), "for_you", MODEL, request, REVENUE)
    kinds = capped.join(ITEMS.frame, on="item_id").group_by("user_id").agg(pl.col("item_category").n_unique())
    assert kinds["item_category"].to_list() == [5, 5, 5]


def test_an_objective_is_part_of_the_policys_identity() -> None:
    plain = rule_based_policy(on(PLACEMENTS))
    money = replace(plain, objectives={"for_you": REVENUE})
    assert plain.policy_id != money.policy_id
    told = dict(money.table().select("placement", "objective").iter_rows())
    assert told == {"for_you": REVENUE, "discover": PURCHASE, "buy_again": PURCHASE}


def test_the_settings_know_the_placements_and_the_objectives(monkeypatch: pytest.MonkeyPatch) -> None:
    kind: Any = Settings.model_fields["objectives"].annotation
    _, objectives = get_args(kind)
    assert set(get_args(objectives)) == {PURCHASE, REVENUE, MARGIN}
    monkeypatch.setenv("SHELDUCK_OBJECTIVES", '{"for_you": "revenue"}')
    assert Settings().objectives == {"for_you": "revenue"}
    for wrong in ('{"for_you": "fame"}', '{"for_yuo": "revenue"}'):
        monkeypatch.setenv("SHELDUCK_OBJECTIVES", wrong)
        with pytest.raises(ValidationError):
            Settings()
