"""Promotion: a candidate becomes champion; each of its targets keeps its contender, or has one that won."""

from __future__ import annotations

import json

from ml.predictions.capability import PREDICTIONS
from ml.predictions.evidence import EVIDENCE
from ml.predictions.model import MODEL
from ml.publish.readers import newest_decided
from ml.registry.candidates import Answer
from ml.registry.judged import Judged, promote_judged
from ml.settings import Settings


def promote_candidate(settings: Settings, version: int, *, who: str, approval: Answer | None = None) -> int:
    """Promote ``version``; see ``ml.registry.judged.promote_judged``."""
    judged = Judged(PREDICTIONS.name, MODEL, EVIDENCE, _reasons, newest_decided(settings, PREDICTIONS))
    return promote_judged(settings, version, judged, who=who, approval=approval)


def _reasons(evidence: str) -> list[str]:
    """Why each target has its contender."""
    return [reason for _, reason in json.loads(evidence).values()]
