"""The sentiment of texts: the probability that each is positive, and whether that is clear enough to decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ml.reviews.classifier import Classifier
from ml.reviews.columns import DecidedBy, Sentiment
from ml.reviews.numbers import Bytes, Flags, Reals


@dataclass(frozen=True, eq=False)
class Read:
    """What the classifiers say of texts.

    Attributes:
        probability: that each text is positive; NaN where no classifier reads its language.
        is_clear: whether the classifier decides.
    """

    probability: Reals
    is_clear: Flags


def read(
    classifiers: Mapping[str, Classifier], texts: Sequence[str], languages: Sequence[str | None], vectors: Bytes | None
) -> Read:
    """Let each text be read by the classifier of its language."""
    probability, least = np.full(len(texts), np.nan), np.ones(len(texts))
    for language, classifier in classifiers.items():
        rows = [row for row, spoken in enumerate(languages) if spoken == language]
        if rows:
            some = None if vectors is None else vectors[rows]
            probability[rows] = classifier.probabilities([texts[row] for row in rows], some)
            least[rows] = classifier.least
    confident = np.nan_to_num(np.maximum(probability, 1 - probability), nan=-1.0)
    return Read(probability, np.asarray(confident >= least))


def decided(
    probability: float, rating: float | None, liked_from: float, *, is_clear: bool
) -> tuple[Sentiment | None, DecidedBy]:
    """The sentiment of a review: by its text where that is clear, else by its rating.

    Args:
        probability: NaN where no model read it.
        liked_from: a higher rating is positive, a lower one negative, this one neither.
    """
    if is_clear:
        return (Sentiment.POSITIVE if probability > 0.5 else Sentiment.NEGATIVE), DecidedBy.MODEL
    by_rating = of_rating(rating, liked_from)
    return by_rating, DecidedBy.NOTHING if by_rating is None else DecidedBy.RATING


def of_rating(rating: float | None, liked_from: float) -> Sentiment | None:
    """What a rating says; None for the middle of the scale and without one."""
    if rating is None or rating == liked_from:
        return None
    return Sentiment.POSITIVE if rating > liked_from else Sentiment.NEGATIVE
