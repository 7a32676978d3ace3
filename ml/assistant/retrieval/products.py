"""What a product's passage states, for questions that name the product and ask for that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from ml.assistant.columns import Ask
from ml.assistant.retrieval.terms import terms

_MOST_WORDS, _MOST_LETTERS = 10, 24
_ASKED: Final = {
    "en": {
        "Price:": ("price", "cost", "much", "expensive"),
        "Similar:": ("similar", "alternative", "like", "instead"),
        "Bought together": ("goes", "together", "pair", "bought"),
        "reviews that": ("reviews", "reviewed", "rated", "rating", "good"),
        '"': ("brand", "category", "kind", "sort", "type"),
    },
    "zh": {
        "价格": ("价格", "多少钱", "售价", "贵"),
        "相似商品": ("相似", "类似", "替代"),
        "常一起购买": ("一起买", "搭配"),
        "有倾向的评价": ("评价", "好评", "口碑"),
        "“": ("品牌", "类别", "牌子", "种类"),
    },
}
"""By how a statement begins, the words that ask for it."""


def statement_about(question: str, products: pl.DataFrame, language: str) -> dict[str, Any] | None:
    """The passage's row with only the statement that the question asks for; None where it asks for none.

    Two products of one name that state different things answer nothing.
    """
    lowered = question.lower()
    name = _named(lowered, products)
    if name is None:
        return None
    rest = lowered.replace(name, " ")
    asked = [start for start, words in _ASKED[language].items() if any(word in rest for word in words)]
    left = _left(rest, _ASKED[language].get(asked[0], ()) if asked else ())
    if len(asked) != 1 or left:
        return None
    rows = products.filter(pl.col(Ask.title).str.to_lowercase() == name)
    stated = {line for text in rows[Ask.text] for line in text.splitlines() if asked[0] in line}
    if len(stated) != 1:
        return None
    return rows.row(0, named=True) | {Ask.text: stated.pop()}


def _left(rest: str, words: tuple[str, ...]) -> set[str]:
    """Terms of the question beside the product's name and the words that ask."""
    for word in words:
        rest = rest.replace(word, " ")
    return set(terms(rest))


def _named(question: str, products: pl.DataFrame) -> str | None:
    """The longest name of a product that the question holds."""
    candidates = list(dict.fromkeys(_stretches(question)))
    held = products.select(pl.col(Ask.title).str.to_lowercase()).filter(pl.col(Ask.title).is_in(candidates))
    names = held[Ask.title].unique().to_list()
    return max(names, key=lambda name: (len(name), name), default=None)


def _stretches(question: str) -> Iterator[str]:
    """Runs of words, and of characters of a text without spaces, that may be a name."""
    words = [(each.start(), each.end()) for each in re.finditer(r"[^\s?？!！。,，]+", question)]
    for first in range(len(words)):
        for last in range(first, min(first + _MOST_WORDS, len(words))):
            yield question[words[first][0] : words[last][1]]
    for start in range(len(question)):
        for end in range(start + 2, min(start + _MOST_LETTERS, len(question)) + 1):
            yield question[start:end]
