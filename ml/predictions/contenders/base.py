"""What a contender is: something that learns one target from past days and predicts it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Final, Protocol

import numpy as np

from ml.predictions.customers import Customers, Reals
from ml.predictions.examples import Examples
from ml.predictions.targets import Kind, Target

DAYS_AHEAD: Final = "days_ahead"
"""Name of the term that says how far ahead is looked."""
_PERCENTILE: Final = 99
_TIMES: Final = 5.0


class Link(StrEnum):
    """What becomes of the sum of a prediction's terms."""

    LOGISTIC = "log-odds"
    EXPONENTIAL = "logarithm"

    def __call__(self, total: float) -> float:
        """The prediction."""
        return float(1.0 / (1.0 + np.exp(-total)) if self == Link.LOGISTIC else np.exp(total))


@dataclass(frozen=True)
class Term:
    """One thing that a customer's prediction is made of.

    Attributes:
        name: a column of ``Customer``, ``days_ahead``, or a quantity of the contender's own.
        value: what the customer has; None where it is unknown.
        amount: what it adds to the sum; None where the prediction is no sum.
    """

    name: str
    value: float | None
    amount: float | None = None


@dataclass(frozen=True)
class Terms:
    """What one customer's prediction is made of.

    Attributes:
        base: what everybody's sum starts from.
        link: what becomes of the sum; None where the prediction is no sum.
    """

    terms: tuple[Term, ...]
    base: float | None = None
    link: Link | None = None

    @property
    def total(self) -> float | None:
        """The sum; None where there is none."""
        if self.base is None:
            return None
        return self.base + sum(term.amount or 0.0 for term in self.terms)


class Fitted(Protocol):
    """A contender that has learned."""

    @property
    def content(self) -> dict[str, Any]:
        """Everything that it knows, as JSON."""

    def predict(self, customers: Customers, ahead: Reals) -> Reals:
        """A probability, a count or an amount per customer, finite and not negative.

        Args:
            ahead: days, by customer.
        """

    @property
    def importances(self) -> dict[str, float]:
        """By feature its share of what decides; empty where features are not weighed."""

    def terms(self, customer: Customers, ahead: Reals) -> Terms:
        """What the prediction of one customer is made of; see ``predict``."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """What a contender learns from.

    Attributes:
        examples: past days with their outcomes.
        now: the customers of the day up to which outcomes are known.
        seed, threads: of what is drawn by chance; the result does not depend on the threads.
    """

    target: Target
    examples: Examples
    now: Customers
    seed: int
    threads: int


class Contender(ABC):
    """A way to predict targets of some kinds.

    Attributes:
        learns: whether it learns from single shoppers so much that it must be judged on others.
    """

    name: ClassVar[str]
    kinds: ClassVar[frozenset[Kind]] = frozenset(Kind)
    learns: ClassVar[bool] = False

    @classmethod
    @abstractmethod
    def fit(cls, lesson: Lesson) -> Fitted | None:
        """What it learned; None where there is too little to learn from."""

    @classmethod
    @abstractmethod
    def restored(cls, content: Mapping[str, Any]) -> Fitted:
        """What ``Fitted.content`` said."""


def known(customer: Customers, *columns: str) -> tuple[Term, ...]:
    """Values of one customer that are no addends."""
    return tuple(Term(name, value(customer, name)) for name in columns)


def value(customer: Customers, column: str) -> float | None:
    """A value of one customer; None for null."""
    found = float(customer.numbers(column)[0])
    return None if np.isnan(found) else found


def tempered(outcome: Reals, kind: Kind) -> Reals:
    """Outcomes as they are learned from: an amount above five times the 99th percentile counts as that, so that one
    bulk buyer does not become everybody's expectation."""
    if kind != Kind.SPEND or not len(outcome):
        return outcome
    most = _TIMES * float(np.percentile(outcome, _PERCENTILE))
    return np.minimum(outcome, most) if most > 0 else outcome
