"""What a training learns: a classifier per language with its evaluation, and the topics."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from ml.reviews.bundle import Bundle
from ml.reviews.classifier import Classifier, inputs
from ml.reviews.examples import LEAST, LEAST_GROUPS, Examples, examples
from ml.reviews.judging import Choice, Judged, choose, fitted, judge
from ml.reviews.reading import SAID, is_counted
from ml.reviews.topics import Topics, learned
from ml.tables import Col
from ml.text.encoder import encode, is_installed

_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Learned:
    """One language.

    Attributes:
        choice: the recipe and why; its recipe is empty where too few reviews were there to learn from.
        judged, classifier: None there.
    """

    examples: Examples
    choice: Choice
    judged: Judged | None = None
    classifier: Classifier | None = None


@dataclass(frozen=True, eq=False)
class Training:
    """Everything that was learned."""

    languages: Sequence[Learned]
    topics: Topics
    sizes: Sequence[int]

    def bundle(self, as_of: date) -> Bundle:
        """As it is registered."""
        classifiers = {each.examples.language: each.classifier for each in self.languages if each.classifier}
        return Bundle(as_of, classifiers, self.topics)


def learn(reviews: pl.DataFrame, liked_from: float, seed: int, before: Bundle | None) -> Training:
    """Judge every recipe of every language, refit those that serve, and group reviews into topics.

    Args:
        reviews: see ``ml.reviews.reading``.
        before: the model that decides until then.
    """
    incumbents = before.recipes if before else {}
    languages = [_language(each, incumbents.get(each.language), seed) for each in examples(reviews, liked_from, seed)]
    topics, sizes = _topics(reviews, seed, before)
    return Training(languages, topics, sizes)


def _language(known: Examples, incumbent: str | None, seed: int) -> Learned:
    if not known.is_enough:
        count = int(known.positive.sum())
        why = (
            f"{known.language}: ratings go on, {count} positive and {len(known.positive) - count} negative texts are"
            f" too few or of too few people to learn from (at least {LEAST} texts by {LEAST_GROUPS}"
            " people of each class)"
        )
        return Learned(known, Choice("", why))
    vectors = encode(known.texts) if is_installed() else None
    read = inputs(known.language, known.texts, vectors, known.positive)
    judged = judge(read, known.groups, seed)
    choice = choose(judged, known.language, incumbent, seed)
    _log.info("%s", choice.why)
    return Learned(known, choice, judged, fitted(judged, read, choice, seed))


def _topics(reviews: pl.DataFrame, seed: int, before: Bundle | None) -> tuple[Topics, list[int]]:
    if not is_installed():
        return Topics(highest=before.topics.highest if before else 0), []
    told = reviews.filter(is_counted() & (pl.col(SAID) != ""))
    texts, languages = told[SAID].to_list(), told[Col.language].to_list()
    vectors = encode(texts)
    topics = learned(texts, languages, vectors, seed, before.topics if before else None)
    number, _ = topics.of(vectors)
    return topics, [int((number == place).sum()) for place in range(len(topics.topics))]
