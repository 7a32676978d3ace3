"""What predicts a day: the model effective on it, or policy 0. Content, not provenance, makes its id."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date

from pydantic import JsonValue

from ml.churn import Churn
from ml.predictions.bundle import read_bundle
from ml.predictions.code import predictions_revision
from ml.predictions.contenders.last_quarter import LastQuarter
from ml.predictions.forecast import Predictor, rule_based
from ml.predictions.model import MODEL
from ml.predictions.targets import TARGETS
from ml.registry.ledger import policy_effective
from ml.registry.registration import download_bundle
from ml.settings import Settings


@dataclass(frozen=True, eq=False)
class Policy:
    """A predictor and where it comes from.

    Attributes:
        model_name: ``rules`` for policy 0, else the registered model's name.
        model_hash: hash of the model's files; of nothing for policy 0.
        version: of the model; None for policy 0.
        contenders: by target what predicts it.
    """

    model_name: str
    model_hash: str
    version: int | None
    contenders: dict[str, str]
    predictor: Predictor
    churn: Churn

    @property
    def policy_id(self) -> str:
        """Twelve hex digits over model content, the definition of churn and code."""
        content = [self.model_name, self.model_hash, self.contenders, self.churn.model_dump(), predictions_revision()]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]

    @property
    def told(self) -> dict[str, JsonValue]:
        """For the manifest."""
        return {
            "policy_id": self.policy_id,
            "model_name": self.model_name,
            "model_version": self.version,
            "recipes": dict(self.contenders),
        }


def effective(settings: Settings, day: date) -> Policy:
    """The policy of a day.

    Raises:
        ModelMissing: the registry does not hold the version that was promoted.
    """
    promotion = policy_effective(settings, MODEL, day)
    if promotion is None:
        simple = {target.name: LastQuarter.name for target in TARGETS}
        return Policy("rules", "", None, simple, rule_based(), settings.churn)
    bundle = read_bundle(download_bundle(settings, MODEL, promotion.version, promotion.content_hash))
    return Policy(
        MODEL, promotion.content_hash, promotion.version, bundle.contenders, bundle.predictor(), settings.churn
    )
