"""What a contender is: something that learns one target from past days and predicts it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Protocol

import numpy as np

from ml.predictions.customers import Customers, Reals
from ml.predictions.examples import Examples
from ml.predictions.targets import Kind, Target

_PERCENTILE: Final = 99
_TIMES: Final = 5.0


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


def tempered(outcome: Reals, kind: Kind) -> Reals:
    """Outcomes as they are learned from: an amount above five times the 99th percentile counts as that, so that one
    bulk buyer does not become everybody's expectation."""
    if kind != Kind.SPEND or not len(outcome):
        return outcome
    most = _TIMES * float(np.percentile(outcome, _PERCENTILE))
    return np.minimum(outcome, most) if most > 0 else outcome
