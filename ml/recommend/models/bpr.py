"""Bayesian personalised ranking of pairs (Rendle et al. 2009; implicit)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ml.recommend.core.base import Base, TrainingData
from ml.recommend.core.encoding import Floats, Matrix
from ml.recommend.core.factors import ItemFactors, needs_of_factors, product_scorer, profiles_of
from ml.recommend.core.needs import Needs, ShopSize
from ml.recommend.core.parameters import Between, Space
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer


@dataclass
class BPR(Base[ItemFactors]):
    """A shopper's factors are the mean of those of the items in the request's history, weighted by
    log(1 + purchases); measured, they rank better than the ones learned with the items' (docs/recommenders.md).

    The fit runs on one thread, because parallel updates race.
    """

    name: ClassVar[str] = "bpr"
    state_type: ClassVar[type[Any]] = ItemFactors
    space: ClassVar[Space] = {
        "factors": Between(16, 160, log=True),
        "learning_rate": Between(0.01, 0.2, log=True),
        "regularization": Between(0.0001, 0.1, log=True),
        "iterations": Between(20, 120),
    }
    factors: int = 64
    learning_rate: float = 0.05
    regularization: float = 0.01
    iterations: int = 30
    seed: int = 20171203

    def needs(self, shop: ShopSize) -> Needs:
        """Grows with shoppers and items."""
        return needs_of_factors(shop, self.factors, copies=2)

    def _learn(self, data: TrainingData) -> ItemFactors:
        encoded = data.history.encoded
        if not encoded.counts.nnz:
            return ItemFactors(encoded.items, np.zeros((len(encoded.items), self.factors + 1), dtype=np.float32))
        from implicit.cpu.bpr import BayesianPersonalizedRanking

        model = BayesianPersonalizedRanking(
            factors=self.factors,
            learning_rate=self.learning_rate,
            regularization=self.regularization,
            iterations=self.iterations,
            num_threads=1,
            random_state=self.seed,
        )
        model.fit(encoded.counts, show_progress=False)
        return ItemFactors(encoded.items, np.asarray(model.item_factors, dtype=np.float32))

    def _scorer(self, state: ItemFactors, request: Request) -> Scorer:
        profiles = profiles_of(request, state.items)
        return product_scorer(request, state, _mean_factors(state, profiles), profiles.getnnz(axis=1) == 0)


def _mean_factors(state: ItemFactors, profiles: Matrix) -> Floats:
    weight = np.maximum(profiles.sum(axis=1).A1, 1e-12)
    mean = np.asarray(profiles @ state.factors) / weight[:, None]
    mean[:, -1] = 1.0  # implicit keeps the items' biases in the last factor
    return np.asarray(mean, dtype=np.float32)
