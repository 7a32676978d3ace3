"""Promotion: a candidate becomes champion when it earned it, placement by placement."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Final

from ml.errors import ModelMissing
from ml.publish.readers import newest_decided
from ml.recommend.capability import RECOMMEND
from ml.recommend.model import MODEL
from ml.recommend.selection import CHOSEN_FOR, Selection
from ml.registry.candidates import Answer
from ml.registry.ledger import JUDGED_AGAINST, Decision, promote
from ml.registry.links import link_promotion
from ml.registry.tracking import run_tags
from ml.registry.versions import LOGGED, version_info
from ml.settings import Settings

_log = logging.getLogger(__name__)
_EVIDENCE: Final = "evidence."
_BEFORE: Final = json.dumps(["for_you", "discover", "buy_again"])
"""The placements of trainings that did not name them yet."""


def promote_candidate(settings: Settings, version: int, *, who: str, approval: Answer | None = None) -> int:
    """Promote ``version``: each placement keeps its recipe, or has one that won significantly.

    Args:
        approval: of the person who decided; None where nobody was asked.

    Returns:
        The promoted version; a version that was promoted before keeps its row in the ledger.

    Raises:
        ModelMissing: there is no such version.
        PromotionRefused: another version became champion since this one was judged; see ``ledger.promote``.
    """
    tags = run_tags(settings, version_info(settings, MODEL, version).run_id)
    selections = evidence(tags, version)
    reasons = [approval.reason] if approval and approval.reason else []
    why = "; ".join([*reasons, *(selection.why for selection in selections)])
    against = json.loads(tags[JUDGED_AGAINST])
    decision = Decision(who, why, newest_decided(settings, RECOMMEND), judged_against=against, approval=approval)
    row = promote(settings, MODEL, version, decision)
    link_promotion(settings, MODEL, row)
    _log.info("version %d decides from %s: %s", version, row.effective_from, why, extra={LOGGED: version})
    return version


def evidence(tags: Mapping[str, str], version: int) -> list[Selection]:
    """What spoke for the recipe of each placement, from the tags of the training's run.

    Raises:
        ModelMissing: the run does not say it; somebody changed its tags.
    """
    chosen: list[str] = json.loads(tags.get(CHOSEN_FOR, _BEFORE))
    names = [f"{_EVIDENCE}{placement}" for placement in chosen]
    if missing := [name for name in (*names, JUDGED_AGAINST) if name not in tags]:
        raise ModelMissing(
            f"the run of model {MODEL} version {version}",
            expected="tags with the training's evidence",
            found=f"no {', '.join(missing)}",
            remedy="Somebody changed its tags: run shelduck train for its week again with another SHELDUCK_SEED",
        )
    return [Selection.of(tags[name]) for name in names]
