"""Whether a text that a person wrote may stand in a variant: the validator reads it against the brief's fact sheet."""

from __future__ import annotations

from collections.abc import Iterator

from ml.copy.approval.shown import ShownBrief, Variant
from ml.copy.capability import COPY
from ml.copy.columns import Status
from ml.copy.sheets.daily import Requested, requests_of
from ml.copy.variants import verdict_of
from ml.day import day_of
from ml.errors import DecisionRefused
from ml.publish.readers import manifest_of, published_version
from ml.settings import Settings
from ml.text.facts import FactSheet
from ml.text.validation.check import Validator
from ml.text.validation.duplicates import duplicates
from ml.text.validation.verdict import Finding


def findings_of(settings: Settings, brief: ShownBrief, variant: Variant, part: str, text: str) -> tuple[Finding, ...]:
    """What in ``text`` the day would refuse: the sheet of that part and arm does not support it, it is too long with
    slots filled, or another variant says the same; empty for a text that may be published.

    Raises:
        NotPublished: the day, or what it was made of, is not published any more.
        StaleFeatures: its snapshot was removed.
        DecisionRefused: the shop's data of that day does not ask for this variant.
    """
    requested = requested_of(settings, brief)
    sheet = _sheet(requested, brief, variant, part)
    found = verdict_of(Validator(sheet, requested.catalogue), text).findings
    return found or tuple(_twins(brief, variant, part, text))


def requested_of(settings: Settings, brief: ShownBrief) -> Requested:
    """What the shop's data asked for on the brief's day."""
    manifest = manifest_of(published_version(settings, COPY, brief.as_of))
    return requests_of(day_of(settings, COPY, settings.home / manifest.slice))


def told(finding: Finding) -> str:
    """A finding in words."""
    allowed = f" (allowed: {', '.join(finding.allowed)})" if finding.allowed else ""
    return f"{finding.rule} '{finding.found}'{allowed}"


def _sheet(requested: Requested, brief: ShownBrief, variant: Variant, part: str) -> FactSheet:
    wanted = (brief.brief_id, variant.language, variant.channel)
    for request in requested.requests:
        if (request.brief_id, request.language, request.channel) == wanted:
            return request.sheet_of(next(name for name in request.sheets if name == part), variant.arm)
    raise DecisionRefused(
        f"variant {variant.name} of {brief.brief_id}",
        expected=f"to be asked for by the shop's data of {brief.as_of}",
        found="no such request",
        remedy=f"Run: shelduck run --as-of {brief.as_of} --capability copy",
    )


def _twins(brief: ShownBrief, variant: Variant, part: str, text: str) -> Iterator[Finding]:
    """The variant, if any, that would say the same as the edited one: the day would drop one of them."""
    told = "\n".join(text if each.part == part else each.text for each in variant.parts)
    for other in brief.variants:
        is_beside = (other.language, other.channel) == (variant.language, variant.channel) and other.arm != variant.arm
        is_rejected = other.status == Status.REJECTED
        if (
            is_beside
            and not is_rejected
            and not duplicates(["\n".join(each.text for each in other.parts), told])[1].passed
        ):
            yield Finding(0, len(text), "duplicate", f"as variant {other.arm}")
