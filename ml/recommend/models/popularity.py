"""Items by number of recent buyers; the same list for every shopper."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ml.recommend.core.base import Fresh, NothingLearned, SameForAll
from ml.recommend.core.explanation import Term, Terms
from ml.recommend.core.factor_terms import added
from ml.recommend.core.parameters import Between, Space
from ml.recommend.core.recency import WINDOW_DAYS, popular
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer


@dataclass
class Popularity(Fresh):
    """Score: shoppers who bought the item in the last ``days`` days, by the request's history."""

    name: ClassVar[str] = "popularity"
    space: ClassVar[Space] = {"days": Between(7, 90)}
    days: int = WINDOW_DAYS

    def _fresh_scorer(self, request: Request) -> Scorer:
        return SameForAll(popular(request, self.days))

    def _terms(self, state: NothingLearned, request: Request, column: int) -> Terms | None:  # noqa: ARG002
        """The buyers, and the fraction below one that tells equal numbers apart."""
        score = float(popular(request, self.days)[column])
        if not score > 0:
            return None
        buyers = float(int(score))
        return added("buyers", (Term("buyers", buyers, buyers), Term("repeated_purchases", score - buyers)))
