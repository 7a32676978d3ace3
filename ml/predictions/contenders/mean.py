"""Everybody is like the mean of past customers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ml.predictions.contenders.base import Contender, Lesson, Terms, tempered
from ml.predictions.customers import Customers, Reals


class Mean(Contender):
    """The mean outcome."""

    name: ClassVar[str] = "mean"

    @classmethod
    def fit(cls, lesson: Lesson) -> FittedMean:
        return FittedMean(float(tempered(lesson.examples.outcome, lesson.target.kind).mean()))

    @classmethod
    def restored(cls, content: Mapping[str, Any]) -> FittedMean:
        return FittedMean(float(content["mean"]))


@dataclass(frozen=True)
class FittedMean:
    """One number for all."""

    mean: float

    @property
    def content(self) -> dict[str, Any]:
        return {"mean": self.mean}

    @property
    def importances(self) -> dict[str, float]:
        return {}

    def predict(self, customers: Customers, ahead: Reals) -> Reals:  # noqa: ARG002  the same for any
        return np.full(len(customers), self.mean)

    def terms(self, customer: Customers, ahead: Reals) -> Terms:  # noqa: ARG002  the same for any
        return Terms(())
