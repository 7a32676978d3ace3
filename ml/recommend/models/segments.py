"""Popularity within a segment of shoppers; segments by k-means on factors of their purchases (scikit-learn)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds
from threadpoolctl import threadpool_limits

from ml.recommend.core.base import Base, TrainingData
from ml.recommend.core.best import NO_OPINION
from ml.recommend.core.encoding import Ints, Matrix, Scores, Vocabulary, on_columns
from ml.recommend.core.explanation import Term, Terms
from ml.recommend.core.factor_terms import added
from ml.recommend.core.interactions import Interactions
from ml.recommend.core.parameters import Between, Space
from ml.recommend.core.recency import WINDOW_DAYS, ages, buyers, on_eligible
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer

Reals: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Segments:
    """``axes`` (items x factors) project a shopper's purchases; ``centres``: segments x factors."""

    items: Vocabulary
    axes: Reals
    centres: Reals


@dataclass
class SegmentPopularity(Base[Segments]):
    """Score: shoppers of the segment who bought the item in the last ``days`` days, by the request's history."""

    name: ClassVar[str] = "segment_popularity"
    state_type: ClassVar[type[Any]] = Segments
    space: ClassVar[Space] = {"segments": Between(4, 64, log=True), "days": Between(14, 120)}
    segments: int = 12
    factors: int = 32
    days: int = WINDOW_DAYS
    seed: int = 20171203

    def _learn(self, data: TrainingData) -> Segments:
        from sklearn.cluster import KMeans

        encoded = data.history.encoded
        taste = _taste(data.history, encoded.items)
        rank = min(self.factors, min(taste.shape) - 1)
        if rank < 1:
            return Segments(encoded.items, np.zeros((len(encoded.items), 1)), np.zeros((1, 1)))
        *_, right = svds(taste, k=rank, v0=np.ones(min(taste.shape)), return_singular_vectors="vh")
        axes = np.ascontiguousarray(right.T)
        clusters = min(self.segments, taste.shape[0])
        with threadpool_limits(1):  # a small problem: threads would cost more in waiting for each other
            model = KMeans(clusters, n_init=4, random_state=self.seed).fit(_unit_rows(taste @ axes))
        return Segments(encoded.items, axes, np.asarray(model.cluster_centers_))

    def _scorer(self, state: Segments, request: Request) -> Scorer:
        history = request.history
        segment = _nearest_centre(state, history)
        recent = ages(history, request.as_of) < self.days
        element = segment[history.encoded.user]
        rankings = np.stack(
            [
                on_eligible(buyers(history, recent & (element == number)), request)
                for number in range(len(state.centres))
            ]
        )
        rows = request.user_rows

        def score(users: slice) -> Scores:
            block = np.full((users.stop - users.start, rankings.shape[1]), NO_OPINION)
            known = rows[users] >= 0
            block[known] = rankings[segment[rows[users][known]]]
            return block

        return score

    def _terms(self, state: Segments, request: Request, column: int) -> Terms | None:
        """The buyers in the shopper's segment, and the fraction below one that tells equal numbers apart."""
        score = float(self._scorer(state, request)(slice(0, 1))[0, column])
        if not score > 0:
            return None
        found = float(int(score))
        return added("buyers", (Term("buyers_alike", found, found), Term("repeated_purchases", score - found)))


def _taste(history: Interactions, items: Vocabulary) -> Matrix:
    """Shoppers x items: log(1 + purchases), rows of length one."""
    encoded = history.encoded
    log_counts = on_columns(encoded.counts.log1p(), encoded.items, items).astype(np.float64)
    length = np.sqrt(log_counts.multiply(log_counts).sum(axis=1).A1)
    return (sparse.diags(1.0 / np.maximum(length, 1e-12)) @ log_counts).tocsr()


def _nearest_centre(state: Segments, history: Interactions) -> Ints:
    position = _unit_rows(_taste(history, state.items) @ state.axes)
    with threadpool_limits(1, user_api="blas"):
        distance = (state.centres**2).sum(axis=1)[None, :] - 2.0 * position @ state.centres.T
    return np.asarray(distance.argmin(axis=1), dtype=np.int64) if len(position) else np.zeros(0, dtype=np.int64)


def _unit_rows(rows: Reals) -> Reals:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12))
