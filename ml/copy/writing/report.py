"""What became of a day's questions to a language model, kept among the reports: the manifest and pages tell it.

It decides nothing: the texts that a day is made of are those that were landed. So a day on which the server was down is
the same day on which it was slow, and only what is told of it differs.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from ml.copy.columns import Copy
from ml.copy.writing.asking import Outcome
from ml.copy.writing.budget import Purse
from ml.copy.writing.prompt import PROMPT_VERSION
from ml.durable import write_text
from ml.settings import Settings

FOLDER: Final = "copy"
_SHOWN: Final = 200


@dataclass(frozen=True)
class Written:
    """What a run of ``write`` did.

    Attributes:
        wanted: requests of which no or not every text was known as of the day.
        taken_over: those of them whose texts a later day had had written.
        outcomes: of those that were asked for, or were not for a reason.
        landed: texts that the day's snapshot lacks: those of this run, and of one before it that was cut short.
        files: in which, by name.
        refused: of the texts that were written, how many the validator refuses, by rule.
    """

    as_of: date
    model: str
    wanted: int
    taken_over: int
    outcomes: Sequence[Outcome]
    landed: int
    files: tuple[str, ...]
    purse: Purse
    refused: Mapping[str, int]

    @property
    def reasons(self) -> dict[str, int]:
        """Requests without a text, or not with all of them, by the reason."""
        return dict(sorted(Counter(each.reason for each in self.outcomes if each.reason).items()))

    @property
    def calls(self) -> int:
        """How often the server was asked."""
        return sum(each.calls for each in self.outcomes)

    @property
    def asked(self) -> int:
        """Requests for which it was asked at all."""
        return sum(each.calls > 0 for each in self.outcomes)

    @property
    def seconds(self) -> list[float]:
        """How long each answer took, ascending."""
        return sorted(each for outcome in self.outcomes for each in outcome.seconds)

    def told(self) -> str:
        """One line for the log."""
        if not self.wanted:
            return "the texts of all requests are known"
        reasons = "; ".join(f"{count} requests: {reason}" for reason, count in self.reasons.items())
        tokens = self.purse.prompt_tokens + self.purse.completion_tokens
        line = f"{self.wanted} requests without texts, {self.asked} asked for in {self.calls} calls, {tokens:,} tokens"
        return f"{line}, {self.landed} texts landed{f'; templates for {reasons}' if reasons else ''}"


def report_path(settings: Settings, day: date) -> Path:
    """Where the report of a day lies."""
    return settings.reports_dir / FOLDER / f"{day}.json"


def write_report(settings: Settings, written: Written) -> None:
    """Keep what was done and why templates write the rest; no text and nothing of a shopper."""
    left = [each for each in written.outcomes if each.reason]
    report = {
        Copy.model: written.model,
        Copy.prompt_version: PROMPT_VERSION,
        "requests": written.wanted,
        "asked": written.asked,
        "calls": written.calls,
        "texts_landed": written.landed,
        "prompt_tokens": written.purse.prompt_tokens,
        "completion_tokens": written.purse.completion_tokens,
        "cost": f"{written.purse.cost:f}",
        "currency": written.purse.budget.currency,
        "reasons": written.reasons,
        "without": [
            {
                Copy.brief_id: each.request.brief_id,
                Copy.language: each.request.language,
                Copy.channel: each.request.channel,
                Copy.reason: each.reason,
            }
            for each in left[:_SHOWN]
        ],
    }
    write_text(report_path(settings, written.as_of), json.dumps(report, indent=1, ensure_ascii=False) + "\n")


def provenance(settings: Settings, day: date) -> dict[str, JsonValue]:
    """For the manifest: what became of the questions of the day; that nobody was asked where nobody was."""
    try:
        found: JsonValue = json.loads(report_path(settings, day).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    return {"language_model": found}
