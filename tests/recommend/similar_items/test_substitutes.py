"""Substitutes and complements: a shop that was made so that both are known, and a slow obvious version."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from math import sqrt

import numpy as np
import polars as pl
import pytest

from ml.recommend.similar_items.similar import similar_items
from tests.recommend.conftest import history_of, random_shop


def kitchen() -> pl.DataFrame:
    """Forty cooks shop 20 times: one of two pastas, sauce with either, soap or matches when they run out."""
    draw = np.random.default_rng(4)
    events = []
    for cook in range(40):
        for visit in range(20):
            basket = ["milk"] if draw.random() < 0.7 else ["bread"]
            if draw.random() < 0.25:
                basket += [str(draw.choice(["fusilli", "penne"])), "sauce"]
            basket += [item for item in ("soap", "matches") if draw.random() < 0.3]
            events += [(f"c{cook:02}", item, 1 + visit, 1) for item in basket]
    return history_of(events).frame


def catalogue(history: pl.DataFrame) -> pl.DataFrame:
    kinds = {"fusilli": "pasta", "penne": "pasta", "soap": "household", "matches": "household"}
    items = history["item_id"].unique().sort()
    categories = [kinds.get(item, item) for item in items]
    return pl.DataFrame({"item_id": items, "item_category": categories}).with_columns(is_recommendable=True)


def pairs(lists: pl.DataFrame, relation: str) -> dict[tuple[str, str], dict[str, object]]:
    rows = lists.filter(relation=relation).iter_rows(named=True)
    return {(row["item_id"], row["related_item_id"]): row for row in rows}


def test_what_is_bought_instead_and_what_along_with_it_are_told_apart() -> None:
    history = taste_apart()
    lists = similar_items(history, catalogue(history), min_support=3)
    substitutes, complements = pairs(lists, "substitute"), pairs(lists, "complement")
    assert set(substitutes) == {("fusilli", "penne"), ("penne", "fusilli")}
    assert {("sauce", "fusilli"), ("sauce", "penne"), ("fusilli", "sauce"), ("penne", "sauce")} == set(complements)


def taste_apart() -> pl.DataFrame:
    """As the kitchen, where only half of the cooks eat pasta, so that pasta eaters share both kinds."""
    eats = pl.col("user_id").str.slice(1).cast(pl.Int64) % 2 == 0
    return kitchen().filter(eats | ~pl.col("item_id").is_in(["fusilli", "penne", "sauce"]))


def test_the_same_people_buy_both_substitutes_and_never_together() -> None:
    history = taste_apart()
    substitutes = pairs(similar_items(history, catalogue(history), min_support=3), "substitute")
    assert set(substitutes) == {("fusilli", "penne"), ("penne", "fusilli")}
    row = substitutes["fusilli", "penne"]
    cooks = {item: set(history.filter(item_id=item)["user_id"]) for item in ("fusilli", "penne")}
    both = len(cooks["fusilli"] & cooks["penne"])
    assert row["support"] == both > 15
    assert row["confidence"] == round(both / len(cooks["fusilli"]), 4)
    assert row["lift"] == round(both * 40 / (len(cooks["fusilli"]) * len(cooks["penne"])), 4)
    assert row["score"] > 0.8


def test_household_things_bought_now_and_then_are_neither() -> None:
    history = taste_apart()
    lists = similar_items(history, catalogue(history), min_support=3)
    assert ("soap", "matches") not in {**pairs(lists, "substitute"), **pairs(lists, "complement")}


@pytest.mark.parametrize("seed", [1, 2])
def test_they_equal_the_slow_definition(seed: int) -> None:
    history = random_shop(seed, events=1500).frame
    items = catalogue(history).with_columns(item_category=pl.col("item_id").str.slice(2))
    lists = similar_items(history, items, k=100, min_support=2)
    kinds = dict(items.select("item_id", "item_category").iter_rows())
    held = history.group_by("user_id", "item_id").agg(pl.col("event_date"))
    days = {(user, item): set(dates) for user, item, dates in held.iter_rows()}
    baskets = Counter(user for user, _ in history.select("user_id", "event_date").unique().iter_rows())
    substitutes, complements = set(), set()
    for a, b in permutations(kinds, 2):
        both = [user for user in baskets if (user, a) in days and (user, b) in days]
        seen = sum(len(days[user, a] & days[user, b]) for user in both)
        expected = sum(len(days[user, a]) * len(days[user, b]) / baskets[user] for user in both)
        buyers = [sum((user, item) in days for user in baskets) for item in (a, b)]
        lift = len(both) * len(baskets) / (buyers[0] * buyers[1])
        if kinds[a] == kinds[b] and len(both) >= 2 and lift > 1 and round(1 - (seen + 1) / (expected + 1), 4) >= 0.3:
            substitutes.add((a, b))
        sure = (seen - 1.645 * sqrt(seen)) / max(expected, 1.0)
        together = sum(bool(days[user, a] & days[user, b]) for user in both) > 1
        if kinds[a] != kinds[b] and seen >= 2 and together and sure >= 2:
            complements.add((a, b))
    assert set(pairs(lists, "substitute")) == substitutes
    assert set(pairs(lists, "complement")) <= complements
    assert substitutes


def test_without_product_types_there_are_neither() -> None:
    history = taste_apart()
    lists = similar_items(history, catalogue(history).drop("item_category"), min_support=3)
    assert set(lists["relation"]) == {"similar", "bought_together"}


def test_confidence_is_the_share_of_the_items_own_baskets() -> None:
    history = taste_apart()
    row = pairs(similar_items(history, catalogue(history), min_support=3), "bought_together")["fusilli", "sauce"]
    assert row["confidence"] == 1.0
    back = pairs(similar_items(history, catalogue(history), min_support=3), "bought_together")["sauce", "fusilli"]
    assert back["confidence"] == round(back["support"] / history.filter(item_id="sauce").height, 4)


def test_a_shop_whose_shoppers_bought_one_thing_each_has_neither() -> None:
    history = history_of([("c1", "fusilli", 1, 1), ("c2", "penne", 1, 1), ("c3", "soap", 1, 1)]).frame
    lists = similar_items(history, catalogue(history), min_support=1)
    assert not pairs(lists, "substitute") and not pairs(lists, "complement")
