"""Texts of templates that fit: as much as the channel takes, then less, in the order that the template states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ml.copy.slots import widest
from ml.copy.templates.clauses import Clause
from ml.text.facts import Limits
from ml.text.validation.style import length
from ml.words import Language

_BULLET: Final = "•"


@dataclass(frozen=True)
class _Said:
    """A clause in words: the ways whose facts are there."""

    clause: Clause
    ways: tuple[str, ...]


def compose(clauses: Sequence[Clause], facts: Mapping[str, str], limits: Limits, language: Language) -> Iterator[str]:
    """The texts that fit, the fullest first; each clause of which no way has its facts is left out.

    Optional clauses go first, the highest order and of equal ones the last; then those that stay are said shorter.

    Args:
        facts: by name, in words (``ml.copy.templates.variables``), with ``link`` where the part may show one.
    """
    said = [each for each in (_Said(clause, _ways(clause, facts)) for clause in clauses) if each.ways]
    while said:
        text = _joined(said, language)
        if not any(True for _ in length(widest(text, language), limits)):
            yield text
        said = _less(said)


def _ways(clause: Clause, facts: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(way.template.render(facts) for way in clause.ways if way.needs <= facts.keys())


def _less(said: list[_Said]) -> list[_Said]:
    """The next shorter form; empty where there is none."""
    optional = max((each.clause.order for each in said), default=0)
    if optional:
        last = max(place for place, each in enumerate(said) if each.clause.order == optional)
        return said[:last] + said[last + 1 :]
    for place, each in enumerate(said):
        if len(each.ways) > 1:
            return [*said[:place], _Said(each.clause, each.ways[1:]), *said[place + 1 :]]
    return []


def _joined(said: Sequence[_Said], language: Language) -> str:
    text, paragraph = "", None
    for each in said:
        words = each.ways[0]
        if not words:
            continue
        if text:
            text += _between(words, language, is_new=each.clause.paragraph != paragraph)
        text, paragraph = text + words, each.clause.paragraph
    return text


def _between(words: str, language: Language, *, is_new: bool) -> str:
    if is_new:
        return "\n\n"
    if words.startswith(_BULLET):
        return "\n"
    return " " if language == "en" or words.startswith("http") else ""
