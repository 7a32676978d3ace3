"""A fitted ranker: what its boosters say of candidates, as probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from ml.recommend.core.encoding import Floats, Reals
from ml.recommend.two_stage.features import Features
from ml.recommend.two_stage.trees import Trees

_FIRST_TREES: Final = 50


@dataclass(frozen=True, eq=False)
class Ranker:
    """Fitted boosters, in LightGBM's text format, whose raw scores are added up, each times its weight.

    ``slope`` and ``intercept`` turn that sum into the log-odds of a purchase: they undo the sampling of the examples
    and mend what is left of it on shoppers from whom nothing was learned (Platt 1999).
    """

    texts: tuple[str, ...]
    weights: tuple[float, ...]
    slope: float = 1.0
    intercept: float = 0.0

    @property
    def columns(self) -> list[str]:
        """Names of the features, in order."""
        return list(self._trees[0].columns)

    @cached_property
    def first_columns(self) -> frozenset[str]:
        """Those of ``columns`` that the ``first_look`` reads."""
        return self._trees[-1].read(slice(_FIRST_TREES))

    def log_odds(self, table: Floats, begun: Reals | None = None, threads: int = 1) -> Reals:
        """Per row of a table of ``columns``, before the calibration; ``begun`` is the ``first_look`` at these rows."""
        total = np.zeros(len(table))
        for weight, trees in zip(self.weights[:-1], self._trees[:-1], strict=True):
            total += weight * trees.total(table, threads=threads)
        first = self.first_look(table, threads) if begun is None else begun
        rest = self._trees[-1].total(table, slice(_FIRST_TREES, None), threads)
        return np.asarray(total + self.weights[-1] * (first + rest))

    def contributions(self, row: Floats) -> tuple[dict[str, float], float]:
        """By feature what it adds to the log-odds of one row of ``columns`` before the calibration, and the rest.

        The boosters' own (LightGBM's ``pred_contrib``: Lundberg and Lee, "Consistent individualized feature attribution
        for tree ensembles", 2018), each times its weight; all of them and the rest add up to ``log_odds``.
        """
        told = zip(self.weights, self._boosters, strict=True)
        summed = sum(weight * booster.predict(row[None, :], pred_contrib=True)[0] for weight, booster in told)
        *amounts, rest = np.asarray(summed).tolist()
        return dict(zip(self.columns, amounts, strict=True)), rest

    def first_look(self, table: Floats, threads: int = 1) -> Reals:
        """Per row of a table of ``columns``: what the first trees of one booster say, a LambdaRank if there is one.

        Enough to tell which candidates may come to the top of a list, at a tenth of the cost.
        """
        return self._trees[-1].total(table, slice(_FIRST_TREES), threads)

    def probability(self, table: Floats, begun: Reals | None = None, threads: int = 1) -> Reals:
        """Per row of a table of ``columns``, in (0, 1); see ``log_odds``. Threads change no bit."""
        log_odds = self.slope * self.log_odds(table, begun, threads) + self.intercept
        return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))

    def probabilities(self, features: Features) -> Reals:
        """Per candidate, from its features."""
        return self.probability(features.of(self.columns))

    @property
    def importances(self) -> dict[str, float]:
        """By column: its share of the total gain, the mean over the boosters."""
        gains = [each.feature_importance("gain") for each in self._boosters]
        share = np.mean([gain / max(gain.sum(), 1e-12) for gain in gains], axis=0)
        return dict(zip(self.columns, share.tolist(), strict=True))

    @cached_property
    def _trees(self) -> list[Trees]:
        return [Trees.of(text) for text in self.texts]

    @cached_property
    def _boosters(self) -> list[Any]:
        import lightgbm

        return [lightgbm.Booster(model_str=text) for text in self.texts]
