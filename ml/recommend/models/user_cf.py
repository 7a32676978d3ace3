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
from ml.recommend.core.neighbours import nearest, searched
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
        others = searched(encoded.users)
        theirs = unit[others].T.tocsr()

        def cosine(rows: Ints) -> Scores:
            return np.asarray((unit[rows] @ theirs).toarray(), dtype=np.float32)

        def score(users: slice) -> Matrix:
            return nearest(request.user_rows[users], others, unit.shape[0], self.neighbours, cosine) @ axis

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
        others = searched(encoded.users)
        correlation = _Correlation.of(log_counts, mean, others)

        def score(users: slice) -> Scores:
            rows = request.user_rows[users]
            near = nearest(rows, others, len(mean), self.neighbours, correlation)
            weight = np.maximum(near.sum(axis=1).A1, 1e-12)
            base = own_mean[users] - (near @ mean) / weight
            block = (near @ axis).toarray() / weight[:, None] + base[:, None]
            block[near.getnnz(axis=1) == 0] = NO_OPINION
            return np.asarray(block, dtype=np.float32)

        return score


@dataclass(frozen=True, eq=False)
class _Correlation:
    """Pearson's correlation of shoppers with the ``others``; what blocks share is worked out once."""

    log_counts: Matrix
    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]
    others: Ints
    theirs: Matrix

    @classmethod
    def of(cls, log_counts: Matrix, mean: NDArray[np.float64], others: Ints) -> _Correlation:
        squares = log_counts.multiply(log_counts).sum(axis=1).A1 / max(log_counts.shape[1], 1)
        deviation = np.sqrt(np.maximum(squares - mean**2, 1e-12))
        return cls(log_counts, mean, deviation, others, log_counts[others].T.tocsr())

    def __call__(self, rows: Ints) -> Scores:
        """Rows x others."""
        common = (self.log_counts[rows] @ self.theirs).toarray() / self.log_counts.shape[1]
        covariance = common - np.outer(self.mean[rows], self.mean[self.others])
        return np.asarray(covariance / np.outer(self.deviation[rows], self.deviation[self.others]), dtype=np.float32)


def _means(log_counts: Matrix) -> NDArray[np.float64]:
    return np.asarray(log_counts.sum(axis=1).A1 / max(log_counts.shape[1], 1), dtype=np.float64)
