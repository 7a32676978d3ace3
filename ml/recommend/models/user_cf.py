"""User-based collaborative filtering: items bought by shoppers with similar histories.

The neighbours are shoppers of the request's history, so that a new shopper's first day already counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.core.base import Fresh
from ml.recommend.core.best import NO_OPINION
from ml.recommend.core.encoding import Ints, Matrix, Scores, on_columns, rows_of
from ml.recommend.core.neighbours import nearest
from ml.recommend.core.parameters import Between, Space
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer


@dataclass
class UserCosine(Fresh):
    """Score: the neighbours' log(1 + purchases), weighted by the cosine of the histories."""

    name: ClassVar[str] = "user_cosine"
    space: ClassVar[Space] = {"neighbours": Between(10, 400, log=True)}
    neighbours: int = 50

    def _fresh_scorer(self, request: Request) -> Scorer:
        encoded = request.history.encoded
        log_counts = encoded.counts.log1p()
        axis = on_columns(log_counts, encoded.items, request.items.vocabulary)
        length = np.sqrt(log_counts.multiply(log_counts).sum(axis=1).A1)
        unit = (sparse.diags(1.0 / np.maximum(length, 1e-12)) @ log_counts).astype(np.float32).tocsr()

        def cosine(rows: Ints) -> Scores:
            return np.asarray((unit[rows] @ unit.T).toarray(), dtype=np.float32)

        def score(users: slice) -> Matrix:
            return nearest(request.user_rows[users], unit.shape[0], self.neighbours, cosine) @ axis

        return score


@dataclass
class UserPearson(Fresh):
    """Pearson's correlation of the histories, and the mean-centred prediction of Resnick et al. (CSCW 1994).

    Purchases are counts: an item that was not bought is an observed zero, so means, covariances and predictions run
    over all items that the shop sold.
    """

    name: ClassVar[str] = "user_pearson"
    space: ClassVar[Space] = UserCosine.space
    neighbours: int = 50

    def _fresh_scorer(self, request: Request) -> Scorer:
        encoded = request.history.encoded
        log_counts = encoded.counts.log1p()
        axis = on_columns(log_counts, encoded.items, request.items.vocabulary)
        mean = _means(log_counts)
        own_mean = _means(rows_of(log_counts, request.user_rows))

        def score(users: slice) -> Scores:
            rows = request.user_rows[users]
            near = nearest(rows, len(mean), self.neighbours, lambda known: _correlation(log_counts, mean, known))
            weight = np.maximum(near.sum(axis=1).A1, 1e-12)
            base = own_mean[users] - (near @ mean) / weight
            block = (near @ axis).toarray() / weight[:, None] + base[:, None]
            block[near.getnnz(axis=1) == 0] = NO_OPINION
            return np.asarray(block, dtype=np.float32)

        return score


def _correlation(log_counts: Matrix, mean: NDArray[np.float64], rows: Ints) -> Scores:
    items = log_counts.shape[1]
    deviation = np.sqrt(np.maximum(log_counts.multiply(log_counts).sum(axis=1).A1 / items - mean**2, 1e-12))
    covariance = (log_counts[rows] @ log_counts.T).toarray() / items - np.outer(mean[rows], mean)
    return np.asarray(covariance / np.outer(deviation[rows], deviation), dtype=np.float32)


def _means(log_counts: Matrix) -> NDArray[np.float64]:
    return np.asarray(log_counts.sum(axis=1).A1 / max(log_counts.shape[1], 1), dtype=np.float64)
