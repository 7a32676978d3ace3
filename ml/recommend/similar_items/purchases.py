"""A history as integer codes of shoppers, items and baskets: the input of all relations between items."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.core.encoding import Ints, Vocabulary
from ml.recommend.similar_items.item_pairs import Codes, matrix
from ml.tables import Col

_DAY_BITS = 32


@dataclass(frozen=True, eq=False)
class Purchases:
    """Parallel arrays, one element per user, item and day; a shopper's day stands for a basket.

    Attributes:
        item: codes below ``items``.
        user: codes below ``users``.
        basket: codes in the order of shoppers.
        owner: the user code of each basket.
    """

    item: Codes
    user: Codes
    basket: Codes
    owner: Codes
    items: int
    users: int

    @classmethod
    def of(cls, history: pl.DataFrame, users: Vocabulary, items: Vocabulary) -> Purchases:
        """Of a history whose ids the vocabularies know."""
        item, user = (
            words.codes(history[name]).astype(np.int32) for words, name in ((items, Col.item_id), (users, Col.user_id))
        )
        day = history[Col.event_date].to_physical().to_numpy()
        basket, keys = dense(user.astype(np.int64) << _DAY_BITS | day)
        return cls(item, user, basket, (keys >> _DAY_BITS).astype(np.int32), len(items), len(users))

    @cached_property
    def times(self) -> sparse.csr_matrix:
        """CSR matrix of items x shoppers: the number of the shopper's baskets that hold the item."""
        return matrix(self.item, self.user, np.ones(len(self.item), dtype=np.int32), self.items, self.users)

    @cached_property
    def baskets(self) -> Ints:
        """How many baskets each shopper had."""
        return np.bincount(self.owner, minlength=self.users)

    def held(self, kept: NDArray[Any]) -> sparse.csr_matrix:
        """Items x baskets, 1 where a basket holds the item, of the elements that ``kept`` (positions) picks."""
        ones = np.ones(len(kept), dtype=np.int32)
        return matrix(self.item[kept], self.basket[kept], ones, self.items, len(self.owner))


def dense(keys: Ints) -> tuple[Codes, Ints]:
    """Dense codes of ``keys`` (each 0 or more): the rank of each among the distinct keys, and those, sorted."""
    ordered = np.sort(keys)  # NumPy's own unique hashes, ten times as slow on whole numbers
    distinct = ordered[np.flatnonzero(np.diff(ordered, prepend=-1))]
    return np.searchsorted(distinct, keys).astype(np.int32), distinct
