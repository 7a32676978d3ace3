"""What stands in the way of a candidate that a person would approve: a later one, or an earlier rejection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from ml.errors import PromotionRefused
from ml.registry.versions import ModelVersion, Tag


@dataclass(frozen=True)
class Answer:
    """What a person said to one candidate.

    Attributes:
        reason: in the person's words; may be empty.
        evidence: what they were shown, as ``Review.evidence`` names it.
    """

    reason: str = ""
    evidence: str = ""


class Rejection(BaseModel):
    """A person's refusal, as a tag on the version keeps it. ``at`` is provenance."""

    model_config = ConfigDict(frozen=True)
    who: str
    why: str
    at: str
    evidence: str = ""


def rejection_of(version: ModelVersion) -> Rejection | None:
    """Who rejected a version; None where nobody did, also where somebody wrote something else into the tag."""
    try:
        return Rejection.model_validate_json(version.tags.get(Tag.rejection, "null"))
    except ValidationError:
        return None


def newer_than(versions: Sequence[ModelVersion], version: ModelVersion) -> ModelVersion | None:
    """The newest version that was registered after this one, from the same day's data or a later one's.

    A backfilled training of an earlier week is registered later, and outdates nothing.
    """
    later = [
        each for each in versions if each.version > version.version and each.trained_as_of >= version.trained_as_of
    ]
    return max(later, key=lambda each: each.version, default=None)


def refuse_closed(versions: Sequence[ModelVersion], version: ModelVersion, approval: Answer | None) -> None:
    """Refuse a candidate that was rejected, and the approval of one that a newer one has outdated.

    Raises:
        PromotionRefused: with who rejected it, or which version is newer.
    """
    subject = f"model {version.model} version {version.version}"
    if rejection := rejection_of(version):
        raise PromotionRefused(
            subject,
            expected="a candidate that nobody rejected",
            found=f"{rejection.who} rejected it: {rejection.why or 'no reason given'}",
            remedy="Train again on later data, or with another SHELDUCK_SEED; a rejection is final",
        )
    newer = newer_than(versions, version) if approval else None
    if newer is not None:
        raise PromotionRefused(
            subject,
            expected="the newest candidate",
            found=f"version {newer.version}, registered after it and trained as of {newer.trained_as_of}",
            remedy=f"Review that one: shelduck review {version.model}",
        )
