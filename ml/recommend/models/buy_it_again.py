"""A shopper's own purchases of an item, with exponential decay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ml.recommend.core.base import Fresh, NothingLearned
from ml.recommend.core.encoding import Matrix, on_columns, rows_of
from ml.recommend.core.explanation import PURCHASE, Term, Terms
from ml.recommend.core.factor_terms import added
from ml.recommend.core.latest import Latest
from ml.recommend.core.parameters import Between, Space
from ml.recommend.core.recency import ages
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer


@dataclass
class BuyItAgain(Fresh):
    """Score: a shopper's purchases of the item, each worth half as much every ``half_life`` days."""

    name: ClassVar[str] = "buy_it_again"
    space: ClassVar[Space] = {"half_life": Between(14.0, 365.0, log=True)}
    half_life: float = 90.0

    def __post_init__(self) -> None:
        self._worth: Latest[Matrix] = Latest()

    def _fresh_scorer(self, request: Request) -> Scorer:
        history, as_of, encoded = request.history, request.as_of, request.history.encoded

        def worth() -> Matrix:
            return encoded.matrix(encoded.purchases * 0.5 ** (ages(history, as_of) / self.half_life))

        rows = rows_of(self._worth.of((history, as_of, self.half_life), worth), request.user_rows)
        weights = on_columns(rows, encoded.items, request.items.vocabulary)
        return lambda users: weights[users]

    def _terms(self, state: NothingLearned, request: Request, column: int) -> Terms | None:  # noqa: ARG002
        """A term per day on which the shopper bought it; its value is how many days ago that was."""
        encoded, age = request.history.encoded, ages(request.history, request.as_of)
        theirs = (encoded.user == request.user_rows[0]) & (encoded.item == request.item_codes[column])
        days = np.flatnonzero(theirs)
        worth = encoded.purchases[days] * 0.5 ** (age[days] / self.half_life)
        told = zip(worth.tolist(), age[days].tolist(), strict=True)
        item = str(request.items.vocabulary.ids[column])
        terms = [Term(PURCHASE, amount, float(back), item) for amount, back in told]
        return added("decayed_purchases", terms) if terms else None
