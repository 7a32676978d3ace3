"""Candidates that wait for a person, and how one is rejected; ``ledger.promote`` is how one is approved.

Whoever decides first has decided: both hold the registry's lock while they look and write.
"""

from __future__ import annotations

from datetime import UTC, datetime

from ml.capabilities import resolve
from ml.capability import Capability
from ml.errors import ModelMissing, PromotionRefused
from ml.registry.candidates import Answer, Rejection, newer_than, rejection_of
from ml.registry.client import connect, may_have_models, registry_lock
from ml.registry.ledger import Promotion, champion, promotions, recorded
from ml.registry.versions import ModelVersion, Tag, complete_versions, version_info
from ml.settings import Settings


def why_not_promoted(settings: Settings, model: str, version: int) -> str | None:
    """Why a training does not promote its own candidate; None where it does."""
    mode = settings.promotion_of(model)
    told = {"approve": "a person decides on it", "never": "it stays a candidate"}.get(mode)
    return f"version {version} of {model}: {told} (SHELDUCK_PROMOTION={mode})" if told else None


def why_not_proposed(settings: Settings, model: str, version: int, *, is_backfill: bool) -> str | None:
    """Why nobody is asked about a training's candidate; None where a person is.

    A backfilled training repeats the past, so it waits for nobody; whoever wants its candidate asks for a review.
    """
    if settings.promotion_of(model) != "approve":
        return f"nobody is asked about {model} (SHELDUCK_PROMOTION={settings.promotion})"
    if is_backfill:
        return f"a backfill waits for nobody; to decide on version {version}: shelduck review {model}"
    return settled(settings, model, version)


def approve(settings: Settings, capability: Capability, version: int, who: str, answer: Answer) -> int:
    """Let a candidate decide, as a person wants; one that was promoted before keeps its row in the ledger.

    Raises:
        ModelMissing: there is no such finished version.
        PromotionRefused: settings say that nobody promotes, somebody rejected it, a newer one was registered after it,
            or another champion came since it was judged.
    """
    model = capability.model
    if settings.promotion_of(model) == "never":
        raise PromotionRefused(
            f"model {model} version {version}",
            expected="SHELDUCK_PROMOTION=approve or auto for it",
            found="never",
            remedy="Set it with: shelduck init --change",
        )
    assert capability.training is not None, f"{capability.name} does not learn"
    promoted: int = resolve(capability.training.promote)(settings, version, who=who, approval=answer)
    return promoted


def reject(settings: Settings, model: str, version: int, who: str, answer: Answer) -> Rejection:
    """Record on the version that a person does not want it; a version that was rejected before keeps its record.

    Raises:
        ModelMissing: there is no such finished version.
        PromotionRefused: it was promoted.
    """
    client = connect(settings)
    with registry_lock(settings, f"reject {model} version {version} by {who}"):
        info = version_info(settings, model, version)
        if known := rejection_of(info):
            return known
        if row := promotion_of(recorded(settings, model), info):
            raise PromotionRefused(
                f"model {model} version {version}",
                expected="a candidate that was not promoted",
                found=f"promoted by {row.who}, decides from {row.effective_from}",
                remedy="What readers get is taken back with: shelduck rollback DAY --why TEXT",
            )
        at = datetime.now(UTC).isoformat(timespec="seconds")
        made = Rejection(who=who, why=answer.reason, at=at, evidence=answer.evidence)
        client.set_model_version_tag(model, str(version), Tag.rejection, made.model_dump_json())
        return made


def waiting(settings: Settings, model: str) -> ModelVersion | None:
    """The candidate of a model on which a person may decide: neither promoted nor rejected, and none is newer.

    One that was trained earlier than the champion is none: it would decide nothing.
    """
    if not may_have_models(settings):
        return None
    versions, rows = complete_versions(settings, model), promotions(settings, model)
    now = champion(rows)
    undecided = [
        each
        for each in versions
        if not (promotion_of(rows, each) or rejection_of(each) or newer_than(versions, each))
        and Tag.files_removed not in each.tags
        and (now is None or each.trained_as_of >= now.trained_as_of)
    ]
    return max(undecided, key=lambda each: (each.trained_as_of, each.version), default=None)


def candidate_to_review(settings: Settings, model: str) -> ModelVersion:
    """``waiting``, or the newest version of all.

    Raises:
        ModelMissing: there is no version.
    """
    if found := waiting(settings, model):
        return found
    versions = complete_versions(settings, model) if may_have_models(settings) else []
    if not versions:
        raise ModelMissing(
            f"model {model}",
            expected="a candidate",
            found="no version",
            remedy="Run: shelduck train --as-of YYYY-MM-DD",
        )
    return versions[-1]


def settled(settings: Settings, model: str, version: int) -> str | None:
    """Why nobody needs to decide on a version any more; None while somebody does.

    Raises:
        ModelMissing: there is no such finished version.
    """
    info = version_info(settings, model, version)
    if row := promotion_of(promotions(settings, model), info):
        return f"version {version} was promoted by {row.who} and decides from {row.effective_from}"
    if rejection := rejection_of(info):
        return f"version {version} was rejected by {rejection.who}: {rejection.why or 'no reason given'}"
    if newer := newer_than(complete_versions(settings, model), info):
        return f"version {newer.version} was registered after version {version} and is reviewed instead"
    return None


def promotion_of(rows: list[Promotion], version: ModelVersion) -> Promotion | None:
    """The row of the ledger that promoted a version of this number and content."""
    wanted = (version.version, version.content_hash)
    return next((row for row in rows if (row.version, row.content_hash) == wanted), None)
