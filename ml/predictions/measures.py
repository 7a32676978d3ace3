"""How good predictions were: per customer losses, and figures over all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import rankdata

from ml.predictions.customers import Ints, Reals
from ml.predictions.targets import Kind

_Z: Final = 1.959964
BINS: Final = 10


def losses(kind: Kind, predicted: Reals, outcome: Reals) -> Reals:
    """Per customer: squared error of a probability (Brier), absolute error of a count or an amount."""
    error = predicted - outcome
    return np.asarray(error**2 if kind.is_probability else np.abs(error))


def auc(predicted: Reals, outcome: Reals) -> float:
    """The chance that a buyer is ranked above a non-buyer; ½ where there is one of both kinds only."""
    positive = int(outcome.sum())
    negative = len(outcome) - positive
    if not positive or not negative:
        return 0.5
    ranks = rankdata(predicted)[outcome > 0].sum()
    return float((ranks - positive * (positive + 1) / 2) / (positive * negative))


def bias(predicted: Reals, outcome: Reals) -> float:
    """How far the predicted total is above the real one, as a share of it."""
    return float(predicted.sum() / max(outcome.sum(), 1e-9) - 1)


def tenths(predicted: Reals, bins: int = BINS) -> list[Ints]:
    """Rows in equally large groups by prediction, rising; fewer groups where there are fewer rows."""
    return [part for part in np.array_split(np.argsort(predicted, kind="stable"), bins) if len(part)]


def reliability(predicted: Reals, outcome: Reals, bins: int = BINS) -> tuple[Reals, Reals, Ints]:
    """Mean prediction and share of outcomes in equally large groups by prediction, rising, and how many each has."""
    groups = tenths(predicted, bins)
    means = ([float(values[part].mean()) for part in groups] for values in (predicted, outcome))
    promised, observed = (np.array(each) for each in means)
    return promised, observed, np.array([len(part) for part in groups])


def calibration_error(predicted: Reals, outcome: Reals) -> float:
    """The expected calibration error over ten equally large groups."""
    promised, observed, count = reliability(predicted, outcome)
    return float((np.abs(promised - observed) * count).sum() / max(count.sum(), 1))


@dataclass(frozen=True)
class Difference:
    """How much larger one loss is than another on average, with a 95 % interval."""

    mean: float
    low: float
    high: float


def difference(larger: Reals, smaller: Reals, shoppers: Ints) -> Difference:
    """Paired by row; rows of one shopper are not independent, so that shoppers are what the interval counts.

    Args:
        shoppers: a number per shopper, of each row.
    """
    per_row = larger - smaller
    sums = np.bincount(shoppers, weights=per_row)
    rows = np.bincount(shoppers)
    present = rows > 0
    mean = float(per_row.mean())
    spread = sums[present] - mean * rows[present]
    clusters = int(present.sum())
    error = float(np.sqrt((spread**2).sum() * clusters / max(clusters - 1, 1))) / len(per_row)
    return Difference(mean, mean - _Z * error, mean + _Z * error)


def gains(predicted: Reals, outcome: Reals) -> tuple[Reals, Reals]:
    """Of the shares 0 to 1 of customers, those predicted highest first: the share of the whole outcome they have."""
    order = np.argsort(-predicted, kind="stable")
    total = np.concatenate([[0.0], np.cumsum(outcome[order])])
    return np.linspace(0, 1, len(total)), total / max(total[-1], 1e-12)
