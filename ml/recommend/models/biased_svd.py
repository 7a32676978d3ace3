"""Ratings: a mean, a bias per shopper and item, and factors for the rest (Koren, Bell, Volinsky 2009)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from threadpoolctl import threadpool_limits

from ml.recommend.core.base import Base, TrainingData
from ml.recommend.core.encoding import Floats, Matrix, Vocabulary, on_columns
from ml.recommend.core.factors import ItemFactors, product_scorer
from ml.recommend.core.interactions import Interactions
from ml.recommend.core.parameters import Between, Space
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer
from ml.tables import Col

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class RatedItems:
    """``factors``: items x (factors, bias); ``mean`` of all ratings."""

    items: Vocabulary
    factors: Floats
    mean: float


@dataclass
class BiasedSVD(Base[RatedItems]):
    """Score: the rating that the shopper would give. Alternating least squares; a shopper's bias and factors are
    solved anew from the request's history, a newcomer's ratings count at once. No opinion without ratings."""

    name: ClassVar[str] = "biased_svd"
    state_type: ClassVar[type[Any]] = RatedItems
    space: ClassVar[Space] = {"factors": Between(8, 128, log=True), "regularization": Between(1.0, 60.0, log=True)}
    factors: int = 32
    regularization: float = 8.0
    iterations: int = 12
    seed: int = 20171203

    def _learn(self, data: TrainingData) -> RatedItems:
        ratings, items = _ratings(data.history)
        if not ratings.nnz:
            _log.warning("biased_svd: nobody rated anything, so every list is what is popular")
        mean = float(ratings.data.mean()) if ratings.nnz else 0.0
        draw = np.random.default_rng(self.seed)
        factors = np.zeros((len(items), self.factors + 1))
        factors[:, :-1] = draw.standard_normal((len(items), self.factors)) * 0.1
        by_item = ratings.T.tocsr()
        for _ in range(self.iterations if ratings.nnz else 0):
            shoppers = _solved(ratings, factors, mean, self.regularization)
            factors = _solved(by_item, shoppers, mean, self.regularization)
        return RatedItems(items, factors.astype(np.float32), mean)

    def _scorer(self, state: RatedItems, request: Request) -> Scorer:
        history = request.history
        ratings, items = _ratings(history)
        moved = on_columns(ratings, items, state.items)
        with threadpool_limits(1, user_api="blas"):
            everybody = _solved(moved, state.factors.astype(np.float64), state.mean, self.regularization)
        users = np.zeros((len(request.users), self.factors + 2), dtype=np.float32)
        known = request.user_rows >= 0
        rows = request.user_rows[known]
        users[known] = np.column_stack([everybody[rows, :-1], np.ones(len(rows)), everybody[rows, -1] + state.mean])
        silent = np.ones(len(users), dtype=np.bool_)
        silent[known] = moved.getnnz(axis=1)[rows] == 0
        with_one = np.column_stack([state.factors, np.ones(len(state.items), dtype=np.float32)])
        return product_scorer(request, ItemFactors(state.items, with_one), users, silent)


def _ratings(history: Interactions) -> tuple[Matrix, Vocabulary]:
    """Shoppers x items: the latest rating of each pair, as stored cells (a rating may be zero)."""
    latest = history.latest_ratings
    users, items = history.encoded.users, Vocabulary.of(latest[Col.item_id])
    row, column = users.codes(latest[Col.user_id]), items.codes(latest[Col.item_id])
    known = row >= 0
    cells = latest[Col.rating].to_numpy()[known], (row[known], column[known])
    return sparse.csr_matrix(cells, shape=(len(users), len(items))), items


def _solved(ratings: Matrix, other: NDArray[np.float64], mean: float, penalty: float) -> NDArray[np.float64]:
    """Ridge regressions, one per row of ``ratings``: its factors and its bias, given the ``other`` side's."""
    solved = np.zeros((ratings.shape[0], other.shape[1]))
    ridge = penalty * np.eye(other.shape[1])
    for row in np.flatnonzero(np.diff(ratings.indptr)):
        cells = slice(ratings.indptr[row], ratings.indptr[row + 1])
        seen = other[ratings.indices[cells]]
        design = np.column_stack([seen[:, :-1], np.ones(len(seen))])
        target = ratings.data[cells] - mean - seen[:, -1]
        solved[row] = np.linalg.solve(design.T @ design + ridge, design.T @ target)
    return solved
