"""The index of a version's passages: BM25, and sentence vectors of what it finds, in one order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl

from ml.assistant.capability import ASSISTANT
from ml.assistant.columns import Ask
from ml.assistant.outputs import ASSISTANT_PASSAGE
from ml.assistant.retrieval.bm25 import Bm25
from ml.assistant.retrieval.terms import is_chinese
from ml.publish.readers import published_version, table_of
from ml.publish.store import Version
from ml.settings import Settings
from ml.text.encoder import encode, is_installed

_LOOKED_AT: Final = 30
"""Passages that BM25 finds and whose vectors are compared: all of a large catalogue would take minutes to encode."""
_RANK_WEIGHT: Final = 60
"""Of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009)."""


@dataclass(frozen=True, eq=False)
class Index:
    """Passages in one language, and what finds them."""

    passages: pl.DataFrame
    words: Bm25

    @classmethod
    def of(cls, passages: pl.DataFrame, language: str) -> Index:
        """The index of the passages in a language."""
        own = passages.filter(pl.col(Ask.language) == language).sort(Ask.passage_id)
        return cls(own, Bm25.of((own[Ask.title] + "\n" + own[Ask.text]).to_list()))

    def found(self, question: str, most: int) -> pl.DataFrame:
        """The best passages, best first; none that shares no term with the question."""
        scores = self.words.scores(question)
        order = np.lexsort((np.arange(len(scores)), -scores))[:_LOOKED_AT]
        order = order[scores[order] > 0]
        near = self._by_meaning(question, order)
        by_words = {row: place for place, row in enumerate(order)}
        by_meaning = {row: place for place, row in enumerate(near)}
        fused = {
            row: 1 / (_RANK_WEIGHT + by_words[row]) + 1 / (_RANK_WEIGHT + by_meaning.get(row, len(order)))
            for row in order
        }
        best = sorted(order, key=lambda row: (-fused[row], row))[:most]
        return self.passages[[int(row) for row in best]]

    def _by_meaning(self, question: str, rows: np.ndarray) -> np.ndarray:
        """``rows`` by the likeness of their sentence vectors to the question's; as they are without the extra."""
        if len(rows) < 2 or not is_installed():
            return rows
        texts = self.passages[[int(row) for row in rows]][Ask.text].to_list()
        vectors = encode([question, *texts]).astype(np.int32)
        return rows[np.argsort(-(vectors[1:] @ vectors[0]), kind="stable")]


def published_index(settings: Settings, language: str, as_of: date | None = None) -> tuple[Index, str]:
    """The index of the published passages in a language, and the version that they are of.

    Raises:
        NotPublished: nothing is published, or not that day.
    """
    version = published_version(settings, ASSISTANT, as_of)
    return _index(version, language), version.id


@lru_cache(maxsize=4)
def _index(version: Version, language: str) -> Index:
    return Index.of(table_of(ASSISTANT, version, ASSISTANT_PASSAGE.name), language)


def language_asked(question: str) -> str:
    """The language in which a question is answered."""
    return "zh" if is_chinese(question) else "en"
