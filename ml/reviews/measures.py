"""How good sentiments are: over all, per class, per month, and paired against each other."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from ml.reviews.numbers import Flags, Ints, Reals

_BINS: Final = 10
_EDGE: Final = 1e-4


class PerClass(NamedTuple):
    """Of one class: how many of those found are right, how many of those there are found, and both in one."""

    precision: float
    recall: float
    f1: float
    support: int


class Difference(NamedTuple):
    """How much larger one mean loss is than another, with a 95 % interval."""

    mean: float
    low: float
    high: float


def of_class(found: Flags, is_so: Flags) -> PerClass:
    """Of the class that both say of each row; 0 where a share is of nothing."""
    right = float((found & is_so).sum())
    precision, recall = right / max(int(found.sum()), 1), right / max(int(is_so.sum()), 1)
    f1 = 2 * right / max(int(found.sum()) + int(is_so.sum()), 1)
    return PerClass(precision, recall, f1, int(is_so.sum()))


def macro_f1(found: Flags, positive: Flags) -> float:
    """The mean F1 of both classes."""
    return (of_class(found, positive).f1 + of_class(~found, ~positive).f1) / 2


def auc(scores: Reals, positive: Flags) -> float:
    """The chance that a positive text has a higher score than a negative one; ½ where there is one kind only."""
    from scipy.stats import rankdata

    count, rest = int(positive.sum()), int((~positive).sum())
    if not count or not rest:
        return 0.5
    return float((rankdata(scores)[positive].sum() - count * (count + 1) / 2) / (count * rest))


def log_losses(probabilities: Reals, positive: Flags) -> Reals:
    """Per row; probabilities are kept a ten-thousandth away from 0 and 1."""
    of_truth = np.where(positive, probabilities, 1 - probabilities)
    return np.asarray(-np.log(np.clip(of_truth, _EDGE, 1)))


def calibration_error(probabilities: Reals, positive: Flags) -> float:
    """The expected calibration error over ten equally large groups."""
    return float(
        sum(
            len(part) * abs(float(probabilities[part].mean()) - float(positive[part].mean()))
            for part in tenths(probabilities)
        )
        / max(len(positive), 1)
    )


def tenths(probabilities: Reals) -> list[Ints]:
    """Rows in ten equally large groups by probability, rising; fewer where there are fewer rows."""
    return [part for part in np.array_split(np.argsort(probabilities, kind="stable"), _BINS) if len(part)]


def bootstrap(worse: Reals, better: Reals, groups: Ints, seed: int, draws: int = 2000) -> Difference:
    """How much larger the mean of one is than that of the other, rows paired, groups drawn (percentile interval)."""
    sums = np.bincount(groups, weights=worse - better)
    rows = np.bincount(groups).astype(np.float64)
    sums, rows = sums[rows > 0], rows[rows > 0]
    drawn = np.random.default_rng(seed).multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=draws)
    means = (drawn @ sums) / (drawn @ rows)
    low, high = np.quantile(means, (0.025, 0.975))
    return Difference(float((worse - better).mean()), float(low), float(high))
