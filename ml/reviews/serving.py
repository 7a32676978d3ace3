"""The registered model as MLflow loads it: code beside data, nothing pickled.

It reads the texts that it is asked about with the version's own classifiers and topics; a text that is not clear to it
has no sentiment. Personal data in a question is masked first, as in landed reviews.

MLflow runs this file on its own (models from code), so it ends by saying what it serves.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from ml.registry.pyfunc import serve
from ml.reviews.bundle import read_bundle
from ml.reviews.columns import Rev, Sentiment
from ml.reviews.interface import REVIEWS_MODEL
from ml.reviews.sentiment import read
from ml.reviews.topics import NONE
from ml.tables import Col
from ml.text.encoder import encode
from ml.text.language import language_of
from ml.text.masking import masked

if TYPE_CHECKING:
    import pandas as pd


class ReviewReader:
    """Reads texts with one version."""

    def __init__(self, folder: Path) -> None:
        self._bundle = read_bundle(folder)

    def answer(self, question: pd.DataFrame, params: Mapping[str, Any]) -> pl.DataFrame:  # noqa: ARG002
        """A row per text, in the order of the question."""
        texts = [masked(str(text)) for text in question[Rev.text]]
        languages = [language_of(text) for text in texts]
        vectors = encode(texts) if self._bundle.needs_vectors else None
        found = read(self._bundle.classifiers, texts, languages, vectors)
        topics = [each.topic_id for each in self._bundle.topics.topics]
        numbers = [NONE] * len(texts) if vectors is None else self._bundle.topics.of(vectors)[0].tolist()
        sides = [Sentiment.POSITIVE.value if value > 0.5 else Sentiment.NEGATIVE.value for value in found.probability]
        return pl.DataFrame(
            {
                Rev.text: texts,
                Col.language: languages,
                Rev.sentiment: [side if clear else None for side, clear in zip(sides, found.is_clear, strict=True)],
                Col.probability: pl.Series(found.probability).fill_nan(None),
                Rev.topic_id: [None if number == NONE else topics[number] for number in numbers],
            },
            schema_overrides={Rev.sentiment: pl.String, Rev.topic_id: pl.String},
        )


serve(REVIEWS_MODEL, ReviewReader)
