"""Item-based collaborative filtering by nearest neighbours (library ``implicit``)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ml.recommend.core.base import Base, TrainingData
from ml.recommend.core.encoding import Matrix, Vocabulary, on_columns, rows_of
from ml.recommend.core.explanation import Terms
from ml.recommend.core.factor_terms import purchase_terms
from ml.recommend.core.needs import Needs, ShopSize
from ml.recommend.core.parameters import Between, Space
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer


@dataclass(frozen=True, eq=False)
class Neighbours:
    """``similarity``: CSR matrix (items x items) of each item's nearest neighbours, itself included."""

    items: Vocabulary
    similarity: Matrix


@dataclass
class ItemCF(Base[Neighbours]):
    """Score: sum over the shopper's items of log(1 + purchases) x similarity. No opinion on unrelated items."""

    state_type: ClassVar[type[Any]] = Neighbours
    space: ClassVar[Space] = {"neighbours": Between(10, 400, log=True)}
    kind: ClassVar[str]
    neighbours: int = 50

    def needs(self, shop: ShopSize) -> Needs:
        """A cell per neighbour, as coordinates and as CSR at a time."""
        cells = shop.items * self.neighbours
        return Needs(40 * cells, 8 * cells)

    def _learn(self, data: TrainingData) -> Neighbours:
        encoded = data.history.encoded
        weights = encoded.counts.log1p()
        if not weights.nnz:
            return Neighbours(encoded.items, weights[:0].T.tocsr() @ weights[:0])
        model = _implicit(self.kind, self.neighbours)
        with warnings.catch_warnings():  # implicit warns that its own weighting is no CSR matrix
            warnings.simplefilter("ignore")
            model.fit(weights, show_progress=False)
        similarity = model.similarity.astype(np.float32).tocsr()
        similarity.sort_indices()
        return Neighbours(encoded.items, similarity)

    def _scorer(self, state: Neighbours, request: Request) -> Scorer:
        encoded = request.history.encoded
        bought = rows_of(encoded.counts, request.user_rows).log1p()
        profiles = on_columns(bought, encoded.items, state.items)
        similarity = on_columns(state.similarity, state.items, request.items.vocabulary)
        return lambda users: (profiles[users] @ similarity).tocsr()

    def _terms(self, state: Neighbours, request: Request, column: int) -> Terms | None:
        """A term per item bought whose neighbour the item is."""
        (code,) = state.items.codes(request.items.vocabulary.ids[[column]])
        encoded = request.history.encoded
        bought = on_columns(rows_of(encoded.counts, request.user_rows), encoded.items, state.items).tocoo()
        if code < 0:
            return None
        alike = state.similarity[bought.col, code].toarray().ravel()
        return purchase_terms("similarity", state.items, bought.col, np.log1p(bought.data) * alike, bought.data)


@dataclass
class ItemCosine(ItemCF):
    """Cosine of the items' vectors over shoppers."""

    name: ClassVar[str] = "item_cosine"
    kind: ClassVar[str] = "cosine"


@dataclass
class ItemTfidf(ItemCF):
    """Cosine after TF-IDF: purchases by shoppers who buy few things count more."""

    name: ClassVar[str] = "item_tfidf"
    kind: ClassVar[str] = "tfidf"


@dataclass
class ItemBm25(ItemCF):
    """Product of BM25 weights: as TF-IDF, saturating with repetition and damped by a basket's length."""

    name: ClassVar[str] = "item_bm25"
    kind: ClassVar[str] = "bm25"


def _implicit(kind: str, neighbours: int) -> Any:
    from implicit.nearest_neighbours import BM25Recommender, CosineRecommender, TFIDFRecommender

    models = {"cosine": CosineRecommender, "tfidf": TFIDFRecommender, "bm25": BM25Recommender}
    return models[kind](K=neighbours)
