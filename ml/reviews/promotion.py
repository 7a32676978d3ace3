"""Promotion: a candidate becomes champion; each language keeps its recipe, or has one that won."""

from __future__ import annotations

from ml.publish.readers import newest_decided
from ml.registry.candidates import Answer
from ml.registry.judged import Judged, promote_judged
from ml.reviews.capability import REVIEWS
from ml.reviews.evidence import EVIDENCE, reasons
from ml.reviews.model import MODEL
from ml.settings import Settings


def promote_candidate(settings: Settings, version: int, *, who: str, approval: Answer | None = None) -> int:
    """Promote ``version``; see ``ml.registry.judged.promote_judged``."""
    judged = Judged(REVIEWS.name, MODEL, EVIDENCE, reasons, newest_decided(settings, REVIEWS))
    return promote_judged(settings, version, judged, who=who, approval=approval)
