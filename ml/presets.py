"""What suits a shop of a kind: the settings that ``shelduck init --kind`` writes into a new data home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ml.placements import SHOP, VIEWED_ONCE
from ml.recipes import RECIPES

KINDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "shop": {
        "purchase_events": ("purchase",),
        "liked_from": 3.0,
        "placements": SHOP,
        "recipes": RECIPES,
        "history_days": 365,
    },
    "ratings": {
        "purchase_events": ("rate",),
        "liked_from": 3.5,
        "placements": VIEWED_ONCE,
        "recipes": (*RECIPES, "biased_svd"),
        # what was rated years ago is not offered again
        "history_days": 3650,
    },
    "content": {
        "purchase_events": ("view_item",),
        "liked_from": 3.0,
        "placements": VIEWED_ONCE,
        "recipes": RECIPES,
        "history_days": 365,
    },
}
"""A shop that sells; one whose visitors rate with up to five stars; one that shows articles, videos or music."""
