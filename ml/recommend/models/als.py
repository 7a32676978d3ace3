"""Matrix factorisation of implicit feedback by alternating least squares (Hu, Koren, Volinsky 2008; implicit)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from threadpoolctl import threadpool_limits

from ml.recommend.core.base import Base, TrainingData
from ml.recommend.core.encoding import Floats, Matrix
from ml.recommend.core.factors import ItemFactors, needs_of_factors, product_scorer, profiles_of
from ml.recommend.core.needs import Needs, ShopSize
from ml.recommend.core.parameters import Between, Space
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer


@dataclass
class ALS(Base[ItemFactors]):
    """Confidence 1 + alpha x log(1 + purchases). The shopper's factors are solved anew from the request's history.

    ``threads`` of 0 are all cores.
    """

    name: ClassVar[str] = "als"
    state_type: ClassVar[type[Any]] = ItemFactors
    space: ClassVar[Space] = {
        "factors": Between(16, 160, log=True),
        "alpha": Between(0.1, 40.0, log=True),
        "regularization": Between(0.001, 10.0, log=True),
    }
    factors: int = 64
    alpha: float = 1.0
    regularization: float = 0.01
    iterations: int = 15
    seed: int = 20171203
    threads: int = 0

    def needs(self, shop: ShopSize) -> Needs:
        """Grows with shoppers and items."""
        return needs_of_factors(shop, self.factors, copies=3)

    def _learn(self, data: TrainingData) -> ItemFactors:
        encoded = data.history.encoded
        log_counts = encoded.counts.log1p()
        if not log_counts.nnz:
            return ItemFactors(encoded.items, np.zeros((len(encoded.items), self.factors), dtype=np.float32))
        with threadpool_limits(1, user_api="blas"):
            model = self._implicit()
            model.fit(log_counts, show_progress=False)
        return ItemFactors(encoded.items, np.asarray(model.item_factors, dtype=np.float32))

    def _scorer(self, state: ItemFactors, request: Request) -> Scorer:
        profiles = profiles_of(request, state.items)
        return product_scorer(request, state, self._solved(state, profiles), profiles.getnnz(axis=1) == 0)

    def _solved(self, state: ItemFactors, profiles: Matrix) -> Floats:
        if not profiles.nnz:
            return np.zeros((profiles.shape[0], self.factors), dtype=np.float32)
        with threadpool_limits(1, user_api="blas"):
            model = self._implicit()
            model.item_factors = state.factors
            return np.asarray(model.recalculate_user(np.arange(profiles.shape[0]), profiles), dtype=np.float32)

    def _implicit(self) -> Any:
        from implicit.cpu.als import AlternatingLeastSquares

        return AlternatingLeastSquares(
            factors=self.factors,
            alpha=self.alpha,
            regularization=self.regularization,
            iterations=self.iterations,
            random_state=self.seed,
            num_threads=self.threads,
        )
