"""EASE^R: the linear item-item model in closed form (Steck 2019), on whichever Gram matrix is smaller.

With X users x items and P = (X'X + lambda I)^-1, scores are x B with B = I - P diag(P)^-1. By Woodbury,
lambda P = I - X' M X with M = (X X' + lambda I)^-1, which needs only a users x users inverse. A shop that is too large
for either is solved for the items that are bought the most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.core.base import Base, TrainingData
from ml.recommend.core.best import NO_OPINION
from ml.recommend.core.encoding import Encoded, Floats, Ints, Matrix, Scores, Vocabulary, on_columns, rows_of
from ml.recommend.core.explanation import Terms
from ml.recommend.core.factor_terms import purchase_terms
from ml.recommend.core.factors import profiles_of
from ml.recommend.core.needs import Needs, ShopSize
from ml.recommend.core.parameters import Between, Space
from ml.recommend.core.products import on_grid, products
from ml.recommend.core.request import Request
from ml.recommend.core.symmetric import halved, inverse_of_gram, memory_of_inverse, whole
from ml.recommend.core.topk import Scorer

_LATELY: Final = 90
"""Days whose purchases say which items a large shop is solved for."""
_COLUMNS: Final = 1024
_PAIR: Final = 32
"""Bytes of a shopper's item in copies of X."""
_EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, eq=False)
class Linear:
    """``shoppers`` (X) and M when there are fewer shoppers than items; else no shoppers, and P.

    Attributes:
        items: those that it knows.
        inverse: M or P: its lower triangle, as ``halved`` packs it (the whole square in files of earlier releases).
        diagonal: that of lambda P, one per item.
    """

    items: Vocabulary
    shoppers: Matrix
    inverse: Floats
    diagonal: Floats

    @cached_property
    def square(self) -> Floats:
        """The whole of ``inverse``."""
        return whole(self.inverse) if self.inverse.ndim == 1 else self.inverse

    @cached_property
    def weights(self) -> _Weights:
        """``inverse`` for products with dense rows."""
        return _Weights.of(whole(self.inverse) if self.inverse.ndim == 1 else self.inverse.copy())


@dataclass
class EASE(Base[Linear]):
    """Score: the shopper's log(1 + purchases) times B, whose diagonal is zero.

    Where shoppers and items are both more than ``most_rows``, it knows only as many items: those with the most
    purchases lately.
    """

    name: ClassVar[str] = "ease"
    state_type: ClassVar[type[Any]] = Linear
    space: ClassVar[Space] = {"penalty": Between(10.0, 3000.0, log=True)}
    penalty: float = 300.0
    most_rows: int = 8000

    def needs(self, shop: ShopSize) -> Needs:
        """The matrix in float64 and its half in float32 at a time; the half, and X where M is inverted, on disk."""
        rows = min(shop.shoppers, shop.items, self.most_rows)
        inverts_m = rows == shop.shoppers < shop.items
        return Needs(memory_of_inverse(rows) + _PAIR * shop.pairs, 2 * rows**2 + 8 * shop.pairs * inverts_m)

    def _learn(self, data: TrainingData) -> Linear:
        encoded = data.history.encoded
        log_counts, items = encoded.counts.log1p(), encoded.items
        if min(log_counts.shape) > self.most_rows:
            known = _most_bought(encoded, data.as_of, self.most_rows)
            log_counts, items = log_counts[:, known], Vocabulary(items.names(known))
        if log_counts.shape[0] < log_counts.shape[1]:
            inverse = inverse_of_gram(log_counts, self.penalty)
            diagonal = 1.0 - _self_products(inverse, log_counts)
            return Linear(items, log_counts, halved(inverse), diagonal.astype(np.float32))
        inverse = inverse_of_gram(log_counts.T.tocsr(), self.penalty)
        diagonal = self.penalty * np.diag(inverse)
        return Linear(items, log_counts[:0], halved(inverse), diagonal.astype(np.float32))

    def _scorer(self, state: Linear, request: Request) -> Scorer:
        profiles = profiles_of(request, state.items)
        eligible = request.items.vocabulary
        own = on_columns(profiles, state.items, eligible)
        codes = state.items.codes(eligible.ids)
        weigh = self._weighing(state, profiles, request.user_rows) if state.shoppers.shape[0] else None
        square = state.square if weigh is None else None
        diagonal = np.ones(len(codes), dtype=np.float32)
        diagonal[codes >= 0] = state.diagonal[codes[codes >= 0]]
        shoppers = on_columns(state.shoppers, state.items, eligible).T.tocsr()
        share = sparse.diags(1.0 - 1.0 / diagonal).astype(np.float32)
        unknown = np.flatnonzero(codes < 0)
        strangers = profiles.getnnz(axis=1) == 0

        def score(rows: slice) -> Scores:
            if weigh:
                explained = np.ascontiguousarray((shoppers @ np.ascontiguousarray(weigh(rows).T)).T)
            else:
                explained = _picked(profiles[rows] @ square, codes)
                explained *= -self.penalty
                explained += own[rows].toarray()
            explained /= diagonal
            block = np.asarray(explained, dtype=np.float32)
            block += (own[rows] @ share).toarray()
            block[:, unknown] = NO_OPINION
            block[strangers[rows]] = NO_OPINION
            return block

        return score

    def _weighing(self, state: Linear, profiles: Matrix, users: Ints) -> Callable[[slice], Floats]:
        """Computes x X' M, the weight of each shopper of the fit, for rows x of ``profiles`` (of ``users`` in X).

        Where x is row u of X that is row u of X X' M = I - lambda M: nothing to multiply.
        """
        alike, bought = _rows_alike(profiles, state.shoppers, users), profiles.getnnz(axis=1) > 0

        def weigh(rows: slice) -> Floats:
            row = alike[rows]
            weights = np.zeros((len(row), state.shoppers.shape[0]), dtype=np.float32)
            fitted, changed = np.flatnonzero(row >= 0), np.flatnonzero((row < 0) & bought[rows])
            weights[fitted] = np.float32(-self.penalty) * state.square[row[fitted]]
            weights[fitted, row[fitted]] += 1
            if len(changed):
                weights[changed] = state.weights((profiles[rows][changed] @ state.shoppers.T).toarray())
            return weights

        return weigh

    def _terms(self, state: Linear, request: Request, column: int) -> Terms | None:
        """A term per item bought: its log(1 + purchases) times its cell of B in the item's column."""
        (code,) = state.items.codes(request.items.vocabulary.ids[[column]])
        bought = profiles_of(request, state.items).tocoo()
        if code < 0 or not len(bought.col):
            return None
        if state.shoppers.shape[0]:
            reached = state.square @ state.shoppers[:, code].toarray().ravel()
            alike = state.shoppers.T[bought.col] @ reached
        else:
            alike = -self.penalty * state.square[bought.col, code]
        weights = np.where(bought.col == code, 0.0, alike / state.diagonal[code])
        return purchase_terms("similarity", state.items, bought.col, bought.data * weights, np.expm1(bought.data))


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
        """For a symmetric M, which is written to."""
        diagonal = np.diag(inverse).copy()
        np.fill_diagonal(inverse, 0.0)
        return cls(diagonal, on_grid(inverse))

    def __call__(self, rows: Floats) -> Floats:
        coarse = on_grid(rows)
        fine = on_grid(rows - coarse)
        return rows * self.diagonal + products(coarse, self.rest) + products(fine, self.rest)


def _most_bought(encoded: Encoded, as_of: date, most: int) -> Ints:
    """Codes, rising, of ``most`` items: by purchases in the last days, then by buyers ever."""
    lately = encoded.day > (as_of - _EPOCH).days - _LATELY
    items = len(encoded.items)
    purchases = np.bincount(encoded.item[lately], encoded.purchases[lately], items)
    buyers = encoded.counts.getnnz(axis=0)
    return np.sort(np.lexsort((np.arange(items), -buyers, -purchases))[:most])


def _rows_alike(profiles: Matrix, shoppers: Matrix, users: Ints) -> Ints:
    """Per row of ``profiles`` its row in ``shoppers`` (as ``users`` says), where both hold the same; else -1."""
    rows = np.where(users < shoppers.shape[0], users, -1)
    differs = (profiles != rows_of(shoppers, rows)).getnnz(axis=1) > 0
    return np.where(differs, -1, rows)


def _self_products(inverse: NDArray[np.float64], log_counts: Matrix) -> NDArray[np.float64]:
    """x_j' M x_j for every item j, a few columns at a time."""
    columns = log_counts.tocsc().astype(np.float64)
    parts = []
    for start in range(0, columns.shape[1], _COLUMNS):
        part = columns[:, start : start + _COLUMNS]
        parts.append(part.multiply((part.T @ inverse.T).T).sum(axis=0).A1)
    return np.concatenate(parts) if parts else np.zeros(0)


def _picked(scores: Scores, codes: Ints) -> Scores:
    """The columns ``codes`` of ``scores``; any numbers for -1."""
    if not scores.shape[1]:
        return np.zeros((len(scores), len(codes)), dtype=np.float32)
    return scores.take(codes, axis=1, mode="clip")
