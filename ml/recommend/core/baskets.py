"""Baskets: what a shopper bought on one day, in the order of days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.encoding import Encoded, Ints


@dataclass(frozen=True, eq=False)
class Baskets:
    """Parallel to the elements of a history: the basket each belongs to.

    Attributes:
        number: position of the element's basket among its shopper's, from 0.
        of_user: baskets of each shopper of the history.
    """

    number: Ints
    of_user: Ints

    @classmethod
    def of(cls, encoded: Encoded) -> Baskets:
        """The baskets of a history."""
        if not len(encoded.user):
            return cls(np.zeros(0, dtype=np.int64), np.zeros(len(encoded.users), dtype=np.int64))
        first = encoded.day.min()
        span = encoded.day.max() - first + 1
        keys, basket = np.unique(encoded.user * span + encoded.day - first, return_inverse=True)
        of_user = np.bincount(keys // span, minlength=len(encoded.users))
        starts = np.concatenate([[0], np.cumsum(of_user)[:-1]])
        return cls((basket - starts[encoded.user]).astype(np.int64), of_user.astype(np.int64))

    def from_last(self, encoded: Encoded) -> Ints:
        """Position of each element's basket counted from its shopper's last, from 0."""
        return np.asarray(self.of_user[encoded.user] - 1 - self.number)

    def sizes(self, encoded: Encoded) -> NDArray[np.float64]:
        """Baskets of the shopper of each element."""
        return self.of_user[encoded.user].astype(np.float64)
