"""Related items: a slow obvious version, relations that rest on nobody or on one shopper, order and ties."""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations
from math import log, sqrt

import numpy as np
import polars as pl
import pytest
from threadpoolctl import threadpool_limits

from ml.recommend.outputs import SIMILAR_ITEM
from ml.recommend.similar_items import purchases
from ml.recommend.similar_items.purchases import sampled
from ml.recommend.similar_items.similar import BOUGHT_TOGETHER, SIMILAR, similar_items
from tests.recommend.conftest import PARITY, checkerboard, history_of, random_shop


def all_recommendable(history: pl.DataFrame) -> pl.DataFrame:
    return history.select("item_id").unique().with_columns(is_recommendable=True)


def related(frame: pl.DataFrame, relation: str) -> dict[str, list[tuple[str, float, int, float]]]:
    lists: dict[str, list[tuple[str, float, int, float]]] = defaultdict(list)
    for row in frame.filter(relation=relation).sort("item_id", "rank").iter_rows(named=True):
        lists[row["item_id"]].append((row["related_item_id"], row["score"], row["support"], row["lift"]))
    return dict(lists)


def latent_cosines(history: pl.DataFrame, shoppers: int, axes: int) -> dict[tuple[str, str], float]:
    """Of every two items: NumPy's full SVD of the centred matrix, cut to the leading axes."""
    times = history.pivot("user_id", index="item_id", values="event_date", aggregate_function="len").fill_null(0)
    cells = times.drop("item_id").to_numpy().astype(float)
    cells = np.pad(cells, ((0, 0), (0, shoppers - cells.shape[1])))
    weighted = np.log1p(cells) / np.sqrt(np.maximum((cells > 0).sum(axis=0), 1))
    left, sizes, _ = np.linalg.svd(weighted - weighted.mean(axis=1, keepdims=True), full_matrices=False)
    vectors = (left * sizes)[:, :axes]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = times["item_id"].to_list()
    return {(a, b): float(vectors[i] @ vectors[j]) for i, a in enumerate(ids) for j, b in enumerate(ids)}


def slowly(history: pl.DataFrame, relation: str, least: int, k: int) -> dict[str, list[tuple[str, float, int, float]]]:
    """The definition, pair by pair."""
    holders: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for user, item, day in history.select("user_id", "item_id", "event_date").iter_rows():
        holders[item].add((user,) if relation == SIMILAR else (user, str(day)))
    total = len(set().union(*holders.values()))
    enough = history.filter(pl.col("user_id").n_unique().over("item_id") >= least)
    latent = latent_cosines(enough, total, min(32, min(enough["item_id"].n_unique(), total) - 1))
    found: dict[str, list[tuple[str, float, int, float]]] = defaultdict(list)
    for item, other in permutations(sorted(holders), 2):
        both, a, b = holders[item] & holders[other], len(holders[item]), len(holders[other])
        n = len(both)
        if n < least or len({user for user, *_ in both}) < 2 or n * total <= a * b:
            continue
        if relation == SIMILAR:
            apart = sqrt(a * (total - a) * b * (total - b))
            behaviour = (n * total - a * b) / apart * n / (n + 10) if apart else 0.0
            score = round(behaviour * (1 + max(latent[item, other], 0)) / 2, 6)
        else:
            cells = ((n, a, b), (a - n, a, total - b), (b - n, total - a, b), (total - a - b + n, total - a, total - b))
            score = round(2 * sum(x * log(x * total / (row * column)) for x, row, column in cells if x), 4)
        found[item].append((other, score, n, round(n * total / (a * b), 4)))
    return {item: sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:k] for item, pairs in found.items()}


@pytest.mark.parametrize("relation", [SIMILAR, BOUGHT_TOGETHER])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_equals_the_slow_definition(relation: str, seed: int) -> None:
    rare = [("u0", f"rare{number}", number, 1) for number in range(70)]
    history = pl.concat([random_shop(seed, events=1500).frame, history_of(rare).frame])
    fast = related(similar_items(history, all_recommendable(history), k=100, min_support=3), relation)
    slow = slowly(history, relation, least=3, k=100)
    assert slow
    assert fast.keys() == slow.keys()
    for item, pairs in slow.items():
        assert {pair[0]: pair[1:] for pair in fast[item]} == {
            pair[0]: (pytest.approx(pair[1], abs=2e-4), *pair[2:]) for pair in pairs
        }


def test_on_a_checkerboard_items_are_like_those_of_their_colour() -> None:
    history = checkerboard().frame
    lists = related(similar_items(history, all_recommendable(history), k=20), SIMILAR)
    assert len(lists) == PARITY
    for item, pairs in lists.items():
        assert [int(other[1:]) % 2 for other, *_ in pairs] == [int(item[1:]) % 2] * (PARITY // 2 - 1)


def test_k_best_are_kept_with_ranks_from_one_and_ties_in_the_order_of_ids() -> None:
    history = checkerboard().frame
    lists = related(similar_items(history, all_recommendable(history), k=3), SIMILAR)
    assert [other for other, *_ in lists["i00"]] == ["i02", "i04", "i06"]
    frame = similar_items(history, all_recommendable(history), k=3)
    assert frame["rank"].unique().sort().to_list() == [1, 2, 3]


def test_one_faithful_shopper_makes_no_relation() -> None:
    alone = [("u0", item, age, 1) for item in ("tea", "scone") for age in range(1, 40)]
    others = [(f"u{number}", f"thing{number}", 1, 1) for number in range(1, 9)]
    history = history_of(alone + others).frame
    assert similar_items(history, all_recommendable(history)).is_empty()
    with_a_second = history_of([*alone, *others, ("u1", "tea", 5, 1), ("u1", "scone", 5, 1)]).frame
    lists = similar_items(with_a_second, all_recommendable(with_a_second))
    assert related(lists, BOUGHT_TOGETHER)["tea"][0][::2] == ("scone", 40)
    assert related(lists, SIMILAR)["tea"][0][::2] == ("scone", 2)


def test_what_everybody_buys_is_on_no_list() -> None:
    shop = random_shop().frame
    bags = (
        shop.select("user_id", "event_date")
        .unique()
        .select("user_id", pl.lit("bag").alias("item_id"), "event_date", purchases=1, quantity=1.0, revenue=0.1)
    )
    history = pl.concat([shop, bags.select(pl.col(name).cast(kind) for name, kind in shop.schema.items())])
    lists = similar_items(history, all_recommendable(history), min_support=2)
    assert len(lists) > 100
    assert "bag" not in lists["related_item_id"]


def test_an_item_that_may_not_be_recommended_is_on_neither_side() -> None:
    history = random_shop().frame
    items = all_recommendable(history).with_columns(is_recommendable=pl.col("item_id") != "i01")
    lists = similar_items(history, items)
    assert "i02" in lists["item_id"]
    assert "i01" not in [*lists["item_id"], *lists["related_item_id"]]


def test_the_order_of_the_rows_changes_nothing() -> None:
    history = random_shop().frame
    items = all_recommendable(history)
    assert similar_items(history.sample(fraction=1, shuffle=True, seed=1), items.reverse()).equals(
        similar_items(history, items)
    )


def test_a_pair_that_few_shoppers_bought_is_similar_and_not_yet_bought_together() -> None:
    often = [(f"u{number}", item, 1, 1) for number in range(2400) for item in ("bread", f"own{number % 600}")]
    rare = [(f"u{number}", item, 1, 1) for number in (5, 9) for item in ("saffron", "cardamom")]
    history = history_of(often + rare).frame
    lists = similar_items(history, all_recommendable(history))
    assert related(lists, SIMILAR)["saffron"][0][::2] == ("cardamom", 2)
    assert "saffron" not in related(lists, BOUGHT_TOGETHER)


def test_two_shared_shoppers_are_enough_only_where_one_of_the_items_is_rare() -> None:
    """Of 2400 shoppers 24 buy tea, 24 jam and 19 figs; two buy both of every pair."""
    buyers = {"tea": [*range(24)], "jam": [0, 1, *range(30, 52)], "figs": [0, 1, *range(60, 77)]}
    events = [(f"u{user:04}", item, 1, 1) for item, users in buyers.items() for user in users]
    events += [(f"u{number:04}", f"own{number % 600}", 1, 1) for number in range(2400)]
    history = history_of(events).frame
    lists = related(similar_items(history, all_recommendable(history)), SIMILAR)
    assert {other for other, *_ in lists["figs"]} >= {"tea", "jam"}
    assert "jam" not in {other for other, *_ in lists["tea"]}


def test_the_latent_cosine_ranks_pairs_that_behaviour_cannot_tell_apart() -> None:
    """The radish shares two buyers with the parsnip and with the ink; the parsnip's others are gardeners too."""
    draw = np.random.default_rng(5)
    events = [
        (f"{place}{person:02}", f"{place}-thing{thing}", 1, 1)
        for place in ("garden", "office")
        for person in range(40)
        for thing in range(40)
        if draw.random() < 0.5
    ]
    events += [(f"garden{person:02}", item, 1, 1) for person in (0, 1) for item in ("radish", "parsnip", "ink")]
    events += [(f"garden{person:02}", "parsnip", 1, 1) for person in (2, 3)]
    events += [(f"office{person:02}", "ink", 1, 1) for person in (2, 3)]
    history = history_of(events).frame
    lists = related(similar_items(history, all_recommendable(history), k=100), SIMILAR)["radish"]
    scores = {other: (score, support) for other, score, support, _ in lists}
    assert scores["parsnip"][1] == scores["ink"][1] == 2
    assert scores["parsnip"][0] > scores["ink"][0]


def test_the_number_of_threads_changes_nothing() -> None:
    history = random_shop(events=3000).frame
    with threadpool_limits(1):
        alone = similar_items(history, all_recommendable(history))
    with threadpool_limits(4):
        assert similar_items(history, all_recommendable(history)).equals(alone)


def test_a_shop_without_purchases_has_no_related_items() -> None:
    history = history_of([]).frame
    assert similar_items(history, all_recommendable(history)).schema == SIMILAR_ITEM.schema


def shoppers_of(history: pl.DataFrame) -> set[str]:
    return set(history["user_id"].unique())


def test_of_a_long_history_whole_shoppers_are_drawn_by_their_ids() -> None:
    history = random_shop(events=3000).frame
    half = sampled(history, len(history) // 2)
    assert 0.2 < len(half) / len(history) < 0.8
    assert half.equals(history.filter(pl.col("user_id").is_in(list(shoppers_of(half)))))
    assert (
        sampled(history.sample(fraction=1, shuffle=True, seed=1), len(history) // 2)
        .sort(half.columns)
        .equals(half.sort(half.columns))
    )


def test_who_is_drawn_of_fewer_is_drawn_of_more() -> None:
    history = random_shop(events=3000).frame
    drawn = [shoppers_of(sampled(history, len(history) // part)) for part in (8, 4, 2, 1)]
    assert drawn[0] < drawn[1] < drawn[2] < drawn[3] == shoppers_of(history)


def test_related_items_of_a_long_history_are_those_of_the_drawn_shoppers(monkeypatch: pytest.MonkeyPatch) -> None:
    history = random_shop(events=6000).frame
    items = all_recommendable(history)
    expected = similar_items(sampled(history, len(history) // 2), items)
    assert len(expected) > 100
    assert not similar_items(history, items).equals(expected)
    monkeypatch.setattr(purchases, "_MOST_ROWS", len(history) // 2)
    assert similar_items(history, items).equals(expected)
