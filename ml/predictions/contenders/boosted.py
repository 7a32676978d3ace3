"""Gradient boosting on the columns of the feature tables: LightGBM, in its text format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Final

import numpy as np

from ml.predictions.contenders.base import DAYS_AHEAD, Contender, Lesson, Link, Term, Terms, tempered
from ml.predictions.customers import FEATURES, Customers, Reals
from ml.predictions.targets import Kind

_FEWEST: Final = 500
"""Examples below which nothing is learned."""
_MOST: Final = 100_000
_SMALL: Final = 20_000
_ROUNDS: Final = 150
_OBJECTIVES: Final[dict[Kind, dict[str, Any]]] = {
    Kind.PURCHASE: {"objective": "binary"},
    Kind.CHURN: {"objective": "binary"},
    Kind.ORDERS: {"objective": "poisson"},
    Kind.SPEND: {"objective": "tweedie", "tweedie_variance_power": 1.3},
}
_PARAMS: Final[dict[str, Any]] = {
    "num_leaves": 12,
    "learning_rate": 0.04,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 10.0,
    "max_bin": 127,
    "deterministic": True,
    "force_col_wise": True,
    "verbose": -1,
}


class Boosted(Contender):
    """Trees over every feature, and the days ahead."""

    name: ClassVar[str] = "boosted"
    learns: ClassVar[bool] = True

    @classmethod
    def fit(cls, lesson: Lesson) -> Trees | None:
        import lightgbm

        kind, examples = lesson.target.kind, lesson.examples
        every = max(1, -(-len(examples) // _MOST))
        kept = examples.where(np.arange(len(examples)) % every == 0) if every > 1 else examples
        if len(kept) < _FEWEST or len(np.unique(kept.outcome)) == 1:
            return None
        table = _table(kept.customers, kept.horizon)
        params = _PARAMS | _OBJECTIVES[kind] | {"seed": lesson.seed}
        params["num_threads"] = lesson.threads if len(table) > _SMALL else 1
        data = lightgbm.Dataset(
            table, tempered(kept.outcome, kind), feature_name=[*FEATURES, DAYS_AHEAD], params=params
        )
        return Trees(lightgbm.train(params, data, _ROUNDS).model_to_string())

    @classmethod
    def restored(cls, content: Mapping[str, Any]) -> Trees:
        return Trees(str(content["booster"]))


@dataclass(frozen=True)
class Trees:
    """A booster as text."""

    text: str

    @property
    def content(self) -> dict[str, Any]:
        return {"booster": self.text}

    @property
    def importances(self) -> dict[str, float]:
        gain = self._booster.feature_importance("gain")
        shares = (gain / max(gain.sum(), 1e-12)).tolist()
        return dict(zip(self._booster.feature_name(), shares, strict=True))

    def predict(self, customers: Customers, ahead: Reals) -> Reals:
        if not len(customers):
            return np.zeros(0)
        return np.asarray(np.maximum(self._booster.predict(_table(customers, ahead)), 0.0))

    def terms(self, customer: Customers, ahead: Reals) -> Terms:
        """Each feature's contribution to the trees' sum (TreeSHAP), which is of log-odds or of a logarithm."""
        table = _table(customer, ahead)
        *amounts, base = self._booster.predict(table, pred_contrib=True)[0].tolist()
        values = [None if np.isnan(each) else each for each in table[0].tolist()]
        terms = (Term(*each) for each in zip(self._booster.feature_name(), values, amounts, strict=True))
        is_chance = "objective=binary" in self.text
        return Terms(tuple(terms), base, Link.LOGISTIC if is_chance else Link.EXPONENTIAL)

    @cached_property
    def _booster(self) -> Any:
        import lightgbm

        return lightgbm.Booster(model_str=self.text)


def _table(customers: Customers, ahead: Reals) -> Reals:
    return np.column_stack([customers.features, ahead])
