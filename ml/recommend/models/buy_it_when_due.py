"""Buy it again, with an eye on the clock: how likely a shopper is to buy an item again in the coming weeks.

A logistic regression (scikit-learn) on how often, how lately and at what interval a shopper bought the item, learned
from what the last weeks of a history brought to those who had bought something before them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.core.base import Base, TrainingData
from ml.recommend.core.encoding import Matrix, Reals, on_columns, rows_of
from ml.recommend.core.interactions import Interactions
from ml.recommend.core.pairs import HALF_LIVES, Pairs
from ml.recommend.core.parameters import Between, OneOf, Space
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Scorer

_FEW = 200
_FEATURES = len(HALF_LIVES) + 8


@dataclass(frozen=True, eq=False)
class Repurchase:
    """A weight per feature, in the order of ``Pairs.features``, and the intercept."""

    weights: Reals
    intercept: float


@dataclass
class BuyItWhenDue(Base[Repurchase]):
    """Score: the probability that the shopper buys the item again within ``horizon`` days.

    A history too short to learn from (fewer than 200 pairs before its last ``horizon`` days) ranks by purchases with
    a half-life of 90 days.
    """

    name: ClassVar[str] = "buy_it_when_due"
    state_type: ClassVar[type[Any]] = Repurchase
    space: ClassVar[Space] = {"horizon": OneOf(14, 21, 28, 42), "penalty": Between(0.01, 100.0, log=True)}
    horizon: int = 28
    penalty: float = 1.0

    def _learn(self, data: TrainingData) -> Repurchase:
        from sklearn.linear_model import LogisticRegression

        cut = data.as_of - timedelta(days=self.horizon)
        before = data.history.until(cut)
        pairs = Pairs.of(before, cut)
        again = _bought_again(pairs, before, data.history.after(cut, self.horizon))
        if len(again) < _FEW or again.all() or not again.any():
            return Repurchase(np.eye(_FEATURES)[HALF_LIVES.index(90.0)], 0.0)
        features = pairs.features(before, cut)
        mean, deviation = features.mean(axis=0), features.std(axis=0) + 1e-9
        model = LogisticRegression(C=1.0 / self.penalty, max_iter=300)
        model.fit((features - mean) / deviation, again)
        weights = model.coef_[0] / deviation
        return Repurchase(np.asarray(weights), float(model.intercept_[0] - weights @ mean))

    def _scorer(self, state: Repurchase, request: Request) -> Scorer:
        history, encoded = request.history, request.history.encoded
        pairs = Pairs.of(history, request.as_of)
        logits = pairs.features(history, request.as_of) @ state.weights + state.intercept
        likely = (1.0 / (1.0 + np.exp(-logits))).astype(np.float32)
        whole = sparse.csr_matrix((likely, (pairs.user, pairs.item)), shape=encoded.counts.shape)
        eligible: Matrix = on_columns(rows_of(whole, request.user_rows), encoded.items, request.items.vocabulary)
        return lambda users: eligible[users]


def _bought_again(pairs: Pairs, before: Interactions, later: Interactions) -> NDArray[np.bool_]:
    """For each pair: whether it is bought in ``later``."""
    users = before.encoded.users.codes(later.encoded.users.ids)[later.encoded.user]
    items = before.encoded.items.codes(later.encoded.items.ids)[later.encoded.item]
    known = (users >= 0) & (items >= 0)
    width = max(len(before.encoded.items), 1)
    return np.isin(pairs.user * width + pairs.item, users[known] * width + items[known])
