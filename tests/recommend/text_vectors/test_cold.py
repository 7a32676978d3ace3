"""Items that nobody bought, for shoppers who bought something described alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ml.recommend.core.base import FILL
from ml.recommend.core.interactions import Items
from ml.recommend.core.request import Request
from ml.recommend.models.cold_text import ColdText
from ml.recommend.text_vectors import cold, vectors
from ml.recommend.text_vectors.cold import ColdItems
from ml.recommend.text_vectors.texts import texts_of
from ml.recommend.text_vectors.vectors import TextVectors, cosines
from ml.recommend.two_stage.recommender import TwoStage
from ml.text import encoder
from tests.recommend.conftest import AS_OF, history_of, random_shop

BOUGHT = history_of([("ann", "w1", 3, 2), ("bob", "t1", 5, 1), ("eve", "w1", 200, 1), ("eve", "t1", 2, 1)])


@pytest.fixture
def request_of_all(cellar: pl.DataFrame) -> Request:
    return Request(["ann", "bob", "eve", "stranger"], BOUGHT, Items(cellar), AS_OF, k=4)


def firsts(request: Request) -> dict[str, str]:
    ranked = ColdText().fit(request.history, request.items, AS_OF).recommend(request).frame
    return dict(ranked.filter(rank=1).select("user_id", "item_id").iter_rows())


def test_wine_drinkers_get_the_wine_that_nobody_bought_yet(request_of_all: Request) -> None:
    assert firsts(request_of_all) == {"ann": "w2", "bob": "t2", "eve": "t2", "stranger": "t1"}


def test_what_somebody_bought_comes_after_as_what_is_popular(request_of_all: Request) -> None:
    frame = ColdText().fit(BOUGHT, request_of_all.items, AS_OF).recommend(request_of_all).frame
    bought = frame.filter(pl.col("item_id").is_in(["w1", "t1"]))
    assert len(bought) > 0
    assert set(bought["candidate_source"]) == {FILL}
    assert set(frame.filter(candidate_source="cold_text")["item_id"]) <= {"w2", "w3", "t2", "s1"}


def test_items_of_one_text_come_in_the_order_of_ids(request_of_all: Request) -> None:
    frame = ColdText().fit(BOUGHT, request_of_all.items, AS_OF).recommend(request_of_all).frame
    assert frame.filter(user_id="ann")["item_id"].to_list()[:2] == ["w2", "w3"]


def test_a_list_of_the_callers_own_is_ranked_by_the_texts_of_the_fitted_catalogue(request_of_all: Request) -> None:
    fitted = ColdText().fit(BOUGHT, request_of_all.items, AS_OF)
    offered = Items(request_of_all.items.frame.filter(pl.col("item_id").is_in(["s1", "t2", "w3"])))
    frame = fitted.recommend(Request(["ann"], BOUGHT, offered, AS_OF, k=3)).frame
    assert frame["item_id"][0] == "w3"


def test_a_saved_one_compares_the_vectors_that_it_was_saved_with(
    request_of_all: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted = ColdText().fit(BOUGHT, request_of_all.items, AS_OF)
    fitted.save(tmp_path)
    monkeypatch.setattr(vectors, "_remembered", {})
    monkeypatch.setattr(encoder, "encode", lambda _: pytest.fail("encoded again, on another processor maybe otherwise"))
    loaded = ColdText.load(tmp_path).recommend(request_of_all).frame
    assert loaded.equals(fitted.recommend(request_of_all).frame)


def test_scores_equal_the_slow_definition(request_of_all: Request) -> None:
    known = TextVectors.of(texts_of(request_of_all.items.frame))
    found = ColdItems.of(request_of_all, known)
    names = request_of_all.items.vocabulary.names(found.items).to_list()
    assert names == ["s1", "t2", "w2", "w3"]
    vector = {item: known.vectors[[known.text[known.items.codes([item])[0]]]] for item in ["w1", "t1", *names]}
    amounts = {"w1": np.log2(1 + 2 ** (-200 / 90)), "t1": np.log2(1 + 2 ** (-2 / 90))}
    for column, item in enumerate(names):
        like = {other: max(cosines(vector[item], vector[other])[0, 0], 0) ** 16 for other in amounts}
        slow = sum(amounts[other] * like[other] for other in amounts) / sum(amounts.values())
        score = max(float(found.scores(slice(0, 4))[2, column]), 0.0)
        assert score == pytest.approx(slow, abs=1e-4)


def test_only_the_nearest_bought_texts_count(cellar: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    history = history_of([("ann", "w1", 3, 1), ("ann", "w2", 3, 1)])
    asked = Request(["ann"], history, Items(cellar.filter(pl.col("item_category") == "WINE")), AS_OF)
    known = TextVectors.of(texts_of(cellar))
    everything = ColdItems.of(asked, known).near.toarray().ravel()
    monkeypatch.setattr(cold, "_NEAREST", 1)
    nearest = ColdItems.of(asked, known).near.toarray().ravel()
    assert sorted(everything > 0) == [True, True], "the Rioja counts beside the Merlot"
    assert nearest.tolist() == [cell if cell == everything.max() else 0 for cell in everything]


def test_a_two_stage_recommender_proposes_cold_items_only_when_asked(catalogue: Items) -> None:
    shop = random_shop()
    request = Request(shop.frame["user_id"].unique().sort().to_list(), shop, catalogue, AS_OF, k=30, exclude_seen=True)
    lists = {count: TwoStage(cold_items=count).fit(shop, catalogue, AS_OF).recommend(request).frame for count in (0, 2)}
    cold_items = {count: frame.filter(candidate_source="cold_text") for count, frame in lists.items()}
    assert cold_items[0].is_empty()
    assert set(cold_items[2]["item_id"]) == {"never_sold_1", "never_sold_2"}
    told = (
        TwoStage(cold_items=2)
        .fit(shop, catalogue, AS_OF)
        .explain(replace(request, users=request.users[:1]), "never_sold_1")
    )
    assert "cold_text" in {proposal.source for proposal in told.proposals}
