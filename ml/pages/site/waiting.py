"""Candidates that were trained and that nobody has decided about, from the registry and the promotion ledgers."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ml.capability import Capability
from ml.errors import ShelduckError
from ml.registry.client import may_have_models
from ml.settings import Settings
from ml.words import Words

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Waiting:
    """A candidate; ``version`` counts within its model."""

    model: str
    version: int
    trained_as_of: date

    @property
    def told(self) -> Words:
        """For people."""
        return Words(f"version {self.version}", f"版本 {self.version}")


def waiting_candidates(settings: Settings, capabilities: Sequence[Capability]) -> tuple[Waiting, ...]:
    """The candidate of each model that was never promoted and is newer than what was.

    A registry out of reach has none.
    """
    if not may_have_models(settings):
        return ()
    try:
        return tuple(_waiting(settings, [model for each in capabilities for model in each.models]))
    except (ShelduckError, OSError) as unreachable:
        _log.warning("candidates were not looked for: %s", type(unreachable).__name__)
        return ()


def _waiting(settings: Settings, models: Sequence[str]) -> Iterator[Waiting]:
    from ml.registry.ledger import recorded
    from ml.registry.versions import CANDIDATE, by_alias

    for model in models:
        found = by_alias(settings, model, CANDIDATE)
        if found is None:
            continue
        rows = recorded(settings, model)
        decided = {(row.version, row.content_hash) for row in rows}
        newest = max((row.trained_as_of for row in rows), default=date.min)
        if (found.version, found.content_hash) not in decided and found.trained_as_of >= newest:
            yield Waiting(model, found.version, found.trained_as_of)
