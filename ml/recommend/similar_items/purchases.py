"""A history as integer codes of shoppers, items and baskets: the input of all relations between items."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.core.encoding import Ints, Vocabulary
from ml.recommend.core.shopper_sample import places
from ml.recommend.similar_items.item_pairs import Codes, matrix
from ml.tables import Col

_MOST_ROWS: Final = 8_000_000
"""Rows of a history (one per shopper, item and day) that relations are computed from; six times the demo shop's."""
_DAY_BITS: Final = 32


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
    def of(cls, history: pl.DataFrame, items: Vocabulary) -> Purchases:
        """Of the rows of a history whose item the vocabulary knows."""
        item = items.codes(history[Col.item_id])
        known = item >= 0
        if not known.all():
            history, item = history.filter(known), item[known]
        users = Vocabulary.of(history[Col.user_id])
        user = users.codes(history[Col.user_id])
        basket, keys = dense(user << _DAY_BITS | history[Col.event_date].to_physical().to_numpy())
        codes = (item.astype(np.int32), user.astype(np.int32), basket, (keys >> _DAY_BITS).astype(np.int32))
        return cls(*codes, len(items), len(users))

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


def sampled(history: pl.DataFrame, most: int | None = None) -> pl.DataFrame:
    """A history of about ``most`` rows at most: whole shoppers, drawn by a hash of their ids.

    A smaller history is returned as it is. A shopper who is drawn today is drawn again while the history does not
    outgrow the share; who is drawn depends on nothing but the id and that share.
    """
    share = (most or _MOST_ROWS) / max(len(history), 1)
    if share >= 1:
        return history
    users = history[Col.user_id].unique()
    drawn = pl.Series(places(users) < share)
    return history.join(users.filter(drawn).to_frame(), on=Col.user_id, how="semi", maintain_order="left")


def dense(keys: Ints) -> tuple[Codes, Ints]:
    """Dense codes of ``keys`` (each 0 or more): the rank of each among the distinct keys, and those, sorted."""
    ordered = np.sort(keys)  # NumPy's own unique hashes, ten times as slow on whole numbers
    distinct = ordered[np.flatnonzero(np.diff(ordered, prepend=-1))]
    return np.searchsorted(distinct, keys).astype(np.int32), distinct
