"""EASE^R: the linear item-item model in closed form (Steck 2019), on whichever Gram matrix is smaller.

With X users x items and P = (X'X + lambda I)^-1, scores are x B with B = I - P diag(P)^-1. By Woodbury,
lambda P = I - X' M X with M = (X X' + lambda I)^-1, which needs only a users x users inverse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from ml.errors import TooLarge
from ml.recommend.core.base import Base, TrainingData
from ml.recommend.core.best import NO_OPINION
from ml.recommend.core.encoding import Floats, Matrix, Scores, Vocabulary, on_columns
from ml.recommend.core.factors import profiles_of
from ml.recommend.core.parameters import Between, Space
from ml.recommend.core.products import on_grid, products
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer

MOST = 20_000
"""Rows of the largest Gram matrix that is inverted; that takes 3 GB and minutes."""
_COLUMNS = 4096


@dataclass(frozen=True, eq=False)
class Linear:
    """``shoppers`` (X) and ``inverse`` (M) when there are fewer shoppers than items; else no shoppers, and P.

    ``diagonal`` is that of lambda P, one per item.
    """

    items: Vocabulary
    shoppers: Matrix
    inverse: Floats
    diagonal: Floats


@dataclass
class EASE(Base[Linear]):
    """Score: the shopper's log(1 + purchases) times B, whose diagonal is zero."""

    name: ClassVar[str] = "ease"
    state_type: ClassVar[type[Any]] = Linear
    space: ClassVar[Space] = {"penalty": Between(10.0, 3000.0, log=True)}
    penalty: float = 300.0

    def _learn(self, data: TrainingData) -> Linear:
        encoded = data.history.encoded
        log_counts = encoded.counts.log1p()
        users, items = log_counts.shape
        if min(users, items) > MOST:
            found, remedy = f"{users} shoppers x {items} items", "Leave it out of the training"
            raise TooLarge(self.name, expected=f"at most {MOST} of one", found=found, remedy=remedy)
        if users < items:
            inverse = _inverse(log_counts @ log_counts.T, self.penalty)
            diagonal = 1.0 - _self_products(inverse, log_counts)
            return Linear(encoded.items, log_counts, inverse.astype(np.float32), diagonal.astype(np.float32))
        inverse = _inverse(log_counts.T @ log_counts, self.penalty)
        diagonal = self.penalty * np.diag(inverse)
        return Linear(encoded.items, log_counts[:0], inverse.astype(np.float32), diagonal.astype(np.float32))

    def _scorer(self, state: Linear, request: Request) -> Scorer:
        profiles = profiles_of(request, state.items)
        eligible = request.items.vocabulary
        own = on_columns(profiles, state.items, eligible)
        codes = state.items.codes(eligible.ids)
        weigh = _Weights.of(state.inverse) if state.shoppers.shape[0] else None
        diagonal = np.ones(len(codes), dtype=np.float32)
        diagonal[codes >= 0] = state.diagonal[codes[codes >= 0]]
        shoppers = on_columns(state.shoppers, state.items, eligible).T.tocsr()
        share = sparse.diags(1.0 - 1.0 / diagonal).astype(np.float32)
        unknown = np.flatnonzero(codes < 0)
        strangers = profiles.getnnz(axis=1) == 0

        def score(rows: slice) -> Scores:
            if weigh:
                weights = weigh((profiles[rows] @ state.shoppers.T).toarray())
                explained = np.ascontiguousarray((shoppers @ np.ascontiguousarray(weights.T)).T)
            else:
                explained = own[rows].toarray() - self.penalty * _picked(profiles[rows] @ state.inverse, codes)
            explained /= diagonal
            block = np.asarray(explained + (own[rows] @ share).toarray(), dtype=np.float32)
            block[:, unknown] = NO_OPINION
            block[strangers[rows]] = NO_OPINION
            return block

        return score


@dataclass(frozen=True, eq=False)
class _Weights:
    """Computes rows @ M with float32 precision; a row gets the same bits in every block (see ``products``).

    The diagonal of M is some hundred times larger than the rest, so it is kept apart; and each row is split into a
    coarse and a fine part. Both let the remaining numbers use a finer grid.
    """

    diagonal: Floats
    rest: Floats

    @classmethod
    def of(cls, inverse: Floats) -> _Weights:
        """For a symmetric M."""
        rest = inverse.copy()
        np.fill_diagonal(rest, 0.0)
        return cls(np.diag(inverse).copy(), on_grid(rest))

    def __call__(self, rows: Floats) -> Floats:
        coarse = on_grid(rows)
        fine = on_grid(rows - coarse)
        return rows * self.diagonal + products(coarse, self.rest) + products(fine, self.rest)


def _inverse(gram: Matrix, penalty: float) -> NDArray[np.float64]:
    dense = gram.toarray().astype(np.float64)
    dense[np.diag_indices_from(dense)] += penalty
    factor = linalg.lapack.dpotrf(dense, lower=1)[0] if len(dense) else dense
    inverse = linalg.lapack.dpotri(factor, lower=1)[0] if len(dense) else dense
    return np.asarray(np.tril(inverse) + np.tril(inverse, -1).T)


def _self_products(inverse: NDArray[np.float64], log_counts: Matrix) -> NDArray[np.float64]:
    """x_j' M x_j for every item j, a few columns at a time."""
    columns = log_counts.tocsc().astype(np.float64)
    parts = []
    for start in range(0, columns.shape[1], _COLUMNS):
        part = columns[:, start : start + _COLUMNS]
        parts.append(part.multiply((part.T @ inverse).T).sum(axis=0).A1)
    return np.concatenate(parts) if parts else np.zeros(0)


def _picked(scores: Scores, codes: np.ndarray) -> Scores:
    picked = np.zeros((scores.shape[0], len(codes)), dtype=np.float32)
    picked[:, codes >= 0] = scores[:, codes[codes >= 0]]
    return picked
