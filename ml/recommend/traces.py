"""What a day's rows and its manifest say of where they come from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date

import polars as pl
from pydantic import JsonValue

from ml.recommend.outputs import RECOMMENDATION
from ml.recommend.policy import Policy
from ml.recommend.rules.rerank import relevance_lost
from ml.recommend.screens.layout import Layout
from ml.tables import Col


def identified(shelves: pl.DataFrame, as_of: date, policy: Policy) -> pl.DataFrame:
    """Adds what a row needs to be traced: its policy, its day and an id that a click can carry back."""
    stem = f"{as_of} {policy.policy_id} "
    named = pl.concat_str(pl.lit(stem), Col.placement, Col.user_id, Col.item_id, separator="\x1f")
    return RECOMMENDATION.checked(
        shelves.with_columns(
            named.map_elements(
                lambda text: hashlib.sha256(text.encode()).hexdigest()[:20], return_dtype=pl.String
            ).alias(Col.recommendation_id),
            pl.lit(policy.policy_id).alias(Col.policy_id),
            pl.lit(as_of).alias(Col.as_of_date),
        )
    )


def decided(policy: Policy, version: int | None, layouts: Sequence[Layout]) -> dict[str, JsonValue]:
    """For the manifest: the policy, the model's version, the rules and layouts in force."""
    return {
        "policy_id": policy.policy_id,
        "model_name": policy.model_name,
        "model_version": version,
        "model_hash": policy.model_hash,
        "recipes": json.loads(json.dumps(dict(policy.recipes))),
        "objectives": dict(policy.objectives),
        "mode": policy.mode,
        "rules": json.loads(json.dumps(policy.rules)),
        "layouts": [layout.content for layout in layouts],
    }


def counts(policy: Policy, k: int, shelves: pl.DataFrame, shoppers: int) -> dict[str, JsonValue]:
    """For the manifest and the gates: shoppers, lists shorter than ``k`` by placement, what rules cost."""
    full = shelves.group_by(Col.placement, Col.user_id).len().filter(pl.col("len") >= k)
    lists = dict(full.group_by(Col.placement).len().iter_rows())
    return {
        "shoppers": shoppers,
        "short_lists": {each.name: shoppers - lists.get(each.name, 0) for each in policy.placements},
        "relevance_lost_to_rules": relevance_lost(shelves) if policy.rules else {},
    }
