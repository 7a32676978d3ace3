"""The days to come are like the last 90: the baseline that every other contender has to beat, and policy 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from ml.predictions.columns import Customer
from ml.predictions.contenders.base import DAYS_AHEAD, Contender, Lesson, Term, Terms, known
from ml.predictions.customers import Customers, Reals
from ml.predictions.targets import Kind

_DAYS: Final = 90


class LastQuarter(Contender):
    """Purchases and money go on as in the last 90 days, or in all days of a younger shop."""

    name: ClassVar[str] = "last_90_days"

    @classmethod
    def fit(cls, lesson: Lesson) -> GoesOn:
        return GoesOn(lesson.target.kind)

    @classmethod
    def restored(cls, content: Mapping[str, Any]) -> GoesOn:
        return GoesOn(Kind(content["kind"]))


@dataclass(frozen=True)
class GoesOn:
    """It learns nothing; purchases come by chance (Poisson) at the rate of these days."""

    kind: Kind

    @property
    def content(self) -> dict[str, Any]:
        return {"kind": self.kind.value}

    @property
    def importances(self) -> dict[str, float]:
        return {}

    def predict(self, customers: Customers, ahead: Reals) -> Reals:
        column = Customer.revenue_90d if self.kind == Kind.SPEND else Customer.purchase_days_90d
        seen = np.clip(customers.numbers(Customer.shop_days), 1, _DAYS)
        expected = np.maximum(np.nan_to_num(customers.numbers(column)), 0.0) / seen * ahead
        if self.kind == Kind.PURCHASE:
            return np.asarray(-np.expm1(-expected))
        return np.asarray(np.exp(-expected)) if self.kind == Kind.CHURN else np.asarray(expected)

    def terms(self, customer: Customers, ahead: Reals) -> Terms:
        """What was seen in 90 days, or in all days of a younger shop."""
        column = Customer.revenue_90d if self.kind == Kind.SPEND else Customer.purchase_days_90d
        return Terms((*known(customer, column, Customer.shop_days), Term(DAYS_AHEAD, float(ahead[0]))))
