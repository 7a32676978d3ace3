"""What reads a day's reviews: the model effective on it, or their ratings. Content, not provenance, makes its id."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from ml.day import Day
from ml.registry.ledger import policy_effective
from ml.registry.registration import download_bundle
from ml.reviews.bundle import Bundle, read_bundle
from ml.reviews.code import reviews_revision
from ml.reviews.model import MODEL

RULES: Final = "rules"


@dataclass(frozen=True, eq=False)
class Policy:
    """A model of reviews and where it comes from.

    Attributes:
        model_name: ``rules`` without a model, else the registered model's name.
        model_hash: hash of the model's files; of nothing without one.
        version: of the model; None without one.
    """

    model_name: str
    model_hash: str
    version: int | None
    bundle: Bundle | None

    @property
    def policy_id(self) -> str:
        """Twelve hex digits over model content and code."""
        content = [self.model_name, self.model_hash, reviews_revision()]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]

    def told(self, command: str) -> dict[str, JsonValue]:
        """For the manifest.

        Args:
            command: that trains a model, told where there is none.
        """
        found: dict[str, JsonValue] = {
            "policy_id": self.policy_id,
            "model_name": self.model_name,
            "model_version": self.version,
        }
        if self.bundle is None:
            return found | {"untrained": f"no model decides yet: ratings do, and there are no topics. Run: {command}"}
        clear: dict[str, JsonValue] = {name: each.least for name, each in self.bundle.classifiers.items()}
        return found | {"recipes": dict(self.bundle.recipes), "clear_from": clear}


def effective(day: Day) -> Policy:
    """The policy of a day.

    Raises:
        ModelMissing: the registry does not hold the version that was promoted.
    """
    decides = day.decided_by[MODEL] if MODEL in day.decided_by else policy_effective(day.settings, MODEL, day.as_of)
    if decides is None:
        return Policy(RULES, "", None, None)
    bundle = read_bundle(download_bundle(day.settings, MODEL, decides.version, decides.content_hash))
    return Policy(MODEL, decides.content_hash, decides.version, bundle)
