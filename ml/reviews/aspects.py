"""Which aspects a text is about, by terms: those that Shelduck ships and those that the shop lands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from ml.reviews.columns import Rev
from ml.reviews.shipped_aspects import TERMS
from ml.tables import Col
from ml.text.language import CHINESE, ENGLISH, OTHER

_KNOWN: Final = {"en": ENGLISH, "eng": ENGLISH} | dict.fromkeys(("zh", "zho", "chi", "cmn", "yue"), CHINESE)
"""By the first part of a BCP 47 tag the language that texts are told to be in; all else is ``OTHER``."""
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Lao, Burmese, Khmer, Japanese and Chinese write no spaces between words."""


@dataclass(frozen=True)
class Taxonomy:
    """Terms by language and aspect.

    Attributes:
        terms: lower-case; no aspect without a term.
    """

    terms: Mapping[str, Mapping[str, tuple[str, ...]]]

    @cached_property
    def _patterns(self) -> dict[str, dict[str, re.Pattern[str]]]:
        return {
            language: {aspect: _pattern(terms, language) for aspect, terms in sorted(aspects.items())}
            for language, aspects in self.terms.items()
        }

    def found(self, text: str, language: str) -> list[str]:
        """The aspects that a text is about, in alphabetical order; none of a language without terms."""
        lower = text.lower()
        return [aspect for aspect, pattern in self._patterns.get(language, {}).items() if pattern.search(lower)]


def taxonomy(landed: pl.DataFrame) -> Taxonomy:
    """The shipped terms, with those that the shop lands and without those that it switches off.

    Of a landed term's language the first part counts: en-US is English. Terms of languages that are not told apart in
    texts are searched in every text that is neither English nor Chinese.

    Args:
        landed: rows of ``dim_review_aspect``.
    """
    terms = {
        language: {aspect: dict.fromkeys(each) for aspect, each in aspects.items()}
        for language, aspects in TERMS.items()
    }
    ordered = landed.sort(Rev.aspect_id, Col.language, Rev.term)
    for aspect, tag, term, is_enabled in ordered.select(
        Rev.aspect_id, Col.language, Rev.term, Rev.is_enabled
    ).iter_rows():
        language = _KNOWN.get(tag.lower().partition("-")[0], OTHER)
        known = terms.setdefault(language, {}).setdefault(aspect, {})
        if is_enabled:
            known[term.strip().lower()] = None
        else:
            known.pop(term.strip().lower(), None)
    return Taxonomy(
        {
            language: {aspect: tuple(each) for aspect, each in aspects.items() if any(each)}
            for language, aspects in terms.items()
        }
    )


def _pattern(terms: Iterable[str], language: str) -> re.Pattern[str]:
    """One expression for all terms; of languages with spaces whole words only."""
    longest_first = sorted((term for term in terms if term), key=lambda term: (-len(term), term))
    return re.compile("|".join(_one(term, language) for term in longest_first))


def _one(term: str, language: str) -> str:
    spelt = re.escape(term).replace(r"\ ", r"\s+")
    return spelt if language == CHINESE or _UNSPACED.search(term) else rf"(?<!\w){spelt}(?!\w)"
