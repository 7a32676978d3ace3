"""What is predicted, and how far ahead."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from ml.churn import Churn
from ml.predictions.columns import Customer, Prediction
from ml.predictions.customers import Customers, Reals


class Kind(StrEnum):
    """What a target counts in the days that follow."""

    PURCHASE = "purchase"  # whether there is a day with a purchase
    CHURN = "churn"  # whether there is none
    ORDERS = "orders"  # days with a purchase
    SPEND = "spend"  # money, nobody's below zero

    @property
    def is_probability(self) -> bool:
        """Whether the outcome is 0 or 1."""
        return self in (Kind.PURCHASE, Kind.CHURN)


@dataclass(frozen=True)
class Target:
    """A predicted column.

    Attributes:
        name: the column of ``customer_prediction``.
        days: how far ahead; None: as long as churn takes for each customer.
    """

    name: str
    kind: Kind
    days: int | None


TARGETS: Final = (
    Target(Prediction.purchase_7d, Kind.PURCHASE, 7),
    Target(Prediction.purchase_28d, Kind.PURCHASE, 28),
    Target(Prediction.orders_28d, Kind.ORDERS, 28),
    Target(Prediction.orders_90d, Kind.ORDERS, 90),
    Target(Prediction.spend_28d, Kind.SPEND, 28),
    Target(Prediction.spend_90d, Kind.SPEND, 90),
    Target(Prediction.churn, Kind.CHURN, None),
)


def horizon(target: Target, customers: Customers, churn: Churn) -> Reals:
    """How many days ahead is looked, by customer."""
    return churn_days(customers, churn) if target.days is None else np.full(len(customers), float(target.days))


def churn_days(customers: Customers, churn: Churn) -> Reals:
    """After how many whole days without a purchase each counts as churned; the longest for whoever bought so long ago
    that no usual interval is known."""
    usual = np.ceil(churn.intervals * customers.numbers(Customer.expected_gap))
    return np.asarray(np.clip(np.where(np.isnan(usual), churn.at_most, usual), churn.days, churn.at_most))
