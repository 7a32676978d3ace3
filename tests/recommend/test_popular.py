"""What sells: counted slowly, windows to the day, scopes, ties."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from ml.recommend.popular import popular_items
from tests.recommend.conftest import AS_OF, history_of, random_shop


def catalogue(history: pl.DataFrame) -> pl.DataFrame:
    ids = history["item_id"].unique().sort()
    return pl.DataFrame({"item_id": ids, "is_recommendable": True}).with_columns(
        item_category=pl.when(pl.int_range(pl.len()) % 3 > 0).then(pl.format("c{}", pl.int_range(pl.len()) % 3))
    )


def test_it_counts_shoppers_of_28_days_and_the_trend_of_7() -> None:
    history = random_shop(events=1500).frame
    found = popular_items(history, catalogue(history), AS_OF, k=50).filter(scope="all")
    window = [row for row in history.iter_rows(named=True) if row["event_date"] > AS_OF - timedelta(days=28)]
    expected = {}
    for item in {row["item_id"] for row in window}:
        rows = [row for row in window if row["item_id"] == item]
        recent = [row for row in rows if row["event_date"] > AS_OF - timedelta(days=7)]
        expected[item] = (len({row["user_id"] for row in rows}), round((len(recent) / 7) / (len(rows) / 28), 4))
    assert len(expected) > 20
    assert {row["item_id"]: (row["score"], row["trend"]) for row in found.iter_rows(named=True)} == expected
    ordered = sorted(expected, key=lambda item: (-expected[item][0], item))
    assert found.sort("rank")["item_id"].to_list() == ordered


def test_the_window_holds_exactly_28_days() -> None:
    history = history_of([("u0", "in", 27, 1), ("u0", "out", 28, 1), ("u0", "today", 0, 1)]).frame
    found = popular_items(history, catalogue(history), AS_OF)
    assert set(found["item_id"]) == {"in", "today"}


def test_a_steady_item_has_trend_one_and_a_new_one_four() -> None:
    steady = [("u0", "steady", age, 1) for age in range(28)]
    history = history_of([*steady, ("u1", "new", 2, 1)]).frame
    found = popular_items(history, catalogue(history), AS_OF).filter(scope="all")
    assert dict(found.select("item_id", "trend").iter_rows()) == {"steady": 1.0, "new": 4.0}


def test_every_category_has_its_own_list_and_items_without_one_are_in_all_only() -> None:
    history = random_shop().frame
    items = catalogue(history)
    found = popular_items(history, items, AS_OF, k=4)
    assert set(found["scope"]) == {"all", "category:c1", "category:c2"}
    assert found.filter(pl.col("rank") > 4).is_empty()
    in_category = found.filter(scope="category:c1")["item_id"]
    assert set(in_category) <= set(items.filter(item_category="c1")["item_id"])


def test_only_recommendable_items_are_listed() -> None:
    history = random_shop().frame
    items = catalogue(history)
    best = popular_items(history, items, AS_OF).filter(scope="all", rank=1)["item_id"].item()
    without = items.with_columns(is_recommendable=pl.col("item_id") != best)
    found = popular_items(history, without, AS_OF)
    assert len(found) > 10
    assert best not in found["item_id"]


def test_nothing_sold_lately_is_an_empty_table() -> None:
    history = history_of([("u0", "old", 90, 1)]).frame
    assert popular_items(history, catalogue(history), AS_OF).is_empty()
