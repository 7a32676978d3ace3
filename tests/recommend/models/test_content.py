"""Items are alike by their attributes; what shoppers follow is learned."""

from __future__ import annotations

import polars as pl

from ml.recommend.core.attributes import BLOCKS
from ml.recommend.core.interactions import Items
from ml.recommend.core.request import Request
from ml.recommend.models.content import Content
from tests.recommend.conftest import AS_OF, history_of


def catalogue(rows: list[tuple[str, str, str, str]]) -> Items:
    return Items(pl.DataFrame(rows, schema=["item_id", "item_name", "item_brand", "item_category"], orient="row"))


WINE = [
    ("w1", "red wine Rioja", "casa", "wine"),
    ("w2", "red wine Merlot", "domaine", "wine"),
    ("s1", "sparkling water", "casa", "water"),
    ("n1", "washing powder", "blank", "household"),
]


def test_a_product_that_nobody_bought_is_found_by_its_attributes() -> None:
    history = history_of([("ann", "w1", 3, 1), ("bob", "n1", 3, 1)])
    items = catalogue(WINE)
    request = Request(["ann"], history, items, AS_OF, k=2, exclude_seen=True)
    frame = Content().fit(history, items, AS_OF).recommend(request).frame
    assert frame["item_id"].to_list() == ["w2", "s1"]  # two attributes in common, then the brand alone


def test_the_score_is_the_weighted_mean_of_the_similarities() -> None:
    history = history_of([("ann", "w1", 3, 1)])
    items = catalogue(WINE)
    request = Request(["ann"], history, items, AS_OF, k=3)
    frame = Content().fit(history, items, AS_OF).recommend(request).frame
    scores = dict(frame.select("item_id", "score").iter_rows())
    brand_alone = 1.0 / len(BLOCKS)
    assert abs(scores["s1"] - brand_alone) < 1e-4


def test_the_attribute_that_shoppers_follow_gets_the_weight() -> None:
    numbers = [(brand, number) for brand in range(8) for number in range(30)]
    rows = [(f"b{b}n{n}", "thing", f"brand{b}", f"category{(n + b) % 15}") for b, n in numbers]
    events = []
    for user in range(80):
        brand = user % 8
        events += [(f"u{user}", f"b{brand}n{(user + step) % 30}", 40 + step, 1) for step in range(6)]
        events += [(f"u{user}", f"b{brand}n{(user + 10 + step) % 30}", 1 + step, 1) for step in range(6)]
    model = Content().fit(history_of(events), catalogue(rows), AS_OF)
    weights = dict(zip(BLOCKS, model.fitted.weights, strict=True))
    assert weights["item_brand"] > 0.8
    assert abs(sum(weights.values()) - 1) < 1e-9


def test_a_new_item_is_scored_by_the_requests_catalogue() -> None:
    history = history_of([("ann", "w1", 3, 1), ("ann", "n1", 3, 1)])
    model = Content().fit(history, catalogue(WINE), AS_OF)
    wider = catalogue([*WINE, ("w3", "red wine Syrah", "casa", "wine")])
    frame = model.recommend(Request(["ann"], history, wider, AS_OF, k=1, exclude_seen=True)).frame
    assert frame["item_id"].to_list() == ["w3"]
