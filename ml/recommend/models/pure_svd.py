"""PureSVD: a truncated SVD that reads missing as zero (Cremonesi, Koren, Turrin 2010; SciPy's ARPACK)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.sparse.linalg import svds

from ml.recommend.core.base import Base, TrainingData
from ml.recommend.core.factors import ItemFactors, needs_of_factors, product_scorer, profiles_of
from ml.recommend.core.needs import Needs, ShopSize
from ml.recommend.core.parameters import Between, Space
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer


@dataclass
class PureSVD(Base[ItemFactors]):
    """Score: the shopper's log(1 + purchases), projected onto the leading right singular vectors and back."""

    name: ClassVar[str] = "pure_svd"
    state_type: ClassVar[type[Any]] = ItemFactors
    space: ClassVar[Space] = {"factors": Between(8, 256, log=True)}
    factors: int = 64

    def needs(self, shop: ShopSize) -> Needs:
        """Grows with shoppers and items. Lanczos vectors are of float64, and more than factors."""
        return needs_of_factors(shop, self.factors, copies=8)

    def _learn(self, data: TrainingData) -> ItemFactors:
        encoded = data.history.encoded
        log_counts = encoded.counts.log1p()
        rank = min(self.factors, min(log_counts.shape) - 1)
        if rank < 1:
            return ItemFactors(encoded.items, np.zeros((len(encoded.items), 1), dtype=np.float32))
        start = np.ones(min(log_counts.shape))
        *_, right = svds(log_counts.astype(np.float64), k=rank, v0=start, return_singular_vectors="vh")
        return ItemFactors(encoded.items, np.ascontiguousarray(right.T, dtype=np.float32))

    def _scorer(self, state: ItemFactors, request: Request) -> Scorer:
        profiles = profiles_of(request, state.items)
        projected = np.asarray(profiles @ state.factors, dtype=np.float32)
        return product_scorer(request, state, projected, profiles.getnnz(axis=1) == 0)
