"""The second stage: LightGBM boosters that say how likely a candidate is to be bought within the horizon.

A ranker averages the scores of a binary classifier and a LambdaRank (Burges, "From RankNet to LambdaRank to
LambdaMART", 2010), scaled to equal spread. The classifier scores each candidate on its own and predicts purchases
within the horizon; the LambdaRank orders each shopper's candidates and is trained on days half as old with half the
horizon. The average ranks better than either.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.encoding import Floats, Ints
from ml.recommend.two_stage.calibration import Reliability, fitted_line
from ml.recommend.two_stage.features import Features
from ml.recommend.two_stage.ranker import Ranker

Flags: TypeAlias = NDArray[np.bool_]
FEWEST: Final = 300
"""Bought candidates below which nothing is learned."""
FEW_TO_CALIBRATE: Final = 50
"""Bought candidates below which only the sampling is undone."""
CLASSIFIER, LAMBDARANK = "classifier", "lambdarank"
_CALIBRATE, _TEST = "calibrate", "test"
_WEEK: Final = 7
_EVERY: Final = 40
_CALIBRATING, _TESTING = 0, 20
_SMALL: Final = 20_000
_ENOUGH: Final = 20_000
"""Rows on which the spread of scores is measured."""


@dataclass(frozen=True)
class Setup:
    """How a ranker learns.

    Attributes:
        days: past days that the classifier learns from, a horizon apart.
        recent_days: past days that the LambdaRank learns from, half a horizon apart.
        negatives: share of the candidates that were not bought that is learned from.
        features: share of the features that a tree may look at.
        without: beginnings of the names of features that are left out.
    """

    days: int
    leaves: int
    rounds: int
    rate: float
    recent_days: int = 4
    negatives: float = 0.25
    features: float = 0.3
    without: tuple[str, ...] = ()

    @property
    def examples(self) -> float:
        """Of every candidate of a day: rows that are learned from, over all past days."""
        return self.negatives * (self.days + self.recent_days)

    def ages(self, horizon: int) -> dict[str, range]:
        """By kind of booster: how many days back its past days are; the step is how far it looks ahead."""
        half = max(horizon // _WEEK // 2, 1) * _WEEK  # past days lie whole weeks apart, as their snapshots do
        return {
            CLASSIFIER: range(horizon, horizon * self.days + 1, horizon),
            LAMBDARANK: range(half, half * self.recent_days + 1, half),
        }


class RankerDataset:
    """What one ranker is learned from, calibrated and tested on: the candidates of past days.

    Every fortieth shopper sets the calibration and another fortieth tests it; nothing is learned from either. Of all
    others the bought candidates are kept, and the setup's share of those that were not.
    """

    def __init__(self, setup: Setup, names: Sequence[str], seed: int) -> None:
        self._setup, self._draw = setup, np.random.default_rng(seed)
        self.names = tuple(name for name in names if not name.startswith(setup.without or "~"))
        self._parts: dict[str, list[_Examples]] = {name: [] for name in (CLASSIFIER, LAMBDARANK, _CALIBRATE, _TEST)}

    def add(self, kind: str, features: Features, bought: Flags, shopper: Ints) -> None:
        """One block of candidates for boosters of a kind: parallel arrays; ``shopper`` rises and says whose each is."""
        turn = shopper % _EVERY
        sampled = bought | (self._draw.random(len(bought)) < self._setup.negatives)
        self._keep(kind, features, bought, shopper, sampled & (turn != _CALIBRATING) & (turn != _TESTING))

    def hold_out(self, features: Features, bought: Flags, shopper: Ints) -> None:
        """One block of a day on which the ranker is calibrated and tested; as in ``add``."""
        turn = shopper % _EVERY
        self._keep(_CALIBRATE, features, bought, shopper, turn == _CALIBRATING)
        self._keep(_TEST, features, bought, shopper, turn == _TESTING)

    def learned(self, seeds: Sequence[int], threads: int) -> Ranker | None:
        """A calibrated ranker, two boosters per seed; None when too few candidates were bought, or all.

        The number of threads does not change the result.
        """
        examples = self._part(CLASSIFIER)
        if examples.teach_nothing:
            return None
        boosters = [each for kind in _KINDS for each in self._boosters(kind, seeds, threads)]
        ranker = _balanced(boosters, examples.table, math.log(self._setup.negatives))
        held_out = self._part(_CALIBRATE)
        if held_out.bought.sum() < FEW_TO_CALIBRATE:
            return ranker
        slope, intercept = fitted_line(ranker.log_odds(held_out.table), held_out.bought)
        return replace(ranker, slope=slope, intercept=intercept)

    def reliability(self, ranker: Ranker) -> Reliability:
        """How well the ranker's probabilities held for the shoppers that were kept for the test."""
        examples = self._part(_TEST)
        return Reliability.of(ranker.probability(examples.table), examples.bought)

    def _boosters(self, kind: str, seeds: Sequence[int], threads: int) -> list[Any]:
        import lightgbm

        examples = self._part(kind)
        if examples.teach_nothing:
            return []
        table, bought, runs = examples.table, examples.bought, examples.runs
        names = list(self.names)
        data = lightgbm.Dataset(table, bought, group=runs, feature_name=names, params=_BINS, free_raw_data=False)
        threads = threads if len(table) > _SMALL else 1  # waiting for each other costs more than it helps
        params = _params(self._setup, threads) | _KINDS[kind]
        return [lightgbm.train(params | {"seed": seed}, data, self._setup.rounds) for seed in seeds]

    def _keep(self, part: str, features: Features, bought: Flags, shopper: Ints, kept: Flags) -> None:
        table = features.of(self.names, kept)
        self._parts[part].append(_Examples(table, bought[kept], np.unique(shopper[kept], return_counts=True)[1]))

    def _part(self, name: str) -> _Examples:
        none = _Examples(np.zeros((0, len(self.names)), np.float32), np.zeros(0, np.bool_), np.zeros(0, np.int64))
        parts = [none, *self._parts[name]]
        return _Examples(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(_Examples)))


@dataclass(frozen=True, eq=False)
class _Examples:
    """Candidates with their features; ``runs`` counts those of each shopper, in order."""

    table: Floats
    bought: Flags
    runs: Ints

    @property
    def teach_nothing(self) -> bool:
        """Whether too few were bought, or all."""
        return bool(self.bought.sum() < FEWEST or self.bought.all())


def _balanced(boosters: Sequence[Any], table: Floats, intercept: float) -> Ranker:
    """The boosters with weights that give each the spread of the first one, a classifier, on ``table``.

    A LambdaRank's scores have no unit of their own; one that learned nothing is left out. ``intercept`` is added to
    the log-odds.
    """
    table = table[:: max(len(table) // _ENOUGH, 1)]
    scores = [each.predict(table, raw_score=True) for each in boosters]
    told = [number for number, each in enumerate(scores) if each.std() > 0] or [0]
    spread = scores[0].std()
    weights = [float(spread / scores[number].std()) / len(told) if spread > 0 else 1.0 for number in told]
    drift = scores[0].mean() - sum(w * scores[number].mean() for w, number in zip(weights, told, strict=True))
    texts = tuple(boosters[number].model_to_string() for number in told)
    return Ranker(texts, tuple(weights), 1.0, float(drift) + intercept)


_BINS: Final = {"max_bin": 127, "verbose": -1}
_KINDS: Final[dict[str, dict[str, Any]]] = {
    CLASSIFIER: {"objective": "binary"},
    LAMBDARANK: {
        "objective": "lambdarank",
        "lambdarank_truncation_level": 10,
        # a tree learns from whole lists of half of the shoppers: less to order, and the order of a list stays whole
        "bagging_by_query": True,
        "bagging_fraction": 0.5,
    },
}


def _params(setup: Setup, threads: int) -> dict[str, Any]:
    return _BINS | {
        "num_leaves": setup.leaves,
        "learning_rate": setup.rate,
        "min_data_in_leaf": 100,
        "feature_fraction": setup.features,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "lambda_l2": 5.0,
        "num_threads": threads,
        "deterministic": True,
        "force_col_wise": True,
    }
