"""Promotion: a candidate becomes champion; the same shoppers, divided by what is known of them now."""

from __future__ import annotations

from ml.audiences.capability import AUDIENCES
from ml.audiences.segments.model import MODEL
from ml.audiences.segments.training import EVIDENCE
from ml.publish.readers import newest_decided
from ml.registry.candidates import Answer
from ml.registry.judged import Judged, promote_judged
from ml.settings import Settings


def promote_candidate(settings: Settings, version: int, *, who: str, approval: Answer | None = None) -> int:
    """Promote ``version``; see ``ml.registry.judged.promote_judged``."""
    judged = Judged(AUDIENCES.name, MODEL, EVIDENCE, lambda evidence: [evidence], newest_decided(settings, AUDIENCES))
    return promote_judged(settings, version, judged, who=who, approval=approval)
