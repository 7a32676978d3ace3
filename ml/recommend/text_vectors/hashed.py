"""Vectors of texts without an encoder: TF-IDF of character n-grams, hashed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

HASHED: Final = "hashed-tfidf"
_GRAMS: Final = (3, 5)


def hashed_vectors(texts: Sequence[str], width: int) -> NDArray[np.int8]:
    """Of distinct texts: (texts, width) int8, the TF-IDF of their n-grams of 3 to 5 characters, the largest as 127.

    The document frequencies are those of ``texts``.
    """
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

    if not len(texts):
        return np.zeros((0, width), dtype=np.int8)
    # without signs, which could add up to nothing
    hasher = HashingVectorizer(
        analyzer="char_wb", ngram_range=_GRAMS, n_features=width, norm=None, alternate_sign=False
    )
    weighted = TfidfTransformer(norm=None).fit_transform(hasher.fit_transform(texts)).toarray()
    largest = np.abs(weighted).max(axis=1, keepdims=True)
    return np.asarray(np.rint(127 * weighted / np.where(largest > 0, largest, 1.0)), dtype=np.int8)
