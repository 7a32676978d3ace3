"""TIFU-kNN: next baskets from time-decayed item frequencies of a shopper and of nearest neighbours (Hu et al. 2020)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.core.base import Fresh
from ml.recommend.core.baskets import Baskets
from ml.recommend.core.encoding import Ints, Matrix, Scores, on_columns
from ml.recommend.core.interactions import Interactions
from ml.recommend.core.neighbours import nearest, searched, themselves
from ml.recommend.core.parameters import Between, Space
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer


@dataclass
class TifuKnn(Fresh):
    """A shopper's baskets (days) are cut into ``groups`` equal ones by time; an item's weight decays with the basket
    within its group (``within``) and with the group (``between``). The score mixes the shopper's own vector
    (``own``) with the mean of the nearest shoppers' by Euclidean distance."""

    name: ClassVar[str] = "tifu_knn"
    space: ClassVar[Space] = {
        "groups": Between(2, 14),
        "within": Between(0.5, 1.0),
        "between": Between(0.5, 1.0),
        "neighbours": Between(50, 600, log=True),
        "own": Between(0.3, 1.0),
    }
    groups: int = 7
    within: float = 0.9
    between: float = 0.7
    neighbours: int = 300
    own: float = 0.7

    def _fresh_scorer(self, request: Request) -> Scorer:
        encoded = request.history.encoded
        vectors = encoded.matrix(self._weights(request.history))
        axis = on_columns(vectors, encoded.items, request.items.vocabulary)
        squares = vectors.multiply(vectors).sum(axis=1).A1
        others = searched(encoded.users)
        theirs = vectors[others].T.tocsr()

        def closeness(rows: Ints) -> Scores:
            squared = squares[rows][:, None] + squares[others][None, :] - 2.0 * (vectors[rows] @ theirs).toarray()
            return np.asarray(1.0 / (1e-6 + np.maximum(squared, 0.0)), dtype=np.float32)

        def score(users: slice) -> Matrix:
            rows = request.user_rows[users]
            near = nearest(rows, others, len(squares), self.neighbours, closeness).sign()
            share = (1.0 - self.own) / np.maximum(near.getnnz(axis=1), 1)
            mixed = sparse.diags(share.astype(np.float32)) @ near + np.float32(self.own) * themselves(
                rows, len(squares)
            )
            return (mixed @ axis).tocsr()

        return score

    def _weights(self, history: Interactions) -> NDArray[np.float64]:
        """Each element's share in its shopper's vector: mean over groups of the mean over a group's baskets."""
        encoded = history.encoded
        baskets = Baskets.of(encoded)
        back, total = baskets.from_last(encoded), baskets.sizes(encoded)
        groups = np.minimum(self.groups, total)
        size = np.ceil(total / groups)
        group_back = back // np.maximum(size, 1)
        groups = np.ceil(total / np.maximum(size, 1))
        in_group = np.where(group_back == groups - 1, total - (groups - 1) * size, size)
        return np.asarray(self.within ** (back % size) / in_group * self.between**group_back / groups)
