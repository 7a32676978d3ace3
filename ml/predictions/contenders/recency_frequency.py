"""A logistic regression on recency and frequency: what an analyst would try first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from ml.predictions.columns import Customer
from ml.predictions.contenders.base import DAYS_AHEAD, Contender, Lesson, Link, Term, Terms, value
from ml.predictions.customers import Customers, Reals
from ml.predictions.targets import Kind

_COLUMNS: Final = (Customer.days_since_last, Customer.purchase_days_90d)
_NAMES: Final = (*_COLUMNS, DAYS_AHEAD)
_FEWEST: Final = 20


class RecencyFrequency(Contender):
    """Log-odds are a line in the logarithms of recency, of frequency and of the days ahead."""

    name: ClassVar[str] = "recency_frequency"
    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.PURCHASE, Kind.CHURN})
    learns: ClassVar[bool] = True

    @classmethod
    def fit(cls, lesson: Lesson) -> Line | None:
        from sklearn.linear_model import LogisticRegression

        outcome = lesson.examples.outcome
        if min(outcome.sum(), (1 - outcome).sum()) < _FEWEST:
            return None
        table = _table(lesson.examples.customers, lesson.examples.horizon)
        found = LogisticRegression(C=100.0, max_iter=500).fit(table, outcome)
        return Line(tuple(map(float, found.coef_[0])), float(found.intercept_[0]))

    @classmethod
    def restored(cls, content: Mapping[str, Any]) -> Line:
        return Line(tuple(map(float, content["weights"])), float(content["intercept"]))


@dataclass(frozen=True)
class Line:
    """A weight per name in ``_NAMES``."""

    weights: tuple[float, ...]
    intercept: float

    @property
    def content(self) -> dict[str, Any]:
        return {"weights": list(self.weights), "intercept": self.intercept}

    @property
    def importances(self) -> dict[str, float]:
        total = sum(map(abs, self.weights)) or 1.0
        return {name: abs(weight) / total for name, weight in zip(_NAMES, self.weights, strict=True)}

    def predict(self, customers: Customers, ahead: Reals) -> Reals:
        log_odds = _table(customers, ahead) @ np.array(self.weights) + self.intercept
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -500, 500))))

    def terms(self, customer: Customers, ahead: Reals) -> Terms:
        """Weight × logarithm of each."""
        amounts = (_table(customer, ahead)[0] * np.array(self.weights)).tolist()
        values = (*(value(customer, name) for name in _COLUMNS), float(ahead[0]))
        terms = (Term(*each) for each in zip(_NAMES, values, amounts, strict=True))
        return Terms(tuple(terms), self.intercept, Link.LOGISTIC)


def _table(customers: Customers, ahead: Reals) -> Reals:
    """Few have never bought in the windows: their frequency is 0."""
    columns = [np.log1p(np.nan_to_num(customers.numbers(name))) for name in _COLUMNS]
    return np.stack([*columns, np.log(np.maximum(ahead, 1.0))], axis=1)
