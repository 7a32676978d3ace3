"""Probabilities of pairs: one per pair, by the ranker that learned its kind, the same however shoppers are cut."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from ml.placements import SHOP, on
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.request import Request
from ml.recommend.models.popularity import Popularity
from ml.recommend.outputs import PURCHASE_PROBABILITY
from ml.recommend.policy import Policy
from ml.recommend.probabilities import Forecast
from ml.recommend.two_stage.candidates import Generators
from ml.recommend.two_stage.recommender import TwoStage
from tests.recommend.conftest import AS_OF, random_shop

PAIR = ("user_id", "item_id")
SERVED = {"for_you": "two_stage", "discover": "two_stage", "buy_again": "two_stage"}


@pytest.fixture(scope="module")
def shop() -> Interactions:
    return random_shop(seed=3, users=150, items=60, events=7000)


@pytest.fixture(scope="module")
def plants(shop: Interactions) -> Items:
    ids = shop.frame["item_id"].unique().sort()
    kinds = [f"c{number % 4}" for number in range(len(ids))]
    return Items(pl.DataFrame({"item_id": ids, "item_category": kinds, "item_category2": kinds}))


@pytest.fixture(scope="module")
def fitted(shop: Interactions, plants: Items) -> TwoStage:
    """Learned four weeks before the day, so that what was bought since tells whether its probabilities hold."""
    return TwoStage(bags=1, threads=1).fit(shop.until(AS_OF - timedelta(days=28)), plants, AS_OF - timedelta(days=28))


def asked(shop: Interactions, plants: Items, users: list[str]) -> Request:
    return Request(users, shop, plants, AS_OF, k=10)


def everybody(shop: Interactions) -> list[str]:
    return shop.frame["user_id"].unique().sort().to_list()


def test_each_pair_has_one_probability_by_the_ranker_of_its_kind(
    fitted: TwoStage, shop: Interactions, plants: Items
) -> None:
    request = asked(shop, plants, ["u01", "u02", "stranger"])
    found = fitted.probabilities(request)
    assert found.select(PAIR).is_unique().all() and set(found["user_id"]) == {"u01", "u02"}
    assert found["probability"].is_between(0, 1, closed="none").all() and set(found["horizon_days"]) == {28}
    bought = shop.frame.select(PAIR).unique()
    own, new = found.join(bought, on=PAIR, how="semi"), found.join(bought, on=PAIR, how="anti")
    assert len(own) and len(new)
    for placement, rows in (({"only_seen": True}, own), ({"exclude_seen": True}, new)):
        shelf = fitted.recommend(replace(request, k=60, **placement)).frame
        same = shelf.join(rows, on=PAIR)
        assert len(same) == len(rows)
        assert (same["score"] / same["probability"] - 1).abs().max() < 1e-3  # type: ignore[operator]


def test_the_lists_of_the_same_request_read_what_was_scored(
    fitted: TwoStage, shop: Interactions, plants: Items, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = replace(asked(shop, plants, ["u01", "u02", "u03"]), both=True)
    kinds = ({}, {"exclude_seen": True}, {"only_seen": True})
    before = [fitted.recommend(replace(request, **kind)).frame for kind in kinds]
    fitted.probabilities(asked(shop, plants, ["u04"]))
    fitted.probabilities(request)
    monkeypatch.setattr(Generators, "propose", lambda *_: pytest.fail("scored again"))
    assert all(
        fitted.recommend(replace(request, **kind)).frame.equals(one) for kind, one in zip(kinds, before, strict=True)
    )


def test_shoppers_asked_in_parts_get_the_same_probabilities(
    fitted: TwoStage, shop: Interactions, plants: Items
) -> None:
    users = everybody(shop)
    whole = fitted.probabilities(asked(shop, plants, users)).sort(PAIR)
    parts = [fitted.probabilities(asked(shop, plants, users[at : at + 40])) for at in range(0, len(users), 40)]
    assert len(parts) == 4 and pl.concat(parts).sort(PAIR).equals(whole)


def test_what_was_disliked_and_what_is_not_eligible_has_no_row(
    fitted: TwoStage, shop: Interactions, plants: Items
) -> None:
    request = asked(shop, plants, ["u01"])
    item = fitted.probabilities(request)["item_id"][0]
    stars = pl.DataFrame({"user_id": ["u01"], "item_id": [item], "event_date": [AS_OF], "rating": [1.0]})
    rated = Interactions(shop.frame, stars, liked_from=3.0, snapshots=shop.snapshots)
    narrow = Items(plants.frame.filter(pl.col("item_id") != item))
    for other in (replace(request, history=rated), replace(request, items=narrow)):
        found = fitted.probabilities(other)
        assert len(found) and item not in found["item_id"]


def test_the_mean_probability_of_a_table_is_near_the_share_that_was_bought(
    fitted: TwoStage, shop: Interactions, plants: Items
) -> None:
    """Asked as of the day it was learned on; judged by the four weeks that followed."""
    then = AS_OF - timedelta(days=28)
    found = fitted.probabilities(Request(everybody(shop), shop.until(then), plants, then, k=10))
    since = shop.frame.filter(pl.col("event_date") > then).select(PAIR).unique()
    bought = found.join(since, on=PAIR, how="semi").height
    assert bought > 1000
    assert 0.85 < found["probability"].sum() / bought < 1.15


def test_a_policy_that_gives_no_probabilities_leaves_the_table_empty_and_says_why(
    fitted: TwoStage, shop: Interactions, plants: Items
) -> None:
    popular = Popularity().fit(shop, plants, AS_OF)
    models = {"two_stage": fitted, "popularity": popular}
    mixed = Policy("shelf", "", on(SHOP), SERVED | {"for_you": "popularity"})
    speaks = Forecast(mixed, models, AS_OF)
    rows = speaks.of(asked(shop, plants, ["u01"]))
    assert len(rows) and set(rows["policy_id"]) == {mixed.policy_id} and set(rows["as_of_date"]) == {AS_OF}
    assert speaks.told(len(rows)) == {"purchase_probability": {"recipe": "two_stage", "pairs": len(rows)}}
    silent = Forecast(Policy("shelf", "", on(SHOP), dict.fromkeys(SERVED, "popularity")), models, AS_OF)
    assert silent.of(asked(shop, plants, ["u01"])).equals(PURCHASE_PROBABILITY.empty())
    assert silent.told(0) == {"purchase_probability": {"why_empty": "no recommender gives probabilities: popularity"}}


def test_a_ranker_that_learned_nothing_gives_none(shop: Interactions, plants: Items) -> None:
    short = Interactions(shop.frame.filter(pl.col("event_date") > AS_OF - timedelta(days=20)), snapshots=shop.snapshots)
    untaught = TwoStage(bags=1, threads=1).fit(short, plants, AS_OF)
    assert untaught.probabilities(asked(short, plants, ["u01"])).is_empty()


def test_pairs_of_sorted_shoppers_come_in_the_order_of_the_published_key(
    fitted: TwoStage, shop: Interactions, plants: Items
) -> None:
    found = fitted.probabilities(asked(shop, plants, everybody(shop)))
    assert len(found) > 1000 and found.equals(found.sort(PAIR))
