"""A policy: which recommender serves which placement, on what terms. Content, not provenance, makes its id."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

import polars as pl

from ml.fingerprint import code_revision
from ml.tables import POLICY, Col


@dataclass(frozen=True)
class Placement:
    """A shelf in the shop: which items may stand on it, and the evaluation setting that decides its recipe."""

    name: str
    setting: str
    exclude_seen: bool = False
    only_seen: bool = False


PLACEMENTS: Final = (
    Placement("for_you", "all"),
    Placement("discover", "new", exclude_seen=True),
    Placement("buy_again", "all", only_seen=True),
)
RULE_BASED_RECIPES: Final = {"for_you": "buy_it_again", "discover": "popularity", "buy_again": "buy_it_again"}
"""Policy 0: serves until a trained model is effective."""


@dataclass(frozen=True)
class Policy:
    """What a day is scored with.

    Attributes:
        model_name: ``rules`` for policy 0, else the registered model's name.
        model_hash: hash of the model's files; of nothing for policy 0.
        recipes: placement name to recommender name.
    """

    model_name: str
    model_hash: str
    recipes: Mapping[str, str]
    mode: str = "exploit"

    @property
    def rules_hash(self) -> str:
        """Hash of the placements' terms."""
        return _digest([asdict(placement) for placement in PLACEMENTS])

    @property
    def policy_id(self) -> str:
        """Twelve hex digits over model content, recipes, rules, mode and code."""
        content = [self.model_name, self.model_hash, dict(self.recipes), self.rules_hash, self.mode, code_revision()]
        return _digest(content)

    def table(self) -> pl.DataFrame:
        """The policy as published: one row per placement."""
        return POLICY.checked(
            pl.DataFrame(
                {
                    Col.policy_id: self.policy_id,
                    Col.placement: placement.name,
                    Col.model_name: self.model_name,
                    Col.recipe: self.recipes[placement.name],
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
