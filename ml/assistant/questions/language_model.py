"""What a language model may do for an answer: choose a query and its values, and say the answer in a sentence.

It never sees a table before the query is chosen, writes no SQL, and what it returns is checked: the query is one of the
fixed ones, each value is one that the catalogue holds, and each number of the sentence stands in the table.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from ml.assistant.questions.catalogue import Catalogue
from ml.assistant.questions.matching import Match, allowed
from ml.assistant.questions.queries import QUERIES
from ml.assistant.questions.terms import Kind, Query, Value

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_INTEGERS: Final = (Kind.PAST, Kind.FUTURE, Kind.DAYS, Kind.TOP)
MOST: Final = 10**6
_LARGE: Final = 100
"""From here on a value may be said without decimals."""


@dataclass(frozen=True)
class Choice:
    """What a language model chose.

    Attributes:
        query: the name of one of the queries; empty where none answers the question.
        values: by kind, as the catalogue writes them.
    """

    query: str
    values: Mapping[str, Value]


class LanguageModel(Protocol):
    """A language model behind the questions. Whatever it raises or returns, no answer depends on it."""

    def choose(self, question: str, queries: Sequence[Query]) -> Choice:
        """The query that a question asks for, with its values."""

    def phrase(self, question: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
        """The answer in one or two sentences."""


def checked_choice(choice: Choice, catalogue: Catalogue) -> Match | None:
    """The choice as a match; None where the query or a value of it does not exist."""
    query = next((each for each in QUERIES if each.name == choice.query), None)
    if query is None or not {kind.value for kind in query.kinds} >= choice.values.keys():
        return None
    values: dict[Kind, Value | None] = {each.kind: choice.values.get(each.kind, each.default) for each in query.takes}
    if any(each.is_needed and values[each.kind] is None for each in query.takes):
        return None
    is_right = all(
        value is None or (_is_of(kind, value) and catalogue.holds(kind, value) and allowed(query.kinds[kind], value))
        for kind, value in values.items()
    )
    return Match(query, values) if is_right else None


def checked_phrase(text: str, rows: Sequence[Sequence[Any]], said: str) -> str:
    """The sentence, or nothing where one of its numbers stands neither in the table nor in ``said``."""
    known = {number for row in rows for value in row for number in _written(value)} | set(_NUMBER.findall(said))
    return text if all(number in known for number in _NUMBER.findall(text)) else ""


def _is_of(kind: Kind, value: Value) -> bool:
    if kind in _INTEGERS:
        return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MOST
    if kind is Kind.SHARE:
        return isinstance(value, float | int) and not isinstance(value, bool) and 0 <= value <= 1
    return isinstance(value, str)


def _written(value: Any) -> set[str]:
    """How a sentence may write a value: whole, with thousands separated, or rounded to one or two decimals."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return set(_NUMBER.findall(str(value)))
    fewest = 0 if abs(value) >= _LARGE or value == int(value) else 1
    return {form for digits in range(fewest, 3) for form in (f"{value:.{digits}f}", f"{value:,.{digits}f}")} | {
        str(value)
    }
