"""Telling terms of groups of texts: class-based TF-IDF (Grootendorst 2022), per language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from ml.reviews.ngrams import counted, words
from ml.reviews.numbers import Ints, Reals
from ml.text.language import CHINESE
from ml.text.masking import PLACEHOLDER

SHOWN: Final = 5
_AT_LEAST: Final = 3
"""Texts of a group that a term stands in."""
_TELLING: Final = 1.5
"""How much more often than everywhere a group says a term that tells it from others."""
_HAN: Final = re.compile(r"[\u4e00-\u9fff]+")
_LONGEST: Final = 4
_SWALLOWED: Final = 0.7
"""Share of a Chinese n-gram's occurrences inside one longer n-gram from which it is a part of that word."""
_FUNCTION_CHARACTERS: Final = frozenset(
    "的了是我在也很都就不有和与这那一个你他她它们之而于被把让给对从到为以及或但又还才只没要会能可上下来去着过得地吧吗呢啊呀哦啦么什怎样"
    "太真最更好多点些说看自己因所如果虽然"
)
_BREAK: Final = " ! "
"""In the place of masked personal data, which says nothing of a topic: no word, and what is beside it no pair."""


def telling_terms(texts: Sequence[str], groups: Ints, count: int, language: str) -> list[list[str]]:
    """Of each group up to five terms that tell it from the others, the most telling first.

    Args:
        groups: of each text, from 0; -1 for none.
        count: of groups.
    """
    cut = _chinese if language == CHINESE else _words
    grams = counted(
        texts, lambda text: sorted(set(cut(PLACEHOLDER.sub(_BREAK, text))))
    )  # a review counts once, however often it says so
    often = np.asarray(grams.counts.sum(axis=0)).ravel()
    keep = np.flatnonzero(often >= _AT_LEAST)
    if not len(keep):
        return [[] for _ in range(count)]
    terms = [grams.terms[column] for column in keep]
    if language == CHINESE:
        whole = _whole_words(terms, often[keep])
        keep, terms = keep[whole], [terms[place] for place in np.flatnonzero(whole)]
    counts = grams.counts[:, keep].tocsr()
    weights = _weights(np.stack([np.asarray(counts[groups == each].sum(axis=0)).ravel() for each in range(count)]))
    return [_best(row, terms) for row in weights]


def _weights(frequency: Ints) -> Reals:
    """Groups x terms: how telling each term is of each group."""
    frequency = np.where(frequency >= _AT_LEAST, frequency, 0)
    size = np.maximum(frequency.sum(axis=1, keepdims=True), 1)
    everywhere = np.maximum(frequency.sum(axis=0), 1)
    share, usual = frequency / size, everywhere / max(int(frequency.sum()), 1)
    weights = share * np.log(1 + frequency.sum() / max(len(frequency), 1) / everywhere)
    told: Reals = np.round(np.where(share >= _TELLING * usual, weights, 0.0), 9).astype(np.float64)
    return told


def _best(weights: Reals, terms: Sequence[str]) -> list[str]:
    found: list[str] = []
    for place in np.lexsort((np.arange(len(terms)), -weights)):
        if len(found) == SHOWN or weights[place] <= 0:
            break
        if not any(_overlap(terms[place], other) for other in found):
            found.append(terms[place])
    return found


def _overlap(term: str, other: str) -> bool:
    """Whether one is a part of the other: each says once what it is about."""
    return term in other or other in term


def _words(text: str) -> list[str]:
    """Words and pairs of neighbouring words, none of them a stop word."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS as STOP

    row = [word if len(word) > 2 and word.isalpha() and word not in STOP else "" for word in words(text)]
    pairs = [f"{one} {two}" for one, two in pairwise(row) if one and two]
    return [word for word in row if word] + pairs


def _chinese(text: str) -> list[str]:
    """Two to four Chinese characters that stand together, none at the ends a function word."""
    return [
        gram
        for run in _HAN.findall(text)
        for size in range(2, _LONGEST + 1)
        for start in range(len(run) - size + 1)
        if not _FUNCTION_CHARACTERS & {(gram := run[start : start + size])[0], gram[-1]}
    ]


def _whole_words(terms: Sequence[str], often: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which of the n-grams are no parts of one longer n-gram that nearly always stands around them."""
    place = {term: number for number, term in enumerate(terms)}
    whole = np.ones(len(terms), dtype=np.bool_)
    for term, number in place.items():
        for part in (term[1:], term[:-1]):
            inner = place.get(part)
            if inner is not None and often[number] >= _SWALLOWED * often[inner]:
                whole[inner] = False
    return whole
