"""``purchase_probability``: what the ranker of a policy says of the pairs of shopper and item that it scores.

It is a prediction, not a recommendation: rules, consents and objectives of placements do not touch it. It keeps to
what can be offered: recommendable items, and none that the shopper disliked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol, runtime_checkable

import polars as pl
from pydantic import JsonValue

from ml.recommend.core.protocol import Recommender
from ml.recommend.core.request import Request
from ml.recommend.outputs import PURCHASE_PROBABILITY
from ml.recommend.policy import Policy
from ml.tables import Col


@runtime_checkable
class Forecaster(Protocol):
    """A recommender that can tell how likely each pair that it scores is to be bought."""

    @property
    def scores_are_probabilities(self) -> bool:
        """Whether it can with what it learned."""
        ...

    def probabilities(self, request: Request) -> pl.DataFrame:
        """user_id, item_id, probability and horizon_days of each pair that it scores for the request's shoppers.

        Seen items or not, whichever the request asks for: each pair once, by what was learned for its kind. The lists
        of the same request are made on the way, so that asking for them next costs nothing.
        """
        ...


@dataclass(frozen=True, eq=False)
class Forecast:
    """What a policy says of a day, by the recommender of its first placement that gives probabilities."""

    policy: Policy
    models: Mapping[str, Recommender]
    as_of: date

    @cached_property
    def recipe(self) -> str:
        """Which recommender that is; empty where none gives probabilities."""
        served = (self.policy.recipes[placement.name] for placement in self.policy.placements)
        return next((name for name in served if _forecaster(self.models[name])), "")

    def of(self, request: Request) -> pl.DataFrame:
        """Rows of ``PURCHASE_PROBABILITY`` for the request's shoppers; none where nobody gives probabilities."""
        forecaster = _forecaster(self.models[self.recipe]) if self.recipe else None
        if forecaster is None:
            return PURCHASE_PROBABILITY.empty()
        policy_id, as_of = pl.lit(self.policy.policy_id), pl.lit(self.as_of)
        found = forecaster.probabilities(request)
        return PURCHASE_PROBABILITY.checked(
            found.with_columns(policy_id.alias(Col.policy_id), as_of.alias(Col.as_of_date))
        )

    def told(self, pairs: int) -> dict[str, JsonValue]:
        """For the manifest: who gives probabilities, of how many pairs; or why there are none."""
        if self.recipe:
            return {PURCHASE_PROBABILITY.name: {"recipe": self.recipe, "pairs": pairs}}
        served = ", ".join(sorted(set(self.policy.recipes.values())))
        return {PURCHASE_PROBABILITY.name: {"why_empty": f"no recommender gives probabilities: {served}"}}


def _forecaster(model: Recommender) -> Forecaster | None:
    return model if model.scores_are_probabilities and isinstance(model, Forecaster) else None
