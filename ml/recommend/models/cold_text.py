"""Items that nobody bought yet, by how near their texts are to what a shopper bought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl

from ml.recommend.core.base import Base, TrainingData
from ml.recommend.core.best import NO_OPINION
from ml.recommend.core.encoding import Ints, Scores, Vocabulary
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer
from ml.recommend.text_vectors.cold import ColdItems
from ml.recommend.text_vectors.texts import TEXT, texts_of
from ml.recommend.text_vectors.vectors import TextVectors, Vectors, remember
from ml.tables import Col


@dataclass(frozen=True, eq=False)
class CatalogueTexts:
    """The fitted catalogue.

    Attributes:
        text: of each item the position of its text; -1 is none.
        vectors: of each text, as ``encoder`` made them: a saved model compares the same ones on any processor.
    """

    items: Vocabulary
    texts: Vocabulary
    text: Ints
    vectors: Vectors
    encoder: str


@dataclass
class ColdText(Base[CatalogueTexts]):
    """Score: the mean likeness of the item's text to the texts of the shopper's purchases (see ``ColdItems.scores``).

    It has no opinion on an item that anybody bought: its lists are of what is new, then of what is popular.
    """

    name: ClassVar[str] = "cold_text"
    state_type: ClassVar[type[Any]] = CatalogueTexts

    def _learn(self, data: TrainingData) -> CatalogueTexts:
        known = TextVectors.of(texts_of(data.items.frame))
        return CatalogueTexts(known.items, known.texts, known.text, known.vectors, known.encoder)

    def _scorer(self, state: CatalogueTexts, request: Request) -> Scorer:
        remember(state.texts, state.vectors, state.encoder)
        cold = ColdItems.of(request, TextVectors.of(_texts(state, request)))

        def score(users: slice) -> Scores:
            block = np.full((users.stop - users.start, len(request.items.vocabulary)), NO_OPINION, dtype=np.float32)
            block[:, cold.items] = cold.scores(users)
            return block

        return score


def _texts(state: CatalogueTexts, request: Request) -> pl.DataFrame:
    """item_id and text of what is eligible now, and of what was fitted and is not among it."""
    now = texts_of(request.items.frame)
    text = pl.Series(state.text)
    fitted = state.texts.ids.gather(text.set(text < 0, None)).fill_null("")
    before = pl.DataFrame({Col.item_id: state.items.ids, TEXT: fitted})
    return pl.concat([now, before.join(now, on=Col.item_id, how="anti")])
