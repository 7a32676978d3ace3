"""User-based collaborative filtering: what shoppers with a similar history buy."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy import sparse

from ml.recommend.base import Fresh
from ml.recommend.encoding import Ints, Matrix, Scores, on_columns, rows_of
from ml.recommend.protocol import Request
from ml.recommend.topk import NO_OPINION, Scorer, best_of


@dataclass
class UserCF(Fresh):
    """The neighbours are shoppers of the request's history, so a new shopper's first day already counts."""

    neighbours: int = 50

    @abstractmethod
    def _similarities(self, log_counts: Matrix, rows: Ints) -> Scores:
        """Rows x all shoppers; ≤ 0 is no neighbour."""

    @abstractmethod
    def _prediction(self, near: Matrix, log_counts: Matrix, own: Matrix, axis: Matrix) -> Scores | Matrix:
        """Scores of a block from the similarities ``near`` (rows x all shoppers, sparse) and the shoppers'
        purchases of the eligible items ``axis``."""

    def _fresh_scorer(self, request: Request) -> Scorer:
        encoded = request.history.encoded
        log_counts = encoded.counts.log1p()
        axis = on_columns(log_counts, encoded.items, request.items.vocabulary)

        def score(users: slice) -> Scores | Matrix:
            rows = request.user_rows[users]
            own = rows_of(log_counts, rows)
            near = self._nearest(log_counts, rows)
            return self._prediction(near, log_counts, own, axis)

        return score

    def _nearest(self, log_counts: Matrix, rows: Ints) -> Matrix:
        if not log_counts.shape[0]:
            return sparse.csr_matrix((len(rows), 0), dtype=np.float32)
        similarity = self._similarities(log_counts, rows)
        known = np.flatnonzero(rows >= 0)
        similarity[known, rows[known]] = NO_OPINION
        similarity[similarity <= 0] = NO_OPINION
        top = best_of(similarity, self.neighbours)
        cells = (top.score.astype(np.float32), (top.row, top.column))
        return sparse.csr_matrix(cells, shape=similarity.shape)


@dataclass
class UserCosine(UserCF):
    """Score: the neighbours' log(1 + purchases), weighted by the cosine of the histories."""

    name: ClassVar[str] = "user_cosine"

    def _similarities(self, log_counts: Matrix, rows: Ints) -> Scores:
        length = np.sqrt(log_counts.multiply(log_counts).sum(axis=1).A1)
        unit = sparse.diags(1.0 / np.maximum(length, 1e-12)).astype(np.float32) @ log_counts
        return np.asarray((rows_of(unit.tocsr(), rows) @ unit.T).toarray(), dtype=np.float32)

    def _prediction(self, near: Matrix, log_counts: Matrix, own: Matrix, axis: Matrix) -> Scores | Matrix:  # noqa: ARG002
        return near @ axis


@dataclass
class UserPearson(UserCF):
    """Pearson's correlation of the histories, and the mean-centred prediction of Resnick et al. (CSCW 1994).

    Purchases are counts: an item that was not bought is an observed zero, so means, covariances and predictions run
    over all items that the shop sold.
    """

    name: ClassVar[str] = "user_pearson"

    def _similarities(self, log_counts: Matrix, rows: Ints) -> Scores:
        items = log_counts.shape[1]
        mean = _means(log_counts)
        deviation = np.sqrt(np.maximum(log_counts.multiply(log_counts).sum(axis=1).A1 / items - mean**2, 1e-12))
        own, its_mean = rows_of(log_counts, rows), np.where(rows >= 0, mean[rows], 0.0)
        covariance = (own @ log_counts.T).toarray() / items - np.outer(its_mean, mean)
        its_deviation = np.where(rows >= 0, deviation[rows], np.inf)
        return np.asarray(covariance / np.outer(its_deviation, deviation), dtype=np.float32)

    def _prediction(self, near: Matrix, log_counts: Matrix, own: Matrix, axis: Matrix) -> Scores | Matrix:
        weight = np.maximum(near.sum(axis=1).A1, 1e-12)
        base = _means(own) - (near @ _means(log_counts)) / weight
        block = np.asarray(((near @ axis).toarray() / weight[:, None]) + base[:, None], dtype=np.float32)
        block[near.getnnz(axis=1) == 0] = NO_OPINION
        return block


def _means(log_counts: Matrix) -> np.ndarray:
    return np.asarray(log_counts.sum(axis=1).A1 / max(log_counts.shape[1], 1), dtype=np.float64)
