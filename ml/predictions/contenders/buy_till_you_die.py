"""BG/NBD for purchases, Gamma-Gamma for what one brings: fitted to the histories of the day itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, ClassVar, Final

import numpy as np
from threadpoolctl import threadpool_limits

from ml.predictions.btyd import bg_nbd, gamma_gamma
from ml.predictions.btyd.bg_nbd import BgNbd, Histories
from ml.predictions.btyd.gamma_gamma import GammaGamma
from ml.predictions.columns import Customer
from ml.predictions.contenders.base import DAYS_AHEAD, Contender, Lesson, Term, Terms, known
from ml.predictions.customers import Customers, Reals
from ml.predictions.targets import Kind

HISTORY: Final = ("frequency", "recency", "age", "alive")
"""Purchase days after the first, age at the last of them, age now, and the chance of not having dropped out."""
_FEWEST: Final = 20
_MOST: Final = 50_000
"""Customers that the parameters are fitted to; four parameters need no more."""


class BuyTillYouDie(Contender):
    """Customers buy by chance at rates of their own until they drop out."""

    name: ClassVar[str] = "bg_nbd"

    @classmethod
    def fit(cls, lesson: Lesson) -> DropsOut | None:
        return cls.of(lesson.now, lesson.target.kind)

    @classmethod
    def of(cls, now: Customers, kind: Kind = Kind.ORDERS) -> DropsOut | None:
        """Fitted to the histories of a day; None where there are hardly any, or nobody came twice."""
        found = _fitted(now)
        return DropsOut(kind, *found) if found else None

    @classmethod
    def restored(cls, content: Mapping[str, Any]) -> DropsOut:
        return DropsOut(Kind(content["kind"]), BgNbd(**content["purchases"]), GammaGamma(**content["spend"]))


@dataclass(frozen=True)
class DropsOut:
    """Parameters; days are the unit of time."""

    kind: Kind
    purchases: BgNbd
    spend: GammaGamma

    @property
    def content(self) -> dict[str, Any]:
        return {"kind": self.kind.value, "purchases": asdict(self.purchases), "spend": asdict(self.spend)}

    @property
    def importances(self) -> dict[str, float]:
        return {}

    def predict(self, customers: Customers, ahead: Reals) -> Reals:
        known = histories(customers)
        if self.kind in (Kind.PURCHASE, Kind.CHURN):
            bought = self.purchases.any_purchase(known, ahead)
            return np.asarray(1.0 - bought) if self.kind == Kind.CHURN else bought
        orders = self.purchases.expected(known, ahead)
        if self.kind == Kind.ORDERS:
            return np.minimum(orders, ahead)  # a day counts once
        paid = (customers.numbers(Customer.purchase_days), customers.numbers(Customer.spend_per_day))
        return np.asarray(np.minimum(orders, ahead) * self.spend.expected(*paid))

    def terms(self, customer: Customers, ahead: Reals) -> Terms:
        """What the model knows of a customer, and for spend what Gamma-Gamma knows."""
        past = histories(customer)
        own = (past.x, past.t_x, past.age, self.purchases.alive(past))
        terms = [Term(name, float(each[0])) for name, each in zip(HISTORY, own, strict=True)]
        paid = known(customer, Customer.purchase_days, Customer.spend_per_day) if self.kind == Kind.SPEND else ()
        return Terms((*terms, *paid, Term(DAYS_AHEAD, float(ahead[0]))))


def histories(customers: Customers) -> Histories:
    """Purchase days after the first, age at the last and age now, in days."""
    age, last = customers.numbers(Customer.days_since_first), customers.numbers(Customer.days_since_last)
    return Histories(customers.numbers(Customer.purchase_days) - 1, age - last, age)


@lru_cache(maxsize=8)
def _fitted(now: Customers) -> tuple[BgNbd, GammaGamma] | None:
    """Once for all targets of a day, which share one object; as many are kept as a training has origins."""
    every = max(1, len(now) // _MOST)
    some = now.where(np.arange(len(now)) % every == 0)
    if len(some) < _FEWEST or not (some.numbers(Customer.purchase_days) > 1).any():
        return None
    with threadpool_limits(1, user_api="blas"):  # a few parameters: threads would spin, waiting for each other
        paid = gamma_gamma.fitted(some.numbers(Customer.purchase_days), some.numbers(Customer.spend_per_day))
        return bg_nbd.fitted(histories(some)), paid
