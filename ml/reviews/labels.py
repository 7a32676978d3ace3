"""``review_label`` and the mentions of aspects behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from ml.reviews.aspects import Taxonomy
from ml.reviews.bundle import Bundle
from ml.reviews.clauses import clauses
from ml.reviews.columns import DecidedBy, Rev, Sentiment
from ml.reviews.numbers import Bytes, Ints
from ml.reviews.outputs import REVIEW_LABEL
from ml.reviews.reading import SAID
from ml.reviews.sentiment import Read, decided, read
from ml.reviews.topics import NONE
from ml.tables import Col
from ml.text.encoder import encode

QUOTE: Final = "quote"
CONFIDENCE: Final = "confidence"
"""How far from even the probability of a quote lies, 0 to ½."""
NEARNESS: Final = "nearness"
_PLACE: Final = "place"


@dataclass(frozen=True, eq=False)
class Labelled:
    """What is known of a day's reviews.

    Attributes:
        labels: rows of ``review_label``.
        mentions: a row per review and aspect: ``review_id``, ``aspect_id``, ``sentiment``, ``QUOTE``, ``CONFIDENCE``.
        nearness: ``review_id`` and how near each review with a topic is to it.
    """

    labels: pl.DataFrame
    mentions: pl.DataFrame
    nearness: pl.DataFrame


@dataclass(frozen=True, eq=False)
class Labeller:
    """Reads reviews with a model, or by ratings alone."""

    bundle: Bundle | None
    taxonomy: Taxonomy
    liked_from: float

    def labelled(self, reviews: pl.DataFrame) -> Labelled:
        """Read reviews.

        Args:
            reviews: see ``ml.reviews.reading``.
        """
        said, languages = reviews[SAID].to_list(), reviews[Col.language].to_list()
        vectors = self._vectors(said)
        whole = self._read(said, languages, vectors)
        decisions = [
            decided(float(probability), rating, self.liked_from, is_clear=bool(clear))
            for probability, clear, rating in zip(whole.probability, whole.is_clear, reviews[Col.rating], strict=True)
        ]
        mentions = self._mentions(reviews, [sentiment for sentiment, _ in decisions])
        topics, near = self._topics(reviews, vectors)
        is_read = ~np.isnan(whole.probability)
        labels = reviews.with_columns(
            pl.Series(Rev.sentiment, [sentiment for sentiment, _ in decisions], dtype=pl.String),
            pl.Series(Rev.decided_by, [by for _, by in decisions], dtype=pl.String),
            pl.Series(Col.probability, whole.probability).fill_nan(None),
            pl.Series(Rev.is_abstained, is_read & ~whole.is_clear),
            pl.Series(Rev.topic_id, topics, dtype=pl.String),
        ).join(_by_review(mentions), on=Rev.review_id, how="left", maintain_order="left")
        lists = (Rev.aspects, Rev.aspects_positive, Rev.aspects_negative)
        filled = labels.with_columns(pl.col(lists).fill_null(pl.lit([], dtype=pl.List(pl.String))))
        nearness = pl.DataFrame({Rev.review_id: reviews[Rev.review_id], NEARNESS: near})
        return Labelled(REVIEW_LABEL.checked(filled), mentions, nearness)

    def _vectors(self, texts: list[str]) -> Bytes | None:
        return encode(texts) if self.bundle is not None and self.bundle.needs_vectors else None

    def _read(self, texts: list[str], languages: list[str | None], vectors: Bytes | None) -> Read:
        return read({} if self.bundle is None else self.bundle.classifiers, texts, languages, vectors)

    def _topics(self, reviews: pl.DataFrame, vectors: Bytes | None) -> tuple[list[str | None], Ints]:
        """Of each review the topic's id, None for none and for reviews that do not count; and how near it is."""
        if self.bundle is None or vectors is None:
            return [None] * len(reviews), np.zeros(len(reviews), np.int64)
        number, near = self.bundle.topics.of(vectors)
        out = (reviews[Rev.is_spam] | reviews[Rev.is_duplicate]).to_numpy()
        names = [each.topic_id for each in self.bundle.topics.topics]
        return [None if row == NONE or left else names[row] for row, left in zip(number, out, strict=True)], near

    def _named(self, reviews: pl.DataFrame) -> Iterator[dict[str, Any]]:
        """Each aspect that a clause of a review names."""
        columns = (Rev.review_id, SAID, Col.language)
        for place, (review, said, language) in enumerate(reviews.select(columns).iter_rows()):
            for clause in clauses(said, language) if said else []:
                for aspect in self.taxonomy.found(clause, language):
                    yield {Rev.review_id: review, Rev.aspect_id: aspect, QUOTE: clause, _PLACE: place}

    def _mentions(self, reviews: pl.DataFrame, sentiments: list[Sentiment | None]) -> pl.DataFrame:
        """A row per review and aspect, by the clauses that name it: of several, the most confident one."""
        found = list(self._named(reviews))
        texts, places = [each[QUOTE] for each in found], [each[_PLACE] for each in found]
        languages = [reviews[Col.language][place] for place in places]
        parts = self._read(texts, languages, self._vectors(texts))
        for number, (each, place) in enumerate(zip(found, places, strict=True)):
            probability = float(parts.probability[number])
            by_text = not np.isnan(probability)
            each[Rev.sentiment] = _polarity(probability, sentiments[place], is_clear=bool(parts.is_clear[number]))
            each[CONFIDENCE] = round(abs(probability - 0.5), 4) if by_text else 0.0
        schema = {
            **dict.fromkeys((Rev.review_id, Rev.aspect_id, QUOTE, Rev.sentiment), pl.String),
            CONFIDENCE: pl.Float64,
        }
        rows = pl.DataFrame([{name: each[name] for name in schema} for each in found], schema=schema)
        keys = [Rev.review_id, Rev.aspect_id]
        clear_first = rows.with_columns(
            pl.col(Rev.sentiment).is_not_null().alias("says"), pl.int_range(pl.len()).alias("n")
        )
        ordered = clear_first.sort(*keys, "says", CONFIDENCE, "n", descending=[False, False, True, True, False])
        return ordered.unique(keys, keep="first", maintain_order=True).select(*schema)


def _polarity(probability: float, of_review: Sentiment | None, *, is_clear: bool) -> Sentiment | None:
    """What a clause says of its aspect: what it clearly says itself, or what the review says, if it leans there too.

    Args:
        probability: that the clause is positive; NaN where no model reads it: then the review speaks for it.
    """
    if np.isnan(probability):
        return of_review
    leaning = Sentiment.POSITIVE if probability > 0.5 else Sentiment.NEGATIVE
    return leaning if is_clear or leaning == of_review else None


def _by_review(mentions: pl.DataFrame) -> pl.DataFrame:
    def those(sentiment: Sentiment) -> pl.Expr:
        return pl.col(Rev.aspect_id).filter(pl.col(Rev.sentiment) == sentiment.value)

    return (
        mentions.sort(Rev.review_id, Rev.aspect_id)
        .group_by(Rev.review_id, maintain_order=True)
        .agg(
            pl.col(Rev.aspect_id).alias(Rev.aspects),
            those(Sentiment.POSITIVE).alias(Rev.aspects_positive),
            those(Sentiment.NEGATIVE).alias(Rev.aspects_negative),
        )
    )


def decided_counts(labels: pl.DataFrame) -> dict[str, int]:
    """How many reviews each of model, rating and nothing decided."""
    return {by.value: int((labels[Rev.decided_by] == by.value).sum()) for by in DecidedBy}
