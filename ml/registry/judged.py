"""Promotion of a version by what its training's run says of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from ml.errors import ModelMissing
from ml.registry.candidates import Answer
from ml.registry.ledger import JUDGED_AGAINST, Decision, promote
from ml.registry.links import link_promotion
from ml.registry.tracking import run_tags
from ml.registry.versions import LOGGED, version_info
from ml.settings import Settings

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Judged:
    """How a capability's trainings leave their evidence.

    Attributes:
        capability: its name.
        model: the registered name.
        evidence: the tag of the run that holds it.
        reasons: what the ledger says of it, from that tag.
        newest: the newest day that is decided already; the version decides later ones.
    """

    capability: str
    model: str
    evidence: str
    reasons: Callable[[str], list[str]]
    newest: date | None


def promote_judged(settings: Settings, version: int, judged: Judged, *, who: str, approval: Answer | None) -> int:
    """Promote ``version``.

    Args:
        approval: of the person who decided; None where nobody was asked.

    Returns:
        The promoted version; a version that was promoted before keeps its row in the ledger.

    Raises:
        ModelMissing: there is no such version, or somebody changed the tags of its run.
        PromotionRefused: another version became champion since this one was judged; see ``ledger.promote``.
    """
    tags = run_tags(settings, version_info(settings, judged.model, version).run_id)
    if missing := [name for name in (judged.evidence, JUDGED_AGAINST) if name not in tags]:
        remedy = f"run shelduck train --capability {judged.capability} with another SHELDUCK_SEED"
        raise ModelMissing(
            f"the run of model {judged.model} version {version}",
            expected="tags with the training's evidence",
            found=f"no {', '.join(missing)}",
            remedy=f"Somebody changed its tags: {remedy}",
        )
    said = [approval.reason] if approval and approval.reason else []
    why = "; ".join([*said, *judged.reasons(tags[judged.evidence])])
    against = json.loads(tags[JUDGED_AGAINST])
    decision = Decision(who, why, judged.newest, judged_against=against, approval=approval)
    row = promote(settings, judged.model, version, decision)
    link_promotion(settings, judged.model, row)
    _log.info("version %d decides from %s: %s", version, row.effective_from, why, extra={LOGGED: version})
    return version
