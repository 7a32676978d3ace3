"""An answer to a question, and the same as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ml.assistant.questions.terms import Value
from ml.words import Language


@dataclass(frozen=True)
class Answer:
    """The answer to a question, or why there is none.

    Attributes:
        question: as it was asked.
        language: of the texts: Chinese where the question holds Chinese letters.
        query: the name of the query; empty where the question is declined.
        means: what the rows are.
        values: of the query's parameters, by name; None stands for "any".
        sql: of the query, values filled in; ``shelduck sql`` answers the same (but for tables ``earlier.…``).
        columns, rows: the table; numbers, texts, days, lists as DuckDB gives them to Python.
        as_of: the day of the published tables.
        phrase: the answer in a sentence, where a language model wrote one whose numbers stand in the table.
        why: the kind of reason why it is declined: a value of ``matching.Why``; empty where it is answered.
        reason: the same in words.
        nearest: questions that can be asked instead.
    """

    question: str
    language: Language
    query: str = ""
    means: str = ""
    values: Mapping[str, Value | None] = field(default_factory=dict)
    sql: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    as_of: date | None = None
    phrase: str = ""
    why: str = ""
    reason: str = ""
    nearest: tuple[str, ...] = ()

    @property
    def is_declined(self) -> bool:
        """Whether there is no table."""
        return bool(self.why)

    def document(self) -> dict[str, Any]:
        """The answer as what JSON can hold: days as text, numbers that JSON lacks as null, a row as an object."""
        if self.is_declined:
            declined = {"why": self.why, "reason": self.reason, "nearest": list(self.nearest)}
            return {"question": self.question, "declined": declined}
        return {
            "question": self.question,
            "query": self.query,
            "means": self.means,
            "values": dict(self.values),
            "as_of": str(self.as_of),
            "sql": self.sql,
            "phrase": self.phrase,
            "rows": [dict(zip(self.columns, map(_plain, row), strict=True)) for row in self.rows],
        }


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)
