"""What lies beyond accuracy agrees with its definitions, spelled out slowly."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.recommend.core.interactions import Items
from ml.recommend.evaluation.beyond_accuracy import SMOOTHING, Backdrop, beyond_accuracy, gini
from tests.recommend.conftest import history_of

ITEMS = [f"i{number}" for number in range(8)]
KIND = {item: f"c{number % 3}" for number, item in enumerate(ITEMS)}
FINE = {item: f"f{number % 5}" for number, item in enumerate(ITEMS)}
CATALOGUE = Items(
    pl.DataFrame(
        {
            "item_id": ITEMS,
            "item_category": [KIND[item] for item in ITEMS],
            "item_category2": [FINE[item] for item in ITEMS],
        }
    )
)
Lists = dict[str, list[str]]
USERS = ("ann", "bob", "cem", "new")

lists_of_items = st.lists(st.sampled_from(ITEMS), min_size=1, max_size=6, unique=True)
all_lists = st.dictionaries(st.sampled_from(USERS), lists_of_items, min_size=1)
bought = st.dictionaries(
    st.tuples(st.sampled_from(USERS[:3]), st.sampled_from(ITEMS[:6])), st.integers(1, 4), min_size=1
)


def frame_of(lists: Lists) -> pl.DataFrame:
    rows = [(user, item, rank) for user, items in lists.items() for rank, item in enumerate(items, start=1)]
    return pl.DataFrame(rows, schema={"user_id": pl.String, "item_id": pl.String, "rank": pl.Int32}, orient="row")


def slowly(lists: Lists, purchases: dict[tuple[str, str], int], k: int) -> dict[str, float]:
    cut = {user: items[:k] for user, items in lists.items()}
    buyers: dict[str, set[str]] = defaultdict(set)
    for user, item in purchases:
        buyers[item].add(user)
    shoppers = len({user for user, _ in purchases})
    shown = [item for items in cut.values() for item in items if item in buyers]
    popularity = [len(buyers[item]) / shoppers for item in shown]
    exposure = [shown.count(item) for item in buyers]
    pairs = [
        [FINE[left] != FINE[right] for left, right in combinations(items, 2)]
        for items in cut.values()
        if len(items) > 1
    ]
    far = [
        divergence(purchases, user, items) for user, items in cut.items() if any(who == user for who, _ in purchases)
    ]
    return {
        f"coverage_at_{k}": len(set(shown)) / len(buyers),
        f"novelty_at_{k}": mean([-math.log2(share) for share in popularity]),
        f"popularity_at_{k}": mean(popularity),
        f"gini_at_{k}": slow_gini(exposure),
        f"diversity_at_{k}": mean([mean(differ) for differ in pairs]),
        f"miscalibration_at_{k}": mean(far),
    }


def divergence(purchases: dict[tuple[str, str], int], user: str, items: list[str]) -> float:
    own: Counter[str] = Counter()
    for (who, item), times in purchases.items():
        if who == user:
            own[KIND[item]] += times
    total = 0.0
    for kind, times in own.items():
        wanted = times / own.total()
        on_list = sum(KIND[item] == kind for item in items) / len(items)
        total += wanted * math.log(wanted / ((1 - SMOOTHING) * on_list + SMOOTHING * wanted))
    return total


def slow_gini(counts: list[int]) -> float:
    if not sum(counts):
        return 0.0
    return sum(abs(a - b) for a in counts for b in counts) / (2 * len(counts) * sum(counts))


def mean(values: list[float] | list[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


@given(lists=all_lists, purchases=bought, k=st.integers(1, 6))
def test_every_figure_is_its_slow_definition(lists: Lists, purchases: dict[tuple[str, str], int], k: int) -> None:
    history = history_of((user, item, 1, times) for (user, item), times in purchases.items())
    found = beyond_accuracy(frame_of(lists), Backdrop.of(history, CATALOGUE), k)
    assert found == pytest.approx(slowly(lists, purchases, k), abs=1e-12)


@given(counts=st.lists(st.integers(0, 9), min_size=1, max_size=9))
def test_gini_is_the_mean_difference_of_all_pairs(counts: list[int]) -> None:
    assert gini(np.array(counts)) == pytest.approx(slow_gini(counts))


def test_a_catalogue_without_categories_has_no_diversity_rather_than_a_wrong_one() -> None:
    history = history_of([("ann", "i1", 1, 1), ("bob", "i2", 1, 1)])
    found = beyond_accuracy(frame_of({"ann": ["i1"]}), Backdrop.of(history, Items.of(ITEMS)), 5)
    assert set(found) == {"coverage_at_5", "novelty_at_5", "popularity_at_5", "gini_at_5"}
    assert found["coverage_at_5"] == 0.5


def test_a_list_of_the_shoppers_own_mix_is_calibrated_and_one_of_a_single_kind_is_not() -> None:
    history = history_of([("ann", "i0", 1, 1), ("ann", "i1", 1, 1)])
    backdrop = Backdrop.of(history, CATALOGUE)
    own, single = (beyond_accuracy(frame_of({"ann": items}), backdrop, 2) for items in (["i3", "i4"], ["i0", "i3"]))
    assert own["miscalibration_at_2"] == pytest.approx(0.0)
    assert single["miscalibration_at_2"] > 1.0
