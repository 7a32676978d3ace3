"""Texts as a page shows them: slots filled, and what a check objects to marked in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from ml.copy.columns import Copy, Writer
from ml.copy.landed import EDIT
from ml.copy.pages.published import PublishedCopy, Row
from ml.copy.pages.words import rule
from ml.copy.slots import FALL_BACKS
from ml.messages import Run
from ml.words import Language, Words, said

_SLOT: Final = re.compile(r"\{(" + "|".join(FALL_BACKS) + r")\}")
_PART: Final = (Copy.language, Copy.channel, Copy.arm, Copy.part)


def shown_runs(text: str, language: Language) -> tuple[Run, ...]:
    """A published text as a shopper reads it of whom nothing fitting is known."""
    runs: list[Run] = []
    place = 0
    for slot in _SLOT.finditer(text):
        note = Words(f"{slot[0]}: filled per shopper", f"{slot[0]}：按顾客填写")
        runs += [Run(text[place : slot.start()]), Run(said(FALL_BACKS[slot[1]], language), "slot", note)]
        place = slot.end()
    return tuple(run for run in (*runs, Run(text[place:])) if run.text)


@dataclass
class RefusedText:
    """A text that is not published, with what was found in it.

    Attributes:
        text: None where it is not known: a template's, or one that the snapshot kept does not hold.
    """

    row: Row
    text: str | None
    findings: list[Row] = field(default_factory=list)

    @property
    def runs(self) -> tuple[Run, ...]:
        """The text with the places of findings marked; places that lie in one another are marked once."""
        runs: list[Run] = []
        place, text = 0, self.text or ""
        for finding in sorted(self.findings, key=lambda each: (_start(each), -len(each[Copy.found] or ""))):
            start, end = _start(finding), _start(finding) + len(finding[Copy.found] or "")
            if start < place or not _lies_in(finding, text):
                continue
            runs += [Run(text[place:start]), Run(text[start:end], "refused", rule(finding[Copy.rule]))]
            place = end
        return tuple(run for run in (*runs, Run(text[place:])) if run.text)


def refused_texts(day: PublishedCopy, brief_id: str) -> list[RefusedText]:
    """The refused texts of a brief in the order of their findings.

    Findings name a part, not a text; of a part's edits and model texts each belongs to the one that has its words at
    its place.
    """
    found: dict[tuple[object, ...], list[RefusedText]] = {}
    for row in day.checks.get(brief_id, []):
        key = (*(row[name] for name in _PART), row[Copy.writer])
        if key not in found:
            found[key] = [RefusedText(row, text) for text in _candidates(day, brief_id, row)]
        fitting = (each for each in found[key] if each.text is not None and _lies_in(row, each.text))
        next(fitting, found[key][-1]).findings.append(row)
    return [each for texts in found.values() for each in texts if each.findings]


def _candidates(day: PublishedCopy, brief_id: str, row: Row) -> Iterator[str | None]:
    """Texts that a finding may be about, and last none."""
    if row[Copy.writer] == Writer.PERSON:
        edits = (each for each in (day.decisions or {}).get(brief_id, []) if each[Copy.decision] == EDIT)
        yield from _texts(edits, row, _PART)
    if row[Copy.writer] == Writer.LANGUAGE_MODEL:
        yield from _texts(day.model_texts.get(brief_id, []), row, (Copy.language, Copy.arm, Copy.part))
    yield None


def _texts(rows: Iterator[Row] | Sequence[Row], like: Row, key: Sequence[str]) -> Iterator[str]:
    for each in rows:
        if each[Copy.text] and all(each[name] == like[name] for name in key):
            yield each[Copy.text]


def _start(finding: Row) -> int:
    return int(finding[Copy.start] or 0)


def _lies_in(finding: Row, text: str) -> bool:
    words = finding[Copy.found]
    return bool(words) and finding[Copy.start] is not None and text.startswith(words, _start(finding))
