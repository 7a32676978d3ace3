"""Related items by text, for items that nobody related by buying."""

from __future__ import annotations

import polars as pl

from ml.recommend.outputs import SIMILAR_ITEM
from ml.recommend.text_vectors.similar import MOST, SIMILAR_TEXT, similar_by_text
from ml.recommend.text_vectors.texts import texts_of
from ml.recommend.text_vectors.vectors import TextVectors
from tests.recommend.conftest import history_of

BOUGHT = history_of([("ann", "w3", 3, 2), ("bob", "w3", 3, 2), ("ann", "w1", 3, 2), ("bob", "t1", 5, 1)]).frame


def lists(cellar: pl.DataFrame, related: pl.DataFrame, k: int = 20) -> dict[str, list[str]]:
    found = similar_by_text(related, BOUGHT, TextVectors.of(texts_of(cellar)), k)
    assert set(found["relation"]) == {SIMILAR_TEXT}
    assert found.select(pl.col("support", "confidence", "lift").is_null().all()).row(0) == (True, True, True)
    return dict(found.group_by("item_id", maintain_order=True).agg("related_item_id").iter_rows())


def test_an_item_that_nobody_bought_is_related_to_sold_ones_of_its_kind(cellar: pl.DataFrame) -> None:
    found = lists(cellar, SIMILAR_ITEM.empty())
    assert found["w2"] == ["w3", "w1"], "the same text, then the nearest"
    assert found["t2"] == ["t1"]
    assert found["w3"] == ["w1"], "never to itself, nor to what nobody bought"


def test_items_that_purchases_relate_get_no_list_by_text(cellar: pl.DataFrame) -> None:
    row = {"relation": "similar", "item_id": "w2", "rank": 1, "related_item_id": "t1", "score": 1.0}
    related = pl.DataFrame([row | {"support": 9, "confidence": 0.5, "lift": 2.0}], schema=SIMILAR_ITEM.schema)
    assert "w2" in lists(cellar, SIMILAR_ITEM.empty())
    assert lists(cellar, related).keys() == {*lists(cellar, SIMILAR_ITEM.empty())} - {"w2"}


def test_equally_near_items_come_by_their_buyers_and_no_more_than_the_most() -> None:
    ids = [f"i{number}" for number in range(9)]
    items = pl.DataFrame({"item_id": ids, "item_name": "Green tea"})
    events = [(f"u{user}", f"i{number}", 3, 1) for number in range(1, 9) for user in range(number)]
    found = similar_by_text(
        SIMILAR_ITEM.empty(), history_of(events).frame, TextVectors.of(texts_of(items)), k=20
    ).filter(item_id="i0")
    assert found["related_item_id"].to_list() == [f"i{number}" for number in (8, 7, 6, 5, 4)]
    assert found["rank"].to_list() == list(range(1, MOST + 1))
    assert found["score"].to_list() == [1.0] * MOST


def test_a_shop_that_sold_nothing_relates_nothing(cellar: pl.DataFrame) -> None:
    known = TextVectors.of(texts_of(cellar))
    assert similar_by_text(SIMILAR_ITEM.empty(), BOUGHT.clear(), known, 20).is_empty()
