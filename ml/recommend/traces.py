"""What a day's rows and its manifest say of where they come from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
import polars as pl
from pydantic import JsonValue

from ml.recommend.core.encoding import Vocabulary
from ml.recommend.outputs import RECOMMENDATION
from ml.recommend.policy import Policy
from ml.recommend.rules.rerank import LOST, lost_to_rules, mean_lost
from ml.recommend.screens.layout import Layout
from ml.tables import Col

LISTED: Final = (Col.placement, Col.user_id, Col.rank, Col.rank_before_rules)
"""What ``lists_of`` reads."""
_LENGTH: Final = "length"
_WORDS: Final = 5
"""Of 16 bits, in an id."""
_HEX: Final = np.frombuffer("".join(f"{word:04x}" for word in range(2**16)).encode(), dtype=np.uint32)
"""The four digits of each word, as one number."""


def identified(shelves: pl.DataFrame, as_of: date, policy: Policy) -> pl.DataFrame:
    """Adds what a row needs to be traced: its policy, its day and an id that a click can carry back."""
    ids = recommendation_ids(shelves, f"{as_of} {policy.policy_id}")
    return RECOMMENDATION.checked(
        shelves.with_columns(ids, pl.lit(policy.policy_id).alias(Col.policy_id), pl.lit(as_of).alias(Col.as_of_date))
    )


def recommendation_ids(shelves: pl.DataFrame, stem: str) -> pl.Series:
    """Twenty hex digits for each row's placement, shopper and item under ``stem``; of no row but those equal.

    The hashes of the three, taken once for each that occurs, are combined by exclusive or (tabulation hashing, Zobrist
    1970): two rows that differ in any of them agree with a probability of 2^-80, as if each row were hashed.
    """
    combined = np.zeros((len(shelves), _WORDS), dtype=np.uint16)
    for name in (Col.placement, Col.user_id, Col.item_id):
        known = Vocabulary.of(shelves[name])
        hashes = (hashlib.sha256(f"{stem} {name} {text}".encode()).digest()[: 2 * _WORDS] for text in known.ids)
        words = np.frombuffer(b"".join(hashes), dtype=">u2").astype(np.uint16).reshape(-1, _WORDS)
        combined ^= words[known.codes(shelves[name])]
    digits = _HEX[combined].view(f"S{4 * _WORDS}").ravel()
    return pl.Series(Col.recommendation_id, digits).cast(pl.String)


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


def lists_of(shelves: pl.DataFrame) -> pl.DataFrame:
    """What is counted of each list: placement, user_id, length, and what rules cost it in relevance (``lost``)."""
    return shelves.group_by(Col.placement, Col.user_id).agg(pl.len().alias(_LENGTH), lost_to_rules().alias(LOST))


def counts(policy: Policy, k: int, lists: pl.DataFrame, shoppers: int) -> dict[str, JsonValue]:
    """For the manifest and the gates: shoppers, lists shorter than ``k`` by placement, what rules cost.

    Args:
        lists: the day's, as ``lists_of`` tells them.
    """
    full = dict(lists.filter(pl.col(_LENGTH) >= k).group_by(Col.placement).len().iter_rows())
    return {
        "shoppers": shoppers,
        "short_lists": {each.name: shoppers - full.get(each.name, 0) for each in policy.placements},
        "relevance_lost_to_rules": mean_lost(lists) if policy.rules else {},
    }
