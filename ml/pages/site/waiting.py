"""Candidates on which a person may decide, with what they would change, as ``shelduck review`` and Airflow ask."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from ml.capability import Capability
from ml.errors import ShelduckError
from ml.settings import Settings
from ml.words import Words

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Waiting:
    """A candidate; ``version`` counts within its model.

    Attributes:
        review_dag: where it waits.
        question: what a person is asked, with the first number; empty while no review of it was kept.
    """

    model: str
    version: int
    trained_as_of: date
    review_dag: str
    question: str

    @property
    def told(self) -> Words:
        """For people."""
        return Words(f"version {self.version}", f"版本 {self.version}")


def waiting_candidates(settings: Settings, capabilities: Sequence[Capability]) -> tuple[Waiting, ...]:
    """The candidate of each model that waits; a registry out of reach has none."""
    try:
        return tuple(_waiting(settings, [each for each in capabilities if each.training]))
    except (ShelduckError, OSError) as unreachable:
        _log.warning("candidates were not looked for: %s", type(unreachable).__name__)
        return ()


def _waiting(settings: Settings, learning: Sequence[Capability]) -> Iterator[Waiting]:
    from ml.registry.decisions import waiting
    from ml.registry.evidence import kept

    for each in learning:
        if found := waiting(settings, each.model):
            folder = kept(settings, each.model, found.version)
            question = (folder / "subject.txt").read_text(encoding="utf-8").strip() if folder else ""
            yield Waiting(each.model, found.version, found.trained_as_of, each.review_dag, question)
