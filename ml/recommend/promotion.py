"""Promotion: a candidate becomes champion when it earned it, placement by placement."""

from __future__ import annotations

import json
import logging
from datetime import date

from ml.publish.readers import newest_as_of
from ml.recommend.choice import Choice
from ml.recommend.policy import PLACEMENTS
from ml.registry.ledger import JUDGED_AGAINST, Decision, promote
from ml.registry.tracking import run_tags
from ml.registry.versions import version_info
from ml.settings import Settings

_log = logging.getLogger(__name__)


def promote_candidate(settings: Settings, version: int, *, who: str) -> int:
    """Promote ``version``: each placement keeps its recipe, or has one that won significantly.

    Returns:
        The promoted version; a version that was promoted before keeps its row in the ledger.

    Raises:
        ModelMissing: there is no such version.
        PromotionRefused: another version became champion since this one was judged.
    """
    tags = run_tags(settings, version_info(settings, version).run_id)
    choices = [Choice.of(tags[f"evidence.{placement.name}"]) for placement in PLACEMENTS]
    why = "; ".join(choice.why for choice in choices)
    decision = Decision(who, why, _newest_decided(settings), judged_against=json.loads(tags[JUDGED_AGAINST]))
    row = promote(settings, version, decision)
    _log.info("version %d decides from %s: %s", version, row.effective_from, why)
    return version


def _newest_decided(settings: Settings) -> date | None:
    """The newest day that is published, or scored and about to be: its policy must not change under it."""
    drafted = (date.fromisoformat(folder.name[:10]) for folder in settings.drafts_dir.glob("[0-9]*-*"))
    return max([*drafted, *filter(None, [newest_as_of(settings)])], default=None)
