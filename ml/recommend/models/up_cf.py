"""UP-CF@r: recency-aware user popularity, the shopper's own and that of similar shoppers (Faggioli et al. 2020)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ml.recommend.core.base import Fresh
from ml.recommend.core.baskets import Baskets
from ml.recommend.core.encoding import Ints, Matrix, Scores, on_columns
from ml.recommend.core.neighbours import nearest, searched, themselves
from ml.recommend.core.parameters import Between, Space
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer


@dataclass
class UpCf(Fresh):
    """Score: the share of the last ``baskets`` baskets (days) with the item, summed over shoppers, each weighted by
    the asymmetric cosine of the item sets to the power ``locality``; the shopper's own weight is 1."""

    name: ClassVar[str] = "up_cf"
    space: ClassVar[Space] = {
        "baskets": Between(5, 200, log=True),
        "asymmetry": Between(0.0, 1.0),
        "locality": Between(1.0, 20.0, log=True),
        "neighbours": Between(50, 600, log=True),
    }
    baskets: int = 100
    asymmetry: float = 0.5
    locality: float = 5.0
    neighbours: int = 300

    def _fresh_scorer(self, request: Request) -> Scorer:
        encoded = request.history.encoded
        baskets = Baskets.of(encoded)
        recent = baskets.from_last(encoded) < self.baskets
        counted = np.minimum(baskets.sizes(encoded), self.baskets)
        shares = encoded.matrix(np.where(recent, 1.0 / np.maximum(counted, 1), 0.0))
        axis = on_columns(shares, encoded.items, request.items.vocabulary)
        sets = encoded.counts.sign()
        sizes = np.maximum(sets.getnnz(axis=1).astype(np.float64), 1.0)
        others = searched(encoded.users)
        theirs = sets[others].T.tocsr()

        def alike(rows: Ints) -> Scores:
            both = (sets[rows] @ theirs).toarray()
            scale = np.outer(sizes[rows] ** self.asymmetry, sizes[others] ** (1.0 - self.asymmetry))
            return np.asarray((both / scale) ** self.locality, dtype=np.float32)

        def score(users: slice) -> Matrix:
            rows = request.user_rows[users]
            near = nearest(rows, others, len(sizes), self.neighbours, alike)
            return (near + themselves(rows, len(sizes))) @ axis

        return score
