"""Items whose number of buyers rose most in the last days; the same list for every shopper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ml.recommend.core.base import Fresh, SameForAll
from ml.recommend.core.parameters import Between, Space
from ml.recommend.core.recency import WINDOW_DAYS, ages, buyers, on_eligible
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer


@dataclass
class Trending(Fresh):
    """Score: (now - expected) / sqrt(expected + 1), a Poisson z-score of the item's number of buyers.

    ``now`` counts the last ``days`` days; ``expected`` is the number in the ``before`` days before them, scaled to
    ``days``. The added 1 keeps items with a single buyer low.
    """

    name: ClassVar[str] = "trending"
    space: ClassVar[Space] = {"days": Between(3, 28), "before": Between(28, 112)}
    days: int = 14
    before: int = 2 * WINDOW_DAYS

    def _fresh_scorer(self, request: Request) -> Scorer:
        age = ages(request.history, request.as_of)
        now = buyers(request.history, age < self.days)
        then = buyers(request.history, (age >= self.days) & (age < self.days + self.before))
        expected = then * (self.days / self.before)
        rise = (now - expected) / np.sqrt(expected + 1.0)
        return SameForAll(on_eligible(np.where(now > 0, rise, 0.0).astype(np.float32), request))
