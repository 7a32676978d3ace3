"""Has written what requests lack, and lands it while it goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from ml.copy.columns import Copy
from ml.copy.request import Request
from ml.copy.variants import verdict_of
from ml.copy.writing.asking import Outcome
from ml.copy.writing.landed import Row, land_texts, places, remembered, rows_of
from ml.copy.writing.report import Written
from ml.copy.writing.run import Means, asked
from ml.settings import Settings
from ml.text.validation.check import Validator
from ml.text.validation.names import Catalogue

LANDED_TOGETHER: Final = 25
"""Requests whose texts become one file: a kill costs no more answers than these."""


@dataclass(frozen=True)
class Wanted:
    """What a day asks for.

    Attributes:
        known: ids of the texts that had been landed by ``as_of``.
        pending: those of them that a run before this one landed and the day's snapshot has not got yet.
        catalogue: names that no text may state beyond its sheet; for counting what is refused.
    """

    as_of: date
    requests: Sequence[Request]
    known: Container[str] = frozenset()
    pending: frozenset[str] = frozenset()
    catalogue: Catalogue | None = None


def write_requests(settings: Settings, asked_for: Wanted, means: Means) -> Written:
    """Have written and land what the requests of a day lack."""
    as_of, known = asked_for.as_of, asked_for.known
    wanted = sorted(
        (each for each in asked_for.requests if any(place not in known for place in places(each))),
        key=lambda each: (each.brief_id, each.language, each.channel, each.sheet_id),
    )
    later = remembered(settings, as_of) if wanted else {}
    landing = _Landing(settings, as_of, known)
    missing = [each for each in wanted if not landing.take_over(each, later)]
    outcomes = []
    for outcome in asked(missing, means):
        outcomes.append(outcome)
        landing.add(outcome)
    landing.finish()
    refused = Counter(rule for outcome in outcomes for rule in _refusals(outcome, asked_for.catalogue))
    return Written(
        as_of=as_of,
        model=settings.llm_model,
        wanted=len(wanted),
        taken_over=len(wanted) - len(missing),
        outcomes=outcomes,
        landed=landing.texts + len(asked_for.pending),
        files=tuple(landing.files),
        purse=means.purse,
        refused=dict(sorted(refused.items())),
    )


@dataclass
class _Landing:
    """Collects rows and lands them in files of ``LANDED_TOGETHER`` requests."""

    settings: Settings
    as_of: date
    known: Container[str]
    texts: int = 0
    files: list[str] = field(default_factory=list)
    _rows: dict[str, Row] = field(default_factory=dict)
    _requests: int = 0

    def take_over(self, request: Request, later: Mapping[str, Row]) -> bool:
        """Land what later days have of it; whether that is all that it lacks."""
        lacking = [place for place in places(request) if place not in self.known]
        self._rows |= {place: later[place] for place in lacking if place in later}
        return all(place in later for place in lacking)

    def add(self, outcome: Outcome) -> None:
        """Land what was written and nobody has."""
        for row in rows_of(outcome.request, outcome.texts, self.settings.llm_model):
            if row[Copy.text_id] not in self.known:
                self._rows.setdefault(row[Copy.text_id], row)
        self._requests += 1
        if self._requests % LANDED_TOGETHER == 0:
            self.finish()

    def finish(self) -> None:
        """Land what was collected."""
        if self._rows:
            self.files.append(land_texts(self.settings, self.as_of, self._rows.values()).name)
            self.texts += len(self._rows)
            self._rows = {}


def _refusals(outcome: Outcome, catalogue: Catalogue | None) -> Iterator[str]:
    """Of each text that the validator refuses the first rule that it breaks."""
    for (arm, part), text in outcome.texts.items():
        verdict = verdict_of(Validator(outcome.request.sheet_of(part, arm), catalogue), text)
        if not verdict.passed:
            yield verdict.findings[0].rule
