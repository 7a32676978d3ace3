"""Sentiment classifiers: logistic regression over n-grams, sentence vectors or both, in whole numbers.

Weights and features are rounded to fixed steps and multiplied as integers: a text has the same score on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ml.reviews import ngrams
from ml.reviews.numbers import Bytes, Flags, Ints, Reals

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

UNIT: Final = 2**24
"""A score of one in steps."""
_VECTOR_STEPS: Final = 127
_DIGITS: Final = 4


@dataclass(frozen=True)
class Recipe:
    """What a classifier learns from.

    Attributes:
        vectors: weight of the sentence vectors beside the n-grams, both of unit length; 0: without them.
        strength: inverse of the L2 penalty.
    """

    name: str
    ngrams: bool
    marks_negation: bool
    vectors: float
    strength: float


NGRAMS: Final = Recipe("ngrams", ngrams=True, marks_negation=False, vectors=0.0, strength=4.0)
VECTORS: Final = Recipe("vectors", ngrams=False, marks_negation=False, vectors=1.0, strength=2.0)
COMBINED: Final = Recipe("combined", ngrams=True, marks_negation=True, vectors=0.5, strength=6.0)
RECIPES: Final = (NGRAMS, VECTORS, COMBINED)
"""The simplest first."""
BY_NAME: Final = {recipe.name: recipe for recipe in RECIPES}


@dataclass(frozen=True, eq=False)
class Classifier:
    """A fitted classifier of one language.

    Attributes:
        terms, idf, term_weights: of the n-grams; empty where it has none.
        vector_weights: 512, or none.
        bias: in steps.
        slope, intercept: of the calibration: probability = logistic(slope x score + intercept).
        least: the probability of its class from which a text is clear; below it the classifier abstains.
    """

    language: str
    recipe: Recipe
    terms: tuple[str, ...]
    idf: Ints
    term_weights: Ints
    vector_weights: Ints
    bias: int
    slope: float = 1.0
    intercept: float = 0.0
    least: float = 0.5

    @property
    def needs_vectors(self) -> bool:
        """Whether it reads sentence vectors."""
        return self.recipe.vectors > 0

    def scores(self, texts: Sequence[str], vectors: Bytes | None) -> Reals:
        """The log odds that each text is positive, before calibration."""
        counts = None
        if self.recipe.ngrams:
            cut = ngrams.analyzer(self.language, marks_negation=self.recipe.marks_negation)
            counts = ngrams.counted(texts, cut, self.terms).counts
        return self._scores(len(texts), counts, vectors)

    def scores_of(self, known: Inputs, rows: Ints) -> Reals:
        """The same of texts whose n-grams are counted already."""
        counts = None
        if self.recipe.ngrams:
            grams = known.grams[self.recipe.marks_negation]
            counts = (
                grams.counts[rows][
                    :, np.searchsorted(np.array(grams.terms, dtype=object), np.array(self.terms, dtype=object))
                ]
                if self.terms
                else None
            )
        return self._scores(len(rows), counts, None if known.vectors is None else known.vectors[rows])

    def _scores(self, rows: int, counts: csr_matrix | None, vectors: Bytes | None) -> Reals:
        found = np.full(rows, self.bias, np.int64)
        if counts is not None:
            found += np.asarray(ngrams.weighted(counts, self.idf) @ self.term_weights)
        if self.needs_vectors:
            assert vectors is not None, "sentence vectors"
            found += vectors.astype(np.int64) @ self.vector_weights
        return found / UNIT

    def probabilities(self, texts: Sequence[str], vectors: Bytes | None) -> Reals:
        """The calibrated probability that each text is positive, four digits."""
        return calibrated(self.scores(texts, vectors), self.slope, self.intercept)


def calibrated(scores: Reals, slope: float, intercept: float) -> Reals:
    """Platt's sigmoid of scores, four digits."""
    return np.round(1 / (1 + np.exp(-(slope * scores + intercept))), _DIGITS)


@dataclass(frozen=True, eq=False)
class Inputs:
    """What classifiers of a language learn from.

    Attributes:
        grams: by whether negation is marked.
        vectors: None where the encoder is not installed.
        positive: whether each text is, by its rating.
    """

    language: str
    grams: dict[bool, ngrams.Grams]
    vectors: Bytes | None
    positive: Flags

    def able(self) -> tuple[Recipe, ...]:
        """The recipes that can be learned."""
        return tuple(recipe for recipe in RECIPES if self.vectors is not None or not recipe.vectors)


def inputs(language: str, texts: Sequence[str], vectors: Bytes | None, positive: Flags) -> Inputs:
    """Texts as classifiers learn from them."""
    cuts = {marks: ngrams.analyzer(language, marks_negation=marks) for marks in (False, True)}
    grams = {marks: ngrams.counted(texts, cut) for marks, cut in cuts.items()}
    return Inputs(language, grams, vectors, positive)


def fit(recipe: Recipe, known: Inputs, rows: Ints, seed: int) -> Classifier:
    """Learn from some of the texts, of both classes; not calibrated."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    parts: list[csr_matrix] = []
    terms: tuple[str, ...] = ()
    columns = idf = np.zeros(0, np.int64)
    if recipe.ngrams:
        grams = known.grams[recipe.marks_negation]
        columns, idf = ngrams.selected(grams, rows)
        terms = tuple(grams.terms[column] for column in columns)
        parts.append(ngrams.weighted(grams.counts[rows][:, columns], idf) / ngrams.STEPS)
    if recipe.vectors:
        assert known.vectors is not None, "sentence vectors"
        parts.append(csr_matrix(known.vectors[rows].astype(np.float64) * (recipe.vectors / _VECTOR_STEPS)))
    model = LogisticRegression(C=recipe.strength, solver="liblinear", max_iter=1000, random_state=seed)
    model.fit(hstack(parts).tocsr(), known.positive[rows])
    weights, count = model.coef_[0], len(columns)
    return Classifier(
        known.language,
        recipe,
        terms,
        idf,
        _steps(weights[:count] / ngrams.STEPS),
        _steps(weights[count:] * recipe.vectors / _VECTOR_STEPS) if recipe.vectors else np.zeros(0, np.int64),
        int(_steps(model.intercept_)[0]),
    )


def _steps(weights: Reals) -> Ints:
    return np.rint(weights * UNIT).astype(np.int64)
