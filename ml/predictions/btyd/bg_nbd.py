"""BG/NBD (Fader, Hardie and Lee, "Counting your customers the easy way", Marketing Science 2005).

A customer buys at a rate drawn from Gamma(r, alpha) and drops out after a purchase with a probability drawn from
Beta(a, b). Known of each are ``x`` purchases after the first, the age at the last, ``t_x``, and the age now, ``age``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaincinv, betaln, gammaln, hyp2f1

from ml.predictions.customers import Reals

_LIMIT: Final = 12.0
"""Of the logarithms of the parameters: beyond it a likelihood is flat."""
_NEAR_ONE: Final = 1e-4
_STARTS: Final = ((0.0, 0.0, 0.0, 0.0), (-1.0, 0.5, -1.0, 1.0))
_NODES: Final = (np.arange(256) + 0.5) / 256


@dataclass(frozen=True, eq=False)
class Histories:
    """Parallel rows: purchases after the first, age at the last one and age now, in days or any one unit of time."""

    x: Reals
    t_x: Reals
    age: Reals

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class BgNbd:
    """Fitted parameters; ``alpha`` is in the unit of time of the histories."""

    r: float
    alpha: float
    a: float
    b: float

    def alive(self, known: Histories) -> Reals:
        """The probability of not having dropped out; 1 for whoever bought once, however long ago."""
        log_odds = (
            math.log(self.a)
            - np.log(np.maximum(self.b + known.x - 1, 1e-300))
            + (self.r + known.x) * (np.log(self.alpha + known.age) - np.log(self.alpha + known.t_x))
        )
        dropped = np.where(known.x > 0, 1.0 / (1.0 + np.exp(np.clip(-log_odds, -700, 700))), 0.0)
        return np.asarray(1.0 - dropped)

    def expected(self, known: Histories, ahead: Reals) -> Reals:
        """Expected purchases within ``ahead``; finite and not negative whatever the history."""
        if not len(known):
            return np.zeros(0)
        counted = self._by_formula(known, ahead)
        doubtful = ~np.isfinite(counted) | (counted < 0)
        if doubtful.any():
            some = Histories(known.x[doubtful], known.t_x[doubtful], known.age[doubtful])
            counted[doubtful] = self._by_integration(some, ahead[doubtful])
        return np.asarray(counted * self.alive(known))

    def any_purchase(self, known: Histories, ahead: Reals) -> Reals:
        """The probability of at least one purchase within ``ahead``."""
        none = (self.r + known.x) * (np.log(self.alpha + known.age) - np.log(self.alpha + known.age + ahead))
        return np.asarray(self.alive(known) * -np.expm1(none))

    def log_likelihood(self, known: Histories, times: Reals) -> float:
        """Of histories that occur so many times."""
        r, alpha, a, b, x = self.r, self.alpha, self.a, self.b, known.x
        common = gammaln(r + x) - gammaln(r) + r * math.log(alpha)
        stayed = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + known.age)
        repeats = np.maximum(x, 1)
        left = betaln(a + 1, b + repeats - 1) - betaln(a, b) - (r + x) * np.log(alpha + known.t_x)
        told = common + np.where(x > 0, np.logaddexp(stayed, left), stayed)
        return float((times * told).sum())

    def _by_formula(self, known: Histories, ahead: Reals) -> Reals:
        """Equation 10 of the paper for a customer who is still there, after Euler's transformation: without the powers
        of ``x`` in it, frequent customers do not overflow."""
        a = self.a if abs(self.a - 1) > _NEAR_ONE else 1 + _NEAR_ONE
        top, shrunk = a + self.b + known.x - 1, (self.alpha + known.age) / (self.alpha + known.age + ahead)
        with np.errstate(all="ignore"):
            series = hyp2f1(a + self.b - 1 - self.r, a - 1, top, 1 - shrunk)
            return np.asarray(top / (a - 1) * (1 - shrunk ** (a - 1) * series))

    def _by_integration(self, known: Histories, ahead: Reals) -> Reals:
        """The same as the mean over the drop-out probabilities that are left, Beta(a, b + x)."""
        drop = np.maximum(betaincinv(self.a, self.b + known.x[:, None], _NODES), 1e-12)
        age = self.alpha + known.age[:, None]
        none = (self.r + known.x[:, None]) * (np.log(age) - np.log(age + drop * ahead[:, None]))
        return np.asarray((-np.expm1(none) / drop).mean(axis=1))


def fitted(known: Histories) -> BgNbd:
    """The parameters of the highest likelihood."""
    scale = max(float(known.age.max()), 1e-9) / 10
    rows, times = np.unique(np.stack([known.x, known.t_x / scale, known.age / scale]), axis=1, return_counts=True)
    histories, weights = Histories(*rows), times.astype(np.float64)

    def loss(logs: Reals) -> float:
        return -BgNbd(*np.exp(logs)).log_likelihood(histories, weights) / len(known)

    bounds = [(-_LIMIT, _LIMIT)] * 4
    found = [minimize(loss, start, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13}) for start in _STARTS]
    r, alpha, a, b = np.exp(min(found, key=lambda each: each.fun).x)
    return BgNbd(float(r), float(alpha * scale), float(a), float(b))
