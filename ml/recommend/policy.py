"""A policy: which recommender serves which placement, on what terms. Content, not provenance, makes its id."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Final

import polars as pl

from ml.fingerprint import code_revision
from ml.recommend.objectives import PURCHASE
from ml.tables import BUY_AGAIN, DISCOVER, FOR_YOU, POLICY, Col


@dataclass(frozen=True)
class Placement:
    """A shelf in the shop: which items may stand on it, and the evaluation setting that decides its recipe."""

    name: str
    setting: str
    exclude_seen: bool = False
    only_seen: bool = False


PLACEMENTS: Final = (
    Placement(FOR_YOU, "all"),
    Placement(DISCOVER, "new", exclude_seen=True),
    Placement(BUY_AGAIN, "all", only_seen=True),
)
RULE_BASED_RECIPES: Final = {FOR_YOU: "buy_it_again", DISCOVER: "popularity", BUY_AGAIN: "buy_it_again"}
"""Policy 0: serves until a trained model is effective."""


@dataclass(frozen=True)
class Policy:
    """What a day is scored with.

    Attributes:
        model_name: ``rules`` for policy 0, else the registered model's name.
        model_hash: hash of the model's files; of nothing for policy 0.
        recipes: placement name to recommender name.
        mode: ``explore`` where rules have places drawn, else ``exploit``.
        rules: the rules in force on the day (``RuleBook.content``).
        objectives: placement name to objective, where it is not ``purchase``.
    """

    model_name: str
    model_hash: str
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
        return _digest([*(asdict(placement) for placement in PLACEMENTS), *self.rules])

    @property
    def policy_id(self) -> str:
        """Twelve hex digits over model content, recipes, objectives, rules, mode and code."""
        model = [self.model_name, self.model_hash, dict(self.recipes), dict(self.objectives)]
        return _digest([*model, self.rules_hash, self.mode, code_revision()])

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
                    Col.code_revision: code_revision(),
                }
                for placement in PLACEMENTS
            )
        )


def rule_based_policy() -> Policy:
    """Policy 0."""
    return Policy("rules", "", RULE_BASED_RECIPES)


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]
