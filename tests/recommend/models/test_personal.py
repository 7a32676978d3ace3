"""Recommenders that know a shopper's rhythm."""

from __future__ import annotations

import math

import pytest

from ml.recommend.core.baskets import Baskets
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.request import Request
from ml.recommend.models.buy_it_again import BuyItAgain
from ml.recommend.models.buy_it_when_due import BuyItWhenDue
from ml.recommend.models.popularity import Popularity
from ml.recommend.models.tifu_knn import TifuKnn
from ml.recommend.models.trending import Trending
from tests.recommend.conftest import AS_OF, Event, history_of


def shelf(model, history: Interactions, user: str, k: int = 10, **terms: bool) -> list[tuple[str, float]]:
    items = Items.of(history.frame["item_id"].unique())
    frame = model.fit(history, items, AS_OF).recommend(Request([user], history, items, AS_OF, k, **terms)).frame
    return list(frame.select("item_id", "score").iter_rows())


def test_a_purchase_is_worth_half_after_a_half_life() -> None:
    history = history_of([("ann", "old", 90, 3), ("ann", "new", 0, 2), ("ann", "older", 180, 1)])
    assert shelf(BuyItAgain(), history, "ann") == [("new", 2.0), ("old", 1.5), ("older", 0.25)]


def test_popularity_counts_shoppers_of_the_window_and_breaks_ties_by_repeats() -> None:
    history = history_of(
        [
            *((user, "milk", 27, 1) for user in "abc"),
            *((user, "bread", 3, 2) for user in "abc"),
            *((user, "last_year", 28, 9) for user in "abcdef"),
            ("a", "jam", 1, 50),
        ]
    )
    assert [item for item, _ in shelf(Popularity(), history, "zoe")] == ["bread", "milk", "jam"]


def test_a_shop_that_was_closed_for_a_month_shows_what_was_popular_before() -> None:
    history = history_of([("a", "milk", 60, 1), ("b", "milk", 61, 1), ("b", "jam", 60, 1)])
    assert [item for item, _ in shelf(Popularity(), history, "zoe")] == ["milk", "jam"]


def test_trending_prefers_the_risen_to_the_merely_popular() -> None:
    steady = [(f"u{n}", "milk", age, 1) for n in range(30) for age in (3, 20, 34, 48, 62)]
    risen = [(f"u{n}", "pumpkin", 2, 1) for n in range(12)]
    ranked = shelf(Trending(), history_of([*steady, *risen]), "zoe")
    assert [item for item, _ in ranked] == ["pumpkin", "milk"]


def rhythm(shoppers: int) -> list[Event]:
    """Everybody buys soap every 28 days and salt every 112; of either, the next purchase is due when that is over."""
    events: list[Event] = []
    for number in range(shoppers):
        offset = number % 28
        events += [(f"u{number:03}", "soap", age, 1) for age in range(offset, 300, 28)]
        events += [(f"u{number:03}", "salt", age, 1) for age in range((number * 7) % 112, 340, 112)]
        events += [(f"u{number:03}", f"whim{number % 9}", 30 + (number * 13) % 250, 1)]
    return events


def test_what_is_due_comes_before_what_was_just_bought() -> None:
    # both bought salt three times; it is due for late, just bought by early
    late = [("late", "salt", age, 1) for age in (110, 222, 334)] + [("late", "soap", 280, 1)]
    early = [("early", "salt", age, 1) for age in (1, 113, 225)] + [("early", "soap", 280, 1)]
    history = history_of([*rhythm(120), *late, *early])
    likely = {user: dict(shelf(BuyItWhenDue(), history, user))["salt"] for user in ("late", "early")}
    assert likely["late"] > likely["early"]
    assert 0 < likely["early"] < likely["late"] < 1


def test_a_short_history_ranks_by_recent_frequency() -> None:
    history = history_of([("ann", "old", 90, 3), ("ann", "new", 0, 2)])
    assert [item for item, _ in shelf(BuyItWhenDue(), history, "ann")] == ["new", "old"]


def test_baskets_are_a_shoppers_days_in_order() -> None:
    encoded = history_of([("b", "x", 5, 1), ("a", "y", 9, 1), ("a", "x", 9, 1), ("a", "x", 2, 1)]).encoded
    baskets = Baskets.of(encoded)
    assert baskets.of_user.tolist() == [2, 1]
    by_event = dict(zip(zip(encoded.user, encoded.day - encoded.day.min(), strict=True), baskets.number, strict=True))
    assert by_event == {(0, 0): 0, (0, 7): 1, (1, 4): 0}
    assert baskets.from_last(encoded).max() == 1


def test_tifus_vector_decays_within_and_between_groups() -> None:
    history = history_of([("a", "x", 30, 1), ("a", "y", 20, 1), ("a", "z", 10, 1), ("a", "w", 0, 1)])
    model = TifuKnn(groups=2, within=0.9, between=0.7, own=1.0)
    weights = {"w": 1.0, "z": 0.9, "y": 0.7, "x": 0.7 * 0.9}
    for item, score in shelf(model, history, "a"):
        assert math.isclose(score, weights[item] / 4, rel_tol=1e-4), item


@pytest.mark.parametrize("kind", [BuyItAgain, BuyItWhenDue])
def test_nothing_is_bought_again_that_never_was(kind: type) -> None:
    history = history_of([("ann", "milk", 3, 1), ("bob", "tea", 3, 1)])
    assert [item for item, _ in shelf(kind(), history, "ann", only_seen=True)] == ["milk"]
