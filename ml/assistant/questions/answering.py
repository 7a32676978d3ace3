"""``answer``: from a question to the table that answers it and the SQL that made it, or to why it is declined."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from ml.assistant.questions.answered import Answer
from ml.assistant.questions.catalogue import Catalogue, catalogue_of
from ml.assistant.questions.language_model import LanguageModel, checked_choice, checked_phrase
from ml.assistant.questions.matching import Declined, Match, Why, is_chinese, matched, nearest
from ml.assistant.questions.published import Published, published
from ml.assistant.questions.queries import QUERIES
from ml.assistant.questions.refusals import to_ask_of, to_publish, told
from ml.assistant.questions.terms import EARLIER, Query, Value
from ml.settings import Settings
from ml.warehouse.queries import ask
from ml.words import Language, said

_PARAMETER: Final = re.compile(r"\$([a-z]+)")
_OPTIONAL: Final = re.compile(r" *\[\[(.*?)\]\]")
_RECENT: Final[dict[frozenset[Path], Catalogue]] = {}
_KEPT: Final = 4
_BY_MODEL: Final = (Why.UNKNOWN, Why.AMBIGUOUS)
"""What a language model may try to understand; what is refused for what it asks stays refused."""


def answer(
    settings: Settings, question: str, as_of: date | None = None, language_model: LanguageModel | None = None
) -> Answer:
    """Answer a question from the published tables of a day; reads them and nothing else, changes nothing.

    Args:
        question: in English or Chinese, as a person asks it; it is data and never becomes SQL.
        as_of: a published day; None: of each capability what readers get now.
        language_model: may choose the query of a question that is not understood, and phrase the answer.

    Raises:
        NotPublished: nothing is published, or not that day, or a file cannot be read.
        QueryRefused: a query needs more memory than SHELDUCK_MEMORY_LIMIT.
    """
    tables = published(settings, as_of)
    catalogue = _catalogue(settings, tables)
    found = matched(question, catalogue)
    if isinstance(found, Declined) and found.why in _BY_MODEL and language_model:
        found = _chosen(question, catalogue, language_model) or found
    answered = _declined(question, found) if isinstance(found, Declined) else _run(settings, question, found, tables)
    return _phrased(answered, language_model) if language_model and not answered.is_declined else answered


def with_values(sql: str, values: Mapping[str, Value | None]) -> str:
    """A query with its values in place of its parameters, as literals: to be read and tried, not what is run."""
    return _PARAMETER.sub(lambda found: _literal(values[found[1]]), sql)


def _catalogue(settings: Settings, tables: Published) -> Catalogue:
    """Its names, read once per process and set of versions, none of which ever changes."""
    versions = frozenset(tables.files.values())
    if (found := _RECENT.get(versions)) is None:
        with tables.database(settings, tables.tables) as database:
            found = catalogue_of(database, tables.tables)
        for oldest in [*_RECENT][: 1 - _KEPT]:
            _RECENT.pop(oldest, None)
        _RECENT[versions] = found
    return found


def statement(sql: str, values: Mapping[str, Value | None]) -> str:
    """The SQL of a query for values of its parameters: without the conditions that hold for any."""

    def kept(found: re.Match[str]) -> str:
        return f" {found[1]}" if all(values[name] is not None for name in _PARAMETER.findall(found[1])) else ""

    whole = _OPTIONAL.sub(kept, sql).replace("where true and ", "where ").replace(" and true", "")
    return "\n".join(line.strip() for line in whole.replace(" where true", "").strip().splitlines())


def _run(settings: Settings, question: str, match: Match, tables: Published) -> Answer:
    query, language = match.query, _language(question)
    if unready := _unready(question, query, tables):
        return _declined(question, unready)
    values = {kind.value: value for kind, value in match.values.items()}
    sql = statement(query.sql, values)
    used = {name: values[name] for name in _PARAMETER.findall(sql)}
    with tables.database(settings, query.reads) as database:
        found = ask(database, sql, used)
        rows = tuple(found.rows)
    means, shown = said(query.means, language), with_values(sql, values)
    of_day = tables.day_of(query.reads[0])
    return Answer(question, language, query.name, means, values, shown, found.columns, rows, of_day)


def _unready(question: str, query: Query, tables: Published) -> Declined | None:
    """Why a query cannot run: a table is not there, or the tables that it joins are of different days."""
    if missing := tables.missing(query.reads):
        others = tuple(each for each in nearest(question) if each is not query)
        remedy = to_publish(missing[0], tables.day_of(missing[0]))
        return Declined(Why.NOT_PUBLISHED, missing, others, remedy)
    days = {table: tables.days[table] for table in query.reads if not table.startswith(EARLIER)}
    if len(set(days.values())) == 1:
        return None
    differing = tuple(f"{table} {day}" for table, day in days.items())
    return Declined(Why.NOT_PUBLISHED, differing, (query,), to_ask_of(min(days.values())))


def _chosen(question: str, catalogue: Catalogue, model: LanguageModel) -> Match | None:
    with suppress(Exception):  # a model that is down or talks nonsense changes no answer
        return checked_choice(model.choose(question, QUERIES), catalogue)
    return None


def _phrased(answered: Answer, model: LanguageModel) -> Answer:
    with suppress(Exception):
        text = model.phrase(answered.question, answered.columns, answered.rows)
        return replace(answered, phrase=checked_phrase(text, answered.rows, answered.question))
    return answered


def _declined(question: str, declined: Declined) -> Answer:
    language = _language(question)
    asked = tuple(said(query.asked, language) for query in declined.nearest)
    return Answer(question, language, why=declined.why, reason=told(declined, language), nearest=asked)


def _language(question: str) -> Language:
    return "zh" if is_chinese(question) else "en"


def _literal(value: Value | None) -> str:
    if isinstance(value, str):
        quoted = value.replace("'", "''")
        return f"'{quoted}'"
    return "null" if value is None else str(value)
