"""Customers' questions, answered in the words of one passage that is cited, or declined.

Nothing is phrased anew, so nothing can be made up. A passage answers if it, or its title, holds what the question asks
about: every word of an English question, most pairs of characters of a Chinese one. Of a product only what its passage
states is answered, and only where the question holds nothing beside its name and the words for that statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from ml.assistant.columns import Ask
from ml.assistant.passages import DOCUMENT, PRODUCT
from ml.assistant.retrieval.index import Index, language_asked, published_index
from ml.assistant.retrieval.products import statement_about
from ml.assistant.retrieval.terms import terms, turns
from ml.settings import Settings

MOST_CHARACTERS: Final = 500
"""Of a question; a longer one is none."""
_COVERED: Final = {"en": 1.0, "zh": 0.6}
"""Share of the question's terms that the passage and its title must hold."""
_LOOKED_AT: Final = 10
_DECLINED: Final = {
    "en": "The shop's documents and catalogue do not answer this.",
    "zh": "商店的文档和商品目录没有这个问题的答案。",
}


@dataclass(frozen=True)
class CitedAnswer:
    """An answer in the words of its source, or why there is none.

    Attributes:
        text: the words of the passage; empty where the question is declined.
        source: table and key of the passage.
        link: where the customer can read it; empty where the shop says nowhere.
        version: of the published passages.
        declined: why there is no answer; empty where there is one.
    """

    question: str
    text: str = ""
    title: str = ""
    source: str = ""
    link: str = ""
    version: str = ""
    declined: str = ""


def answer(settings: Settings, question: str, as_of: date | None = None) -> CitedAnswer:
    """Answer a customer's question from the published passages of a day, or decline it.

    Raises:
        NotPublished: nothing is published, or not that day.
    """
    index, version = published_index(settings, language_asked(question), as_of)
    return answered(index, question, version)


def answered(index: Index, question: str, version: str = "") -> CitedAnswer:
    """The same from an index."""
    language = language_asked(question)
    asked = set(terms(question))
    if not asked or len(question) > MOST_CHARACTERS:
        return CitedAnswer(question, version=version, declined=_DECLINED[language])
    products = index.passages.filter(pl.col(Ask.kind) == PRODUCT)
    row = statement_about(question, products, language) or _paragraph(index, question, asked, language)
    if row is None or not turns(question) <= turns(row[Ask.text]):
        return CitedAnswer(question, version=version, declined=_DECLINED[language])
    return CitedAnswer(question, row[Ask.text], row[Ask.title], row[Ask.source], row[Ask.link] or "", version)


def _paragraph(index: Index, question: str, asked: set[str], language: str) -> dict[str, str] | None:
    """The best paragraph of a document that covers the question."""
    found = index.found(question, _LOOKED_AT).filter(pl.col(Ask.kind) == DOCUMENT)
    for row in found.iter_rows(named=True):
        held = set(terms(f"{row[Ask.title]}\n{row[Ask.text]}"))
        if len(asked & held) >= _COVERED[language] * len(asked):
            return row
    return None
