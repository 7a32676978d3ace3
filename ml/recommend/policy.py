"""A policy: which recommender serves which placement, on what terms. Content, not provenance, makes its id."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import polars as pl

from ml.placements import Placement
from ml.recommend.code import recommend_revision
from ml.recommend.outputs import POLICY
from ml.recommend.rules.objectives import PURCHASE
from ml.tables import Col

_RULE_BASED: Final = {
    "anything": "buy_it_again",
    "not_seen": "popularity",
    "seen": "buy_it_again",
    "due_again": "buy_it_again",
}


def rule_based_recipe(placement: Placement) -> str:
    """The recommender of policy 0, which serves a placement until a trained model is effective."""
    return _RULE_BASED[placement.eligible]


@dataclass(frozen=True)
class Policy:
    """What a day is scored with.

    Attributes:
        model_name: ``rules`` for policy 0, else the registered model's name.
        model_hash: hash of the model's files; of nothing for policy 0.
        placements: the shelves that are published.
        recipes: placement name to recommender name.
        mode: ``explore`` where rules have places drawn, else ``exploit``.
        rules: the rules in force on the day (``RuleSet.content``).
        objectives: placement name to objective, where it is not ``purchase``.
    """

    model_name: str
    model_hash: str
    placements: tuple[Placement, ...]
    recipes: Mapping[str, str]
    mode: str = "exploit"
    rules: tuple[Mapping[str, object], ...] = ()
    objectives: Mapping[str, str] = field(default_factory=dict)

    def following(self, rules: tuple[Mapping[str, object], ...], mode: str) -> Policy:
        """This policy under the rules in force on a day."""
        return replace(self, rules=rules, mode=mode)

    def objective(self, placement: str) -> str:
        """What a placement is ranked for."""
        return self.objectives.get(placement, PURCHASE)

    @property
    def rules_hash(self) -> str:
        """Hash of the placements' terms and the rules in force."""
        return _digest([*(placement.model_dump() for placement in self.placements), *self.rules])

    @property
    def policy_id(self) -> str:
        """Twelve hex digits over model content, recipes, objectives, rules, mode and code."""
        model = [self.model_name, self.model_hash, dict(self.recipes), dict(self.objectives)]
        return _digest([*model, self.rules_hash, self.mode, recommend_revision()])

    def table(self) -> pl.DataFrame:
        """The policy as published: one row per placement."""
        return POLICY.checked(
            pl.DataFrame(
                {
                    Col.policy_id: self.policy_id,
                    Col.placement: placement.name,
                    Col.model_name: self.model_name,
                    Col.recipe: self.recipes[placement.name],
                    Col.objective: self.objective(placement.name),
                    Col.rules_hash: self.rules_hash,
                    Col.mode: self.mode,
                    Col.code_revision: recommend_revision(),
                }
                for placement in self.placements
            )
        )


def rule_based_policy(placements: tuple[Placement, ...]) -> Policy:
    """Policy 0 for the placements that are on."""
    return Policy("rules", "", placements, {each.name: rule_based_recipe(each) for each in placements})


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]
