"""Gamma-Gamma (Fader and Hardie, "The Gamma-Gamma model of monetary value", 2013): what a purchase brings on average.

A customer's purchases vary around a mean of the customer's own; means vary over customers. A customer's expected mean
is drawn towards that of all, the more so the fewer purchases there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln

from ml.predictions.customers import Reals

_LIMIT: Final = 12.0
_FEWEST: Final = 10


@dataclass(frozen=True)
class GammaGamma:
    """Fitted parameters; ``q`` is above 1, so that a mean exists, and ``gamma`` is in money."""

    p: float
    q: float
    gamma: float

    def expected(self, count: Reals, mean: Reals) -> Reals:
        """A purchase's expected value after ``count`` purchases of ``mean`` each; refunds above them count as none."""
        paid = np.maximum(np.nan_to_num(mean), 0.0)
        return np.asarray(self.p * (self.gamma + count * paid) / (self.p * count + self.q - 1))


def fitted(count: Reals, mean: Reals) -> GammaGamma:
    """The parameters of the highest likelihood; customers with nothing paid say nothing.

    While there are hardly any, everybody is worth the mean.
    """
    paid = mean > 0
    count, mean = count[paid], mean[paid]
    usual = float(np.median(mean)) if len(mean) else 0.0
    if len(mean) < _FEWEST:
        return GammaGamma(1.0, 2.0, usual)

    def loss(logs: Reals) -> float:
        p, q, gamma = np.exp(logs[0]), 1 + np.exp(logs[1]), np.exp(logs[2]) * usual
        told = (
            gammaln(p * count + q)
            - gammaln(p * count)
            - gammaln(q)
            + q * np.log(gamma)
            + (p * count - 1) * np.log(mean)
            + p * count * np.log(count)
            - (p * count + q) * np.log(gamma + count * mean)
        )
        return float(-told.mean())

    found = minimize(loss, (0.5, 0.5, 0.0), method="L-BFGS-B", bounds=[(-_LIMIT, _LIMIT)] * 3)
    p, q, gamma = np.exp(found.x)
    return GammaGamma(float(p), float(1 + q), float(gamma * usual))
