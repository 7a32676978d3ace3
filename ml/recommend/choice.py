"""Which recipe a placement gets: the incumbent refreshed, unless another one is significantly better."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.recommend.evaluation.judge import Evaluation
from ml.recommend.policy import Placement

METRIC: Final = "ndcg_at_10"
_RESAMPLES: Final = 1000
_SEED: Final = 20171203


@dataclass(frozen=True)
class Choice:
    """A placement's recipe, and what spoke for it.

    Attributes:
        gain: mean paired difference of NDCG@10 to the incumbent, per shopper; None without an incumbent.
        low, high: its 95 % bootstrap interval.
    """

    placement: str
    recipe: str
    score: float
    incumbent: str | None = None
    gain: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def evidence(self) -> str:
        """The same as JSON, for a tag on the model version."""
        return json.dumps(self.__dict__, sort_keys=True)

    @classmethod
    def of(cls, evidence: str) -> Choice:
        """The choice that ``evidence`` tells of."""
        return cls(**json.loads(evidence))

    @property
    def why(self) -> str:
        """One phrase for the promotion ledger."""
        if self.incumbent is None:
            return f"{self.placement}: {self.recipe}, best of all ({METRIC} {self.score:.4f}), no incumbent"
        if self.recipe == self.incumbent:
            return f"{self.placement}: {self.recipe} refreshed"
        margin = f"{self.gain:.4f} [{self.low:.4f}, {self.high:.4f}]"
        return f"{self.placement}: {self.recipe} beats {self.incumbent} by {margin}"

    def metrics(self) -> Iterator[tuple[str, float]]:
        """The figures by name, for the training's run."""
        for name in ("score", "gain", "low", "high"):
            value = getattr(self, name)
            if value is not None:
                yield name, value


def choose(placement: Placement, evaluations: Mapping[str, Evaluation], incumbent: str | None) -> Choice:
    """The best recipe by NDCG@10 in the placement's setting; an incumbent gives way only to a significant win."""
    scores = {name: each.judged[placement.setting].per_user[METRIC].to_numpy() for name, each in evaluations.items()}
    best = max(sorted(scores), key=lambda name: float(scores[name].mean()) if len(scores[name]) else 0.0)
    if incumbent is None or incumbent not in scores or best == incumbent:
        return Choice(placement.name, best, _mean(scores[best]), incumbent)
    gain, low, high = paired_difference(scores[best], scores[incumbent])
    recipe = best if low > 0 else incumbent
    return Choice(placement.name, recipe, _mean(scores[recipe]), incumbent, gain, low, high)


def paired_difference(
    challenger: NDArray[np.float64], incumbent: NDArray[np.float64], resamples: int = _RESAMPLES, seed: int = _SEED
) -> tuple[float, float, float]:
    """Mean of ``challenger - incumbent`` per shopper and its 95 % percentile bootstrap interval.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13.
    """
    difference = challenger - incumbent
    if not len(difference):
        return 0.0, 0.0, 0.0
    generator = np.random.default_rng(seed)
    weights = generator.multinomial(len(difference), np.full(len(difference), 1 / len(difference)), size=resamples)
    low, high = np.percentile(weights @ difference / len(difference), [2.5, 97.5])
    return float(difference.mean()), float(low), float(high)


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else 0.0
