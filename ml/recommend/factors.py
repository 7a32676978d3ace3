"""Rankings by a product of factors: what ALS, BPR and SVD share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ml.recommend.encoding import Floats, Matrix, Scores, Vocabulary, on_columns, rows_of
from ml.recommend.protocol import Request
from ml.recommend.topk import NO_OPINION, Scorer


@dataclass(frozen=True, eq=False)
class ItemFactors:
    """Items x factors."""

    items: Vocabulary
    factors: Floats


def profiles_of(request: Request, items: Vocabulary) -> Matrix:
    """Requested users x ``items``: log(1 + purchases), by the request's history."""
    encoded = request.history.encoded
    return on_columns(rows_of(encoded.counts, request.user_rows).log1p(), encoded.items, items)


def product_scorer(request: Request, state: ItemFactors, users: Floats, strangers: np.ndarray) -> Scorer:
    """Products of the requested ``users``' factors with the eligible items'.

    There is no opinion on items that came after the fit, nor for ``strangers`` (a flag per user).
    """
    codes = state.items.codes(request.items.vocabulary.ids)
    unknown = np.flatnonzero(codes < 0)
    factors = np.zeros((users.shape[1], len(codes)), dtype=np.float32)
    factors[:, codes >= 0] = state.factors[codes[codes >= 0]].T

    def score(rows: slice) -> Scores:
        block = users[rows] @ factors
        block[:, unknown] = NO_OPINION
        block[strangers[rows]] = NO_OPINION
        return np.asarray(block, dtype=np.float32)

    return score
