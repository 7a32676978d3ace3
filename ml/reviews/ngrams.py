"""N-grams of texts as whole numbers: words of languages with spaces, characters of Chinese.

Weights are TF-IDF (1 + log count, of unit length), times ``STEPS`` and rounded: sums of their products are exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from ml.reviews.numbers import Ints
from ml.text.language import CHINESE

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

STEPS: Final = 1024
"""One is so many steps."""
IDF_STEPS: Final = 1000
_AT_LEAST: Final = 2
"""Texts that an n-gram stands in: what one person alone wrote is not kept in a model."""
_AT_MOST: Final = 60_000
"""N-grams of a model; of more, those in the most texts."""
_TOKEN: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[!?]")
_NEGATION: Final = re.compile(r"not|no|never|cannot|without|nor|hardly|barely|neither|none|nothing|.*n't")
_REACH: Final = 3
"""Words after a negation that it turns (Pang, Lee and Vaithyanathan 2002 turn all up to the next mark)."""
_SPACE: Final = re.compile(r"\s+")


class Grams(NamedTuple):
    """Texts x n-grams: how often each stands in each; ``terms`` in code-point order."""

    counts: csr_matrix
    terms: list[str]


def words(text: str) -> list[str]:
    """Lower-case words, numbers, and the marks ! and ?."""
    return _TOKEN.findall(text.lower().replace("’", "'"))


def marked_words(text: str) -> list[str]:
    """The same, with a mark on the words that a negation turns."""
    found, turned = [], 0
    for word in words(text):
        found.append(f"!{word}" if turned and word not in "!?" else word)
        turned = 0 if word in "!?" else max(turned - 1, 0)
        if _NEGATION.fullmatch(word):
            turned = _REACH
    return found


def characters(text: str) -> list[str]:
    """The characters of a text, lower-case, spaces left out."""
    return list(_SPACE.sub("", text.lower()))


def analyzer(language: str, *, marks_negation: bool) -> Callable[[str], list[str]]:
    """What turns a text into n-grams: one to three characters of Chinese, else one or two words."""
    if language == CHINESE:
        return lambda text: _joined(characters(text), 3, "")
    cut = marked_words if marks_negation else words
    return lambda text: _joined(cut(text), 2, " ")


def counted(texts: Sequence[str], cut: Callable[[str], list[str]], terms: Sequence[str] | None = None) -> Grams:
    """Count the n-grams of texts.

    Args:
        terms: those that count; None: all that there are.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    if terms is not None:
        if not terms or not len(texts):
            return Grams(_empty(len(texts), len(terms)), list(terms))
        vectorizer = CountVectorizer(analyzer=cut, vocabulary={term: place for place, term in enumerate(terms)})
        return Grams(vectorizer.transform(texts).tocsr(), list(terms))
    if not any(cut(text) for text in texts):
        return Grams(_empty(len(texts), 0), [])
    vectorizer = CountVectorizer(analyzer=cut)
    counts = vectorizer.fit_transform(texts).tocsr()
    return Grams(counts, vectorizer.get_feature_names_out().tolist())


def selected(grams: Grams, rows: Ints) -> tuple[Ints, Ints]:
    """The columns that are learned from, and the inverse document frequency of each in thousandths.

    Args:
        rows: of the texts that are learned from; others have no say.
    """
    texts = np.asarray((grams.counts[rows] > 0).sum(axis=0)).ravel().astype(np.int64)
    often = np.flatnonzero(texts >= _AT_LEAST)
    if len(often) > _AT_MOST:
        often = np.sort(often[np.argsort(-texts[often], kind="stable")[:_AT_MOST]])
    idf = np.log((1 + len(rows)) / (1 + texts[often])) + 1
    return often, np.rint(idf * IDF_STEPS).astype(np.int64)


def weighted(counts: csr_matrix, idf: Ints) -> csr_matrix:
    """TF-IDF of texts x n-grams in whole steps."""
    found: Any = counts.astype(np.float64).tocsr()
    found.data = 1 + np.log(found.data)
    found = found.multiply(idf / IDF_STEPS).tocsr()
    lengths = np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())
    found.data = np.rint(found.data / np.repeat(lengths, np.diff(found.indptr)) * STEPS)
    return found.astype(np.int64)


def _joined(parts: list[str], longest: int, by: str) -> list[str]:
    return [
        by.join(parts[start : start + size]) for size in range(1, longest + 1) for start in range(len(parts) - size + 1)
    ]


def _empty(rows: int, columns: int) -> csr_matrix:
    from scipy.sparse import csr_matrix

    return csr_matrix((rows, columns), dtype=np.int64)
