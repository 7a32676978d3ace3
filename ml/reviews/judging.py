"""Recipes judged by grouped cross-validation: scores that each text got from classifiers that never saw its group."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from ml.reviews.classifier import BY_NAME, Classifier, Inputs, Recipe, calibrated, fit
from ml.reviews.measures import Difference, auc, bootstrap, calibration_error, log_losses, macro_f1
from ml.reviews.numbers import Flags, Ints, Reals

FOLDS: Final = 5
ACCURACY: Final = 0.9
"""What the threshold of a clear text aims at: so many of the clear texts are classified as their ratings say."""
_STEPS: Final = tuple(round(0.5 + 0.025 * step, 3) for step in range(20))


@dataclass(frozen=True, eq=False)
class Judged:
    """Recipes on the same rows.

    Attributes:
        fold: of each row.
        groups: a number per group of rows that belong together, of each row.
        scores: by recipe, the simplest first, before calibration.
        probabilities: calibrated on the other folds.
        least: by recipe the threshold of each row's fold, chosen on the others.
        seconds: by recipe, CPU seconds.
    """

    positive: Flags
    fold: Ints
    groups: Ints
    scores: Mapping[str, Reals]
    probabilities: Mapping[str, Reals]
    least: Mapping[str, Reals]
    seconds: Mapping[str, float]

    def is_clear(self, name: str) -> Flags:
        """Whether the recipe decides on each row; else it abstains."""
        found = self.probabilities[name]
        return np.asarray(np.maximum(found, 1 - found) >= self.least[name])

    def figures(self, name: str) -> dict[str, float]:
        """What people compare."""
        probabilities, positive = self.probabilities[name], self.positive
        found, clear = probabilities > 0.5, self.is_clear(name)
        return {
            "accuracy": float((found == positive).mean()),
            "macro_f1": macro_f1(found, positive),
            "auc": auc(probabilities, positive),
            "log_loss": float(log_losses(probabilities, positive).mean()),
            "calibration_error": calibration_error(probabilities, positive),
            "coverage": float(clear.mean()),
            "accuracy_where_clear": float((found == positive)[clear].mean()) if clear.any() else 1.0,
            "cpu_seconds": self.seconds[name],
        }

    def against(self, worse: str, better: str, seed: int) -> Difference:
        """How much larger the log loss of one is than that of the other."""
        more, less = (log_losses(self.probabilities[name], self.positive) for name in (worse, better))
        return bootstrap(more, less, self.groups, seed)


@dataclass(frozen=True)
class Choice:
    """The recipe that serves a language, and why."""

    recipe: str
    why: str


def folds_of(positive: Flags, groups: Ints, seed: int) -> Ints:
    """The fold of each row: rows of a group share one, classes are spread evenly."""
    from sklearn.model_selection import StratifiedGroupKFold

    found = np.zeros(len(positive), np.int64)
    split = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for number, (_, rows) in enumerate(split.split(groups, positive, groups)):
        found[rows] = number
    return found


def judge(known: Inputs, groups: Ints, seed: int) -> Judged:
    """Every recipe that can be learned, on every row."""
    fold = folds_of(known.positive, groups, seed)
    scores, seconds = {}, {}
    for recipe in known.able():
        begun = time.process_time()
        scores[recipe.name] = _out_of_fold(recipe, known, fold, seed)
        seconds[recipe.name] = time.process_time() - begun
    crossed = {name: _calibrated_across(each, known.positive, fold) for name, each in scores.items()}
    least = {name: _least_across(each, known.positive, fold) for name, each in crossed.items()}
    return Judged(known.positive, fold, groups, scores, crossed, least, seconds)


def choose(judged: Judged, language: str, incumbent: str | None, seed: int) -> Choice:
    """The recipe that serves: the incumbent or else the simplest, until one is significantly better."""
    names = list(judged.scores)
    current = incumbent if incumbent in names else names[0]
    why = f"{language}: {current}" + (" as before" if current == incumbent else " is the simplest")
    for name in names:
        found = judged.against(current, name, seed)
        if name != current and found.low > 0:
            why = (
                f"{language}: {name}, whose log loss is {found.mean:.4f} [{found.low:.4f}, {found.high:.4f}] smaller "
                f"than that of {current}"
            )
            current = name
    return Choice(current, why)


def fitted(judged: Judged, known: Inputs, choice: Choice, seed: int) -> Classifier:
    """The chosen recipe, learned from every row and calibrated on the scores that were judged."""
    scores, every = judged.scores[choice.recipe], np.arange(len(known.positive))
    slope, intercept = platt(scores, known.positive)
    least = least_clear(calibrated(scores, slope, intercept), known.positive)
    return replace(fit(BY_NAME[choice.recipe], known, every, seed), slope=slope, intercept=intercept, least=least)


def platt(scores: Reals, positive: Flags) -> tuple[float, float]:
    """Slope and intercept that make probabilities of scores, four digits; the slope is never below 0."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1e3, solver="newton-cholesky").fit(scores.reshape(-1, 1), positive)
    return max(round(float(model.coef_[0, 0]), 4), 0.0), round(float(model.intercept_[0]), 4)


def least_clear(probabilities: Reals, positive: Flags, steps: Sequence[float] = _STEPS) -> float:
    """The lowest threshold from which on ``ACCURACY`` of the texts at least as clear are classified rightly; the
    highest one where none does."""
    confident, right = np.maximum(probabilities, 1 - probabilities), (probabilities > 0.5) == positive
    for least in steps:
        clear = confident >= least
        if clear.any() and right[clear].mean() >= ACCURACY:
            return least
    return steps[-1]


def _out_of_fold(recipe: Recipe, known: Inputs, fold: Ints, seed: int) -> Reals:
    found = np.zeros(len(fold))
    for number in range(FOLDS):
        asked = np.flatnonzero(fold == number)
        if len(asked):
            classifier = fit(recipe, known, np.flatnonzero(fold != number), seed)
            found[asked] = classifier.scores_of(known, asked)
    return found


def _calibrated_across(scores: Reals, positive: Flags, fold: Ints) -> Reals:
    found = np.zeros(len(fold))
    for number in range(FOLDS):
        rest = fold != number
        found[~rest] = calibrated(scores[~rest], *platt(scores[rest], positive[rest]))
    return found


def _least_across(probabilities: Reals, positive: Flags, fold: Ints) -> Reals:
    found = np.zeros(len(fold))
    for number in range(FOLDS):
        rest = fold != number
        found[~rest] = least_clear(probabilities[rest], positive[rest])
    return found
