"""Promotion: a candidate becomes champion; each of its targets keeps its contender, or has one that won."""

from __future__ import annotations

import json
import logging
from datetime import date

from ml.errors import ModelMissing
from ml.predictions.capability import PREDICTIONS
from ml.predictions.evidence import EVIDENCE
from ml.predictions.model import MODEL
from ml.publish.readers import newest_as_of
from ml.registry.candidates import Answer
from ml.registry.ledger import JUDGED_AGAINST, Decision, promote
from ml.registry.links import link_promotion
from ml.registry.tracking import run_tags
from ml.registry.versions import LOGGED, version_info
from ml.settings import Settings

_log = logging.getLogger(__name__)


def promote_candidate(settings: Settings, version: int, *, who: str, approval: Answer | None = None) -> int:
    """Promote ``version``.

    Args:
        approval: of the person who decided; None where nobody was asked.

    Returns:
        The promoted version; a version that was promoted before keeps its row in the ledger.

    Raises:
        ModelMissing: there is no such version, or somebody changed the tags of its run.
        PromotionRefused: another version became champion since this one was judged; see ``ledger.promote``.
    """
    tags = run_tags(settings, version_info(settings, MODEL, version).run_id)
    if missing := [name for name in (EVIDENCE, JUDGED_AGAINST) if name not in tags]:
        raise ModelMissing(
            f"the run of model {MODEL} version {version}",
            expected="tags with the training's evidence",
            found=f"no {', '.join(missing)}",
            remedy="Somebody changed its tags: run shelduck train --capability predictions with another SHELDUCK_SEED",
        )
    reasons = [approval.reason] if approval and approval.reason else []
    why = "; ".join([*reasons, *(reason for _, reason in json.loads(tags[EVIDENCE]).values())])
    against = json.loads(tags[JUDGED_AGAINST])
    decision = Decision(who, why, _newest_decided(settings), judged_against=against, approval=approval)
    row = promote(settings, MODEL, version, decision)
    link_promotion(settings, MODEL, row)
    _log.info("version %d decides from %s: %s", version, row.effective_from, why, extra={LOGGED: version})
    return version


def _newest_decided(settings: Settings) -> date | None:
    """The newest day that is published, or computed and about to be: its policy must not change under it."""
    drafts = settings.drafts_of(PREDICTIONS.name).glob("[0-9]*-*")
    days = [date.fromisoformat(folder.name[:10]) for folder in drafts]
    return max([*days, *filter(None, [newest_as_of(settings, PREDICTIONS)])], default=None)
