"""Which query a question asks for: the one that explains every word and value of it; else none, and why.

Of several that do, the one that needs the most of what was said; of equals none. So a word that a query has no place
for ("not", "in Berlin", "last Tuesday") never goes unheard: the question is declined.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from ml.assistant.questions.catalogue import Catalogue
from ml.assistant.questions.figures import LONGEST_LIST
from ml.assistant.questions.queries import QUERIES
from ml.assistant.questions.reading import Heard, read, words_of
from ml.assistant.questions.terms import NAMED, Kind, Parameter, Query, Reading, Value
from ml.assistant.questions.tokens import likeness, normalised, trigrams
from ml.words import Language, Words

NEAREST: Final = 3
_UNSURE: Final = 0.5
"""Off the count of a reading in which a name stands alone: "newcomers" is an audience, too."""


class Why(StrEnum):
    """Why a question is declined."""

    INSTRUCTION = "injection"
    PERSONAL = "personal"
    PROTECTED = "protected"
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    NOT_PUBLISHED = "not_published"


_REFUSED: Final = {
    "INSTRUCTION": Why.INSTRUCTION,
    "PERSONAL": Why.PERSONAL,
    "PROTECTED": Why.PROTECTED,
    "WHO": Why.PERSONAL,
}
"""Concepts that decline whatever else a question holds; of several, the first here decides."""
_SYMBOLS: Final = frozenset(";*=<>{}[]\\`|^$~")


@dataclass(frozen=True)
class Match:
    """A query, and the values of its parameters."""

    query: Query
    values: Mapping[Kind, Value | None]


@dataclass(frozen=True)
class Declined:
    """That a question is not answered.

    Attributes:
        words: what stands in the way: words that no query explains, or names of queries or tables.
        nearest: queries that come closest.
        remedy: what makes the question answerable, where something does.
    """

    why: Why
    words: tuple[str, ...] = ()
    nearest: tuple[Query, ...] = ()
    remedy: Words | None = None


def matched(question: str, catalogue: Catalogue) -> Match | Declined:
    """The query that a question asks for."""
    words = words_of(question, catalogue)
    if refused := _refused(words):
        return refused
    readings = {query.name: read(words, query.kinds) for query in QUERIES}
    fitting = [
        (_weight(query, readings[query.name]), query) for query in QUERIES if _fits(query, readings[query.name], words)
    ]
    most = max((weight for weight, _ in fitting), default=0.0)
    best = [query for weight, query in fitting if weight == most]
    if len(best) > 1:
        return Declined(Why.AMBIGUOUS, tuple(query.name for query in best), tuple(best[:NEAREST]))
    if not best:
        return Declined(Why.UNKNOWN, _unexplained(readings), nearest(question))
    return _bound(best[0], readings[best[0].name].values, is_of_each=bool(words.grouped_by))


def nearest(question: str) -> tuple[Query, ...]:
    """The queries whose example shares the most runs of three letters with a question, the closest first."""
    grams = trigrams(normalised(question).casefold())
    language: Language = "zh" if is_chinese(question) else "en"
    closeness = {name: likeness(grams, example) for name, example in _examples(language).items()}
    return tuple(sorted(QUERIES, key=lambda query: -closeness[query.name])[:NEAREST])


def is_chinese(text: str) -> bool:
    """Whether a text holds Chinese letters."""
    return any("\u3400" <= letter <= "\u9fff" for letter in text)


def allowed(parameter: Parameter, value: Value) -> bool:
    """Whether the published tables answer for that value of a parameter."""
    return not parameter.choices or value in parameter.choices


def _refused(words: Heard) -> Declined | None:
    symbols = {token.text for token in words.tokens} & _SYMBOLS
    concepts = words.concepts | ({"INSTRUCTION"} if symbols else set())
    return next((Declined(why) for concept, why in _REFUSED.items() if concept in concepts), None)


def _fits(query: Query, reading: Reading, words: Heard) -> bool:
    said = reading.concepts | reading.values.keys()
    return (
        not reading.unexplained
        and words.asked_for <= query.subjects
        and words.grouped_by - {"SHOPPER"} <= query.subjects
        and ("SHOPPER" not in words.grouped_by or any("SHOPPER" in group for group in query.groups))
        and reading.concepts <= query.known
        and all(group & said for group in query.groups)
        and all(
            allowed(each, reading.values[each.kind][0]) if each.kind in reading.values else not each.is_needed
            for each in query.takes
        )
    )


def _weight(query: Query, reading: Reading) -> float:
    """How much of the question a query needs: its groups, and the values that it takes."""
    alone = sum(NAMED[kind] not in reading.concepts for kind in reading.values if kind in NAMED)
    return len(query.groups) + len(reading.values) - _UNSURE * alone


def _bound(query: Query, values: Mapping[Kind, tuple[Value, ...]], *, is_of_each: bool) -> Match | Declined:
    """The query with its values; a list that is asked for "by store" is not cut off where its default ends."""
    several = tuple(str(each) for found in values.values() if len(found) > 1 for each in found)
    if several:
        return Declined(Why.AMBIGUOUS, several, (query,))
    given = {each.kind: values[each.kind][0] if each.kind in values else each.default for each in query.takes}
    if is_of_each and Kind.TOP in given and Kind.TOP not in values:
        given[Kind.TOP] = LONGEST_LIST
    return Match(query, given)


def _unexplained(readings: Mapping[str, Reading]) -> tuple[str, ...]:
    """The words that the query which explains the most of a question has no place for."""
    left = (
        (*reading.unexplained, *(words for concept, words in reading.said.items() if concept not in query.known))
        for query in QUERIES
        for reading in [readings[query.name]]
    )
    return min(left, key=len)


@cache
def _examples(language: Language) -> Mapping[str, frozenset[str]]:
    asked = {query.name: query.asked.zh if language == "zh" else query.asked.en for query in QUERIES}
    return {name: trigrams(normalised(text).casefold()) for name, text in asked.items()}
