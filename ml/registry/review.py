"""What a person reads before they decide on a candidate: numbers first, then whether each guard-rail holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ml.documents import Section, as_markdown
from ml.escape import for_markdown
from ml.registry.versions import ModelVersion


@dataclass(frozen=True)
class Guard:
    """A guard-rail: a figure of the champion and of the candidate, and how far they may lie apart.

    Attributes:
        name: what is measured, such as ``quality of for_you``.
        before, after, change: the figures as texts.
        limit: in words; empty where the figure could not be measured.
        holds: None where it could not be measured.
    """

    name: str
    before: str
    after: str
    change: str
    limit: str
    holds: bool | None


@dataclass(frozen=True)
class Findings:
    """What speaks for and against a candidate.

    Attributes:
        headline: one phrase with the figure that matters most; part of the question.
        guards: the guard-rails, those that matter most first.
        facts: sentences, Markdown; shown, not judged.
        sections: everything else, for whoever wants to look closer.
    """

    headline: str = ""
    guards: tuple[Guard, ...] = ()
    facts: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Review:
    """A candidate, the champion whose place it would take, what was found, and the page of its training."""

    candidate: ModelVersion
    champion: ModelVersion | None
    findings: Findings
    page: str

    @property
    def broken(self) -> tuple[Guard, ...]:
        """The guard-rails that do not hold."""
        return tuple(guard for guard in self.findings.guards if guard.holds is False)

    @property
    def subject(self) -> str:
        """The question, one line of plain text."""
        asked = f"Promote version {self.candidate.version} of {self.candidate.model}?"
        count = len(self.broken)
        warning = f"{count} guard-rail{'' if count == 1 else 's'} broken. " if count else ""
        return f"{asked} {warning}{self.findings.headline}".strip()

    @property
    def body(self) -> str:
        """The short text beneath the question, Markdown."""
        guards = _table(self.findings.guards)
        return "\n\n".join([self._verdict(), *guards, *self.findings.facts, self._where()]) + "\n"

    @property
    def document(self) -> str:
        """All of it, Markdown."""
        return f"{as_markdown(self.subject, [])}\n{self.body}\n{_sections(self.findings.sections)}"

    def _verdict(self) -> str:
        known = [guard for guard in self.findings.guards if guard.holds is not None]
        if self.broken:
            told = f"**{len(self.broken)} of {len(known)} guard-rails broken:** "
            return told + "; ".join(f"{for_markdown(guard.name)} {guard.change}" for guard in self.broken) + "."
        return f"**All {len(known)} guard-rails hold.**" if known else "**No guard-rail could be measured.**"

    def _where(self) -> str:
        since = f", now version {self.champion.version} ({self.champion.trained_as_of})" if self.champion else ""
        return (
            f"Trained as of {self.candidate.trained_as_of}{since}. [Its training in MLflow]({self.page}) has every "
            "figure and, as `review.md`, the whole comparison. **Approve** lets it decide from the next day on; "
            "**Reject** is final: please give the reason. Without an answer everything stays as it is."
        )


def _table(guards: Sequence[Guard]) -> list[str]:
    if not guards:
        return []
    lines = ["| | guard-rail | champion | candidate | change | allowed |", "|---|---|---:|---:|---:|---|"]
    for guard in guards:
        mark = {True: "✓", False: "✗", None: "–"}[guard.holds]
        name = f"**{for_markdown(guard.name)}**" if guard.holds is False else for_markdown(guard.name)
        lines.append(f"| {mark} | {name} | {guard.before} | {guard.after} | {guard.change} | {guard.limit} |")
    return ["\n".join(lines)]


def _sections(sections: Sequence[Section]) -> str:
    return as_markdown("The comparison", sections) if sections else ""
