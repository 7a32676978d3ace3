"""Calibration: Platt scaling of a ranker's log-odds, and the reliability of the resulting probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.encoding import Reals

BINS = 10


@dataclass(frozen=True)
class Reliability:
    """Predicted and observed purchase rates in ten bins of equally many candidates, by rising prediction.

    Attributes:
        promised: mean probability per bin.
        observed: share bought per bin.
        error: expected calibration error: the mean distance of the two.
    """

    promised: list[float]
    observed: list[float]
    error: float

    @classmethod
    def of(cls, probabilities: Reals, bought: NDArray[np.bool_]) -> Reliability:
        """Of parallel arrays (Naeini et al. 2015, with bins of equal size)."""
        order = np.argsort(probabilities, kind="stable")
        parts = [part for part in np.array_split(order, BINS) if len(part)]
        promised = [float(probabilities[part].mean()) for part in parts]
        observed = [float(bought[part].mean()) for part in parts]
        weights = [len(part) / max(len(order), 1) for part in parts]
        gaps = (weight * abs(p - o) for weight, p, o in zip(weights, promised, observed, strict=True))
        return cls(promised, observed, float(sum(gaps)))


def fitted_line(log_odds: Reals, bought: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and intercept of the logistic regression of ``bought`` on ``log_odds`` (Platt 1999).

    The slope is kept positive, so that the line never changes an order.
    """
    from sklearn.linear_model import LogisticRegression

    if bought.all() or not bought.any():
        return 1.0, 0.0
    model = LogisticRegression(C=1e6, max_iter=200).fit(log_odds[:, None], bought)
    return max(float(model.coef_[0, 0]), 1e-3), float(model.intercept_[0])


@dataclass(frozen=True)
class Diagnosis:
    """Diagnostics of a recommender with learned probabilities, each by objective.

    Attributes:
        importances: each feature's share of the total gain.
        reliability: of shoppers from whom nothing was learned.
    """

    importances: Mapping[str, Mapping[str, float]]
    reliability: Mapping[str, Reliability]


@runtime_checkable
class Diagnosed(Protocol):
    """A fitted recommender that has a diagnosis."""

    @property
    def diagnosis(self) -> Diagnosis:
        """Of what was learned."""
        ...
