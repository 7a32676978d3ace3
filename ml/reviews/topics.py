"""Topics: groups of reviews that say alike things in any language, learned from sentence vectors.

Centroids are rounded to 8 bits as the vectors are, and compared as integers: a review's topic is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.reviews.numbers import Bytes, Ints
from ml.reviews.terms import telling_terms
from ml.text.encoder import units
from ml.text.language import CHINESE, ENGLISH

NONE: Final = -1
SAME: Final = 0.85
"""Cosine of two centroids from which a topic is the one of the model before."""
_FEWEST, _MOST = 3, 24
_REVIEWS_OF_A_TOPIC: Final = 40
_AT_LEAST: Final = 10
"""Reviews of a topic; smaller groups are none."""
_NEAREST: Final = 0.9
"""Share of a training's reviews that belong to a topic; the ones farther from any centroid belong to none."""
_STEPS: Final = 127


@dataclass(frozen=True, eq=False)
class Topic:
    """A topic.

    Attributes:
        centroid: 512 whole numbers, a unit vector times 127.
        terms: by language the terms that tell it from the others.
    """

    topic_id: str
    centroid: Bytes
    terms: dict[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Topics:
    """What a training learned.

    Attributes:
        nearest: the least product with a centroid of a review that belongs to its topic.
        highest: number of an id so far: an id that vanished is never given again.
    """

    topics: tuple[Topic, ...] = ()
    nearest: int = 0
    highest: int = 0

    def of(self, vectors: Bytes) -> tuple[Ints, Ints]:
        """The number of each text's topic, -1 for none, and how near it is."""
        if not self.topics:
            return np.full(len(vectors), NONE, np.int64), np.zeros(len(vectors), np.int64)
        return _assigned(vectors, np.stack([each.centroid for each in self.topics]), self.nearest)


def learned(
    texts: Sequence[str], languages: Sequence[str], vectors: Bytes, seed: int, before: Topics | None = None
) -> Topics:
    """Learn topics; none of too few reviews.

    Args:
        before: of the model that decides until then: its ids go on.
    """
    spoken = np.flatnonzero(vectors.any(axis=1))
    highest = before.highest if before else 0
    if len(spoken) < _FEWEST * _AT_LEAST:
        return Topics(highest=highest)
    centroids, nearest = _grouped(vectors[spoken], seed)
    number, _ = _assigned(vectors, centroids, nearest)
    size = np.bincount(number[number >= 0], minlength=len(centroids))
    kept = np.flatnonzero(size >= _AT_LEAST)
    kept = kept[np.argsort(-size[kept], kind="stable")]
    number, _ = _assigned(vectors, centroids[kept], nearest) if len(kept) else (number, number)
    names = _names(centroids[kept], before, highest)
    terms = {language: _terms(texts, languages, number, len(kept), language) for language in (ENGLISH, CHINESE)}
    found = tuple(
        Topic(name, centroids[kept[place]], {language: tuple(each[place]) for language, each in terms.items()})
        for place, name in enumerate(names)
    )
    return Topics(found, nearest, max([highest, *(int(name[1:]) for name in names)]))


def _grouped(vectors: Bytes, seed: int) -> tuple[Bytes, int]:
    """Centroids of k-means on unit vectors, and the least product of the nearest reviews."""
    from sklearn.cluster import KMeans

    count = int(np.clip(len(vectors) // _REVIEWS_OF_A_TOPIC, _FEWEST, _MOST))
    model = KMeans(count, n_init=4, random_state=seed, max_iter=100).fit(units(vectors).astype(np.float64))
    means = model.cluster_centers_
    lengths = np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    centroids = np.rint(means / lengths * _STEPS).astype(np.int8)
    _, near = _assigned(vectors, centroids, np.iinfo(np.int32).min)
    return centroids, int(np.sort(near)[int(len(near) * (1 - _NEAREST))])


def _assigned(vectors: Bytes, centroids: Bytes, nearest: int) -> tuple[Ints, Ints]:
    products = vectors.astype(np.int64) @ centroids.astype(np.int64).T
    number, near = products.argmax(axis=1), products.max(axis=1)
    return np.where((near >= nearest) & vectors.any(axis=1), number, NONE), near


def _terms(texts: Sequence[str], languages: Sequence[str], number: Ints, count: int, language: str) -> list[list[str]]:
    rows = [row for row, spoken in enumerate(languages) if spoken == language]
    return telling_terms([texts[row] for row in rows], number[rows], count, language)


def _names(centroids: Bytes, before: Topics | None, highest: int) -> list[str]:
    """The id of each topic: of the one before that it is most alike, each given once; else a new one."""
    known = before.topics if before else ()
    taken: dict[int, str] = {}
    if known and len(centroids):
        alike = units(centroids) @ units(np.stack([each.centroid for each in known])).T
        pairs = sorted(
            (-round(float(alike[new, old]), 4), new, old) for new in range(len(centroids)) for old in range(len(known))
        )
        given: set[int] = set()
        for negative, new, old in pairs:
            if -negative >= SAME and new not in taken and old not in given:
                taken[new] = known[old].topic_id
                given.add(old)
    names = []
    for new in range(len(centroids)):
        highest += new not in taken
        names.append(taken.get(new, f"t{highest}"))
    return names
