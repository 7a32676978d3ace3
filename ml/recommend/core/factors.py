"""Scores as products of shopper factors and item factors: shared by ALS, BPR, the SVDs and SASRec."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.encoding import Floats, Matrix, Vocabulary, on_columns, rows_of
from ml.recommend.core.needs import Needs, ShopSize
from ml.recommend.core.products import Products, on_grid
from ml.recommend.core.request import Request


@dataclass(frozen=True, eq=False)
class ItemFactors:
    """Items x factors."""

    items: Vocabulary
    factors: Floats


def needs_of_factors(shop: ShopSize, factors: int, copies: int) -> Needs:
    """With so many ``copies`` of float32 factors of everybody and everything while they are learned."""
    return Needs(4 * factors * (shop.shoppers + shop.items) * copies, 4 * factors * shop.items)


def profiles_of(request: Request, items: Vocabulary) -> Matrix:
    """Requested users x ``items``: log(1 + purchases), by the request's history."""
    encoded = request.history.encoded
    return on_columns(rows_of(encoded.counts, request.user_rows).log1p(), encoded.items, items)


def product_scorer(request: Request, state: ItemFactors, users: Floats, strangers: NDArray[np.bool_]) -> Products:
    """Products of the requested ``users``' factors with the eligible items'.

    Items that came after the fit and ``strangers`` (a flag per user) get ``NO_OPINION``.
    """
    codes = state.items.codes(request.items.vocabulary.ids)
    known = codes >= 0
    items = np.zeros((len(codes), users.shape[1]), dtype=np.float32)
    items[known] = state.factors[codes[known]]
    return Products(on_grid(users), on_grid(items), strangers, ~known)
