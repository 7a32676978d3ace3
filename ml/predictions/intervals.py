"""Intervals by conformal prediction: how far predictions of past days were off, among customers predicted alike.

Customers fall into equally large bins by prediction. In each, the shortest range of outcome ÷ prediction that holds the
wanted share of past outcomes is what a new customer's range is made of (Mondrian split conformal prediction, Vovk 2005;
Romano, Patterson and Candès 2019 for ranges that need not be even). It holds whatever model predicts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from ml.predictions.customers import Reals

LEVEL: Final = 0.8
_BINS: Final = 20
_FEWEST: Final = 50
"""Past outcomes in a bin."""
_FLOOR: Final = 1e-6


@dataclass(frozen=True)
class Intervals:
    """Ranges of outcome ÷ prediction by bin.

    Attributes:
        edges: predictions between the bins, rising.
        low, high: a bin each, one more than edges.
    """

    edges: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def around(self, predicted: Reals) -> tuple[Reals, Reals]:
        """Lower and upper ends, with the prediction between them."""
        place = np.searchsorted(np.array(self.edges), predicted, side="right")
        base = np.maximum(predicted, _FLOOR)
        low, high = base * np.array(self.low)[place], base * np.array(self.high)[place]
        return np.minimum(low, predicted), np.maximum(high, predicted)

    @property
    def content(self) -> dict[str, Any]:
        """As JSON."""
        return {"edges": list(self.edges), "low": list(self.low), "high": list(self.high)}

    @staticmethod
    def restored(content: Mapping[str, Any]) -> Intervals:
        """What ``content`` said."""
        return Intervals(*(tuple(map(float, content[name])) for name in ("edges", "low", "high")))


def learned(predicted: Reals, outcome: Reals, level: float = LEVEL) -> Intervals | None:
    """From past predictions and what came of them; None where they are too few."""
    if len(predicted) < _FEWEST:
        return None
    bins = min(_BINS, len(predicted) // _FEWEST)
    edges = np.unique(np.quantile(predicted, np.arange(1, bins) / bins))
    place = np.searchsorted(edges, predicted, side="right")
    ratio = outcome / np.maximum(predicted, _FLOOR)
    ranges = [_shortest(np.sort(ratio[place == number]), level) for number in range(len(edges) + 1)]
    return Intervals(tuple(map(float, edges)), *(tuple(float(each[end]) for each in ranges) for end in (0, 1)))


def _shortest(ratios: Reals, level: float) -> tuple[float, float]:
    """The shortest range that holds the share, with the one more outcome that a new one's exchangeability asks for."""
    if not len(ratios):
        return 0.0, 1.0
    inside = min(math.ceil(level * (len(ratios) + 1)), len(ratios))
    widths = ratios[inside - 1 :] - ratios[: len(ratios) - inside + 1]
    first = int(np.argmin(widths))
    return float(ratios[first]), float(ratios[first + inside - 1])


def coverage(low: Reals, high: Reals, outcome: Reals) -> float:
    """The share of outcomes inside their ranges."""
    return float(((low <= outcome) & (outcome <= high)).mean())
