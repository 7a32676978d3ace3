"""The second stage: LightGBM classifiers that say how likely a candidate is to be bought within the horizon."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ml.recommend.calibration import Reliability, fitted_line
from ml.recommend.encoding import Floats, Ints, Reals

FEWEST: Final = 300
"""Bought candidates below which nothing is learned."""
FEW_TO_CALIBRATE: Final = 50
"""Bought candidates below which only the sampling is undone."""
_LEARN, _CALIBRATE, _TEST = "learn", "calibrate", "test"
_EVERY: Final = 40
_SMALL: Final = 20_000


@dataclass(frozen=True)
class Setup:
    """How a ranker learns.

    Attributes:
        days: past days that it learns from.
        negatives: share of the candidates that were not bought that is learned from.
        without: beginnings of the names of features that are left out.
    """

    days: int
    leaves: int
    rounds: int
    rate: float
    negatives: float = 0.25
    without: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Ranker:
    """Fitted classifiers, in LightGBM's text format, whose log-odds are averaged.

    ``slope`` and ``intercept`` turn that mean into the log-odds of a purchase: they undo the sampling of the examples
    and mend what is left of it on shoppers from whom nothing was learned (Platt 1999).
    """

    texts: tuple[str, ...]
    slope: float = 1.0
    intercept: float = 0.0

    @property
    def columns(self) -> list[str]:
        """Names of the features, in order."""
        names: list[str] = self._boosters[0].feature_name()
        return names

    def log_odds(self, table: Floats) -> Reals:
        """Per row of a table of ``columns``, before the calibration."""
        if not len(table):
            return np.zeros(0)
        return np.asarray(np.mean([each.predict(table, raw_score=True) for each in self._boosters], axis=0))

    def probability(self, table: Floats) -> Reals:
        """Per row of a table of ``columns``, in (0, 1)."""
        return np.asarray(1.0 / (1.0 + np.exp(-(self.slope * self.log_odds(table) + self.intercept))))

    def probabilities(self, features: Mapping[str, Floats]) -> Reals:
        """Per candidate, from its features by name."""
        return self.probability(np.column_stack([features[name] for name in self.columns]))

    @property
    def importances(self) -> dict[str, float]:
        """By column: its share of the total gain."""
        gain = np.sum([each.feature_importance("gain") for each in self._boosters], axis=0)
        return dict(zip(self.columns, (gain / max(gain.sum(), 1e-12)).tolist(), strict=True))

    @cached_property
    def _boosters(self) -> list[Any]:
        import lightgbm

        return [lightgbm.Booster(model_str=text) for text in self.texts]


class Textbook:
    """What one ranker is learned from, calibrated and tested on: the candidates of past days.

    Of the newest day every fortieth shopper sets the calibration and another fortieth tests it; nothing is learned
    from either. Of all others the bought candidates are kept, and the setup's share of those that were not.
    """

    def __init__(self, setup: Setup, seed: int) -> None:
        self._setup, self._draw = setup, np.random.default_rng(seed)
        self._columns: tuple[str, ...] = ()
        self._parts: dict[str, list[tuple[Floats, NDArray[np.bool_]]]] = {_LEARN: [], _CALIBRATE: [], _TEST: []}

    def add(self, features: Mapping[str, Floats], bought: NDArray[np.bool_], shopper: Ints, *, newest: bool) -> None:
        """One block of candidates: parallel arrays; ``shopper`` says whose each is, ``newest`` if of the latest day."""
        self._columns = tuple(name for name in features if not name.startswith(self._setup.without or "~"))
        turn = shopper % _EVERY if newest else np.full(len(shopper), -1)
        sampled = bought | (self._draw.random(len(bought)) < self._setup.negatives)
        kept = {_CALIBRATE: turn == 0, _TEST: turn == _EVERY // 2}
        kept[_LEARN] = sampled & ~kept[_CALIBRATE] & ~kept[_TEST]
        for part, chosen in kept.items():
            table = np.column_stack([features[name][chosen] for name in self._columns])
            self._parts[part].append((table, bought[chosen]))

    def learned(self, seeds: Sequence[int], threads: int) -> Ranker | None:
        """A calibrated ranker, a classifier per seed; None when too few candidates were bought, or all.

        The number of threads does not change the result.
        """
        import lightgbm

        table, bought = self._part(_LEARN)
        if bought.sum() < FEWEST or bought.all():
            return None
        threads = threads if len(table) > _SMALL else 1  # threads that wait for each other cost more than they help
        data = lightgbm.Dataset(table, bought, feature_name=list(self._columns), params=_BINS, free_raw_data=False)
        boosters = [lightgbm.train(_params(self._setup, seed, threads), data, self._setup.rounds) for seed in seeds]
        ranker = Ranker(tuple(each.model_to_string() for each in boosters), 1.0, math.log(self._setup.negatives))
        table, bought = self._part(_CALIBRATE)
        if bought.sum() < FEW_TO_CALIBRATE:
            return ranker
        slope, intercept = fitted_line(ranker.log_odds(table), bought)
        return replace(ranker, slope=slope, intercept=intercept)

    def reliability(self, ranker: Ranker) -> Reliability:
        """How well the ranker's probabilities held for the shoppers that were kept for the test."""
        table, bought = self._part(_TEST)
        return Reliability.of(ranker.probability(table), bought)

    def _part(self, name: str) -> tuple[Floats, NDArray[np.bool_]]:
        if not self._parts[name]:
            return np.zeros((0, len(self._columns)), dtype=np.float32), np.zeros(0, dtype=np.bool_)
        tables, bought = zip(*self._parts[name], strict=True)
        return np.concatenate(tables), np.concatenate(bought)


_BINS: Final = {"max_bin": 127, "verbose": -1}


def _params(setup: Setup, seed: int, threads: int) -> dict[str, Any]:
    return _BINS | {
        "objective": "binary",
        "num_leaves": setup.leaves,
        "learning_rate": setup.rate,
        "min_data_in_leaf": 100,
        "feature_fraction": 0.5,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 5.0,
        "seed": seed,
        "num_threads": threads,
        "deterministic": True,
        "force_col_wise": True,
    }
