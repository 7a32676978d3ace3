"""The table ``item_vector``."""

from __future__ import annotations

import numpy as np
import polars as pl

from ml.recommend.core.interactions import Items
from ml.recommend.models.popularity import Popularity
from ml.recommend.models.pure_svd import PureSVD
from ml.recommend.text_vectors.published import item_vectors
from ml.recommend.text_vectors.texts import texts_of
from ml.recommend.text_vectors.vectors import TextVectors, cosines
from ml.text import encoder
from tests.recommend.conftest import AS_OF, PARITY, checkerboard, checkerboard_items, history_of


def unpacked(vectors: pl.Series) -> np.ndarray:
    return np.frombuffer(b"".join(vectors), dtype=np.int8).reshape(len(vectors), -1)


def test_a_vector_of_text_says_which_encoder_made_it_and_what_is_alike(cellar: pl.DataFrame) -> None:
    silent = pl.DataFrame([{"item_id": "x", "item_name": None}], schema={"item_id": pl.String, "item_name": pl.String})
    frame = item_vectors(TextVectors.of(texts_of(pl.concat([cellar, silent], how="diagonal"))), {})
    assert frame["item_id"].to_list() == sorted(cellar["item_id"]), "an item without a text has no vector"
    assert set(frame.select("kind", "encoder").iter_rows()) == {("text", encoder.USE)}
    like = cosines(*[unpacked(frame["vector"])] * 2)
    place = {item: row for row, item in enumerate(frame["item_id"])}
    assert like[place["w1"], place["w2"]] > like[place["w1"], place["s1"]]
    assert like[place["w2"], place["w3"]] == 1


def test_behaviour_is_of_the_items_that_a_model_with_factors_has_learned() -> None:
    items, history = checkerboard_items(), checkerboard()
    learned = PureSVD(factors=2).fit(history, items, AS_OF)
    models = {"a": Popularity().fit(history, items, AS_OF), "pure_svd": learned}
    new = Items(pl.concat([items.frame, items.frame.head(1).with_columns(item_id=pl.lit("new"))]))
    frame = item_vectors(TextVectors.of(texts_of(new.frame)), models)
    assert len(frame.filter(kind="text")) == PARITY + 1
    behaviour = frame.filter(kind="behaviour")
    assert set(behaviour["encoder"]) == {"pure_svd"}
    assert behaviour["item_id"].to_list() == items.frame["item_id"].to_list()
    like = cosines(*[unpacked(behaviour["vector"])] * 2)
    even = np.arange(PARITY) % 2 == 0
    assert like[np.ix_(even, even)].min() > 0.9
    assert like[np.ix_(even, ~even)].max() < 0.1


def test_a_policy_without_factors_has_no_behaviour(cellar: pl.DataFrame) -> None:
    history = history_of([("ann", "w1", 3, 1)])
    models = {"popularity": Popularity().fit(history, Items(cellar), AS_OF)}
    assert set(item_vectors(TextVectors.of(texts_of(cellar)), models)["kind"]) == {"text"}
