"""Items whose number of buyers rose most in the last days; the same list for every shopper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ml.recommend.core.base import Fresh, NothingLearned, SameForAll
from ml.recommend.core.encoding import Floats
from ml.recommend.core.explanation import Term, Terms
from ml.recommend.core.factor_terms import added
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
        now, expected = self._counted(request)
        rise = (now - expected) / np.sqrt(expected + 1.0)
        return SameForAll(on_eligible(np.where(now > 0, rise, 0.0).astype(np.float32), request))

    def _terms(self, state: NothingLearned, request: Request, column: int) -> Terms | None:  # noqa: ARG002
        """The buyers now and the expected ones, each over the same root."""
        code = int(request.item_codes[column])
        now, expected = (float(each[code]) if code >= 0 else 0.0 for each in self._counted(request))
        if not now > expected:
            return None
        root = (expected + 1.0) ** 0.5
        return added("rise", (Term("buyers", now / root, now), Term("expected_buyers", -expected / root, expected)))

    def _counted(self, request: Request) -> tuple[Floats, Floats]:
        """By item of the history: its buyers in the last days, and as many as the days before let expect."""
        age = ages(request.history, request.as_of)
        now = buyers(request.history, age < self.days)
        then = buyers(request.history, (age >= self.days) & (age < self.days + self.before))
        return now, then * (self.days / self.before)
