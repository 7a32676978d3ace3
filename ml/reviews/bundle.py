"""What a training registers: a classifier per language and the topics; one JSON file beside arrays, nothing pickled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from ml.durable import write_text
from ml.registry.bundle import invalid, require_plain_data
from ml.reviews.classifier import BY_NAME, Classifier
from ml.reviews.topics import Topic, Topics

INDEX: Final = "reviews.json"
_ARRAYS: Final = "arrays.npz"
_CENTROIDS: Final = "centroids"
_IDF, _TERM_WEIGHTS, _VECTOR_WEIGHTS = "idf", "term_weights", "vector_weights"


class _Classifier(BaseModel):
    """What is no array of a classifier."""

    model_config = ConfigDict(frozen=True)
    recipe: str
    terms: tuple[str, ...]
    bias: int
    slope: float
    intercept: float
    least: float


class _Topic(BaseModel):
    model_config = ConfigDict(frozen=True)
    topic_id: str
    terms: dict[str, tuple[str, ...]]


class _Index(BaseModel):
    model_config = ConfigDict(frozen=True)
    trained_as_of: date
    classifiers: dict[str, _Classifier]
    topics: tuple[_Topic, ...]
    nearest: int
    highest: int


@dataclass(frozen=True, eq=False)
class Bundle:
    """A training's result. Nothing in it may differ between two trainings of the same key.

    Attributes:
        classifiers: by language; none of languages with too few reviews of both kinds.
    """

    trained_as_of: date
    classifiers: Mapping[str, Classifier] = field(default_factory=dict)
    topics: Topics = field(default_factory=Topics)

    @property
    def recipes(self) -> dict[str, str]:
        """By language the name of what classifies it."""
        return {language: each.recipe.name for language, each in self.classifiers.items()}

    @property
    def needs_vectors(self) -> bool:
        """Whether it reads sentence vectors."""
        return bool(self.topics.topics) or any(each.needs_vectors for each in self.classifiers.values())


def write_bundle(folder: Path, bundle: Bundle) -> None:
    """Write a bundle into a new folder."""
    folder.mkdir(parents=True)
    index = _Index(
        trained_as_of=bundle.trained_as_of,
        classifiers={
            language: _Classifier(
                recipe=each.recipe.name,
                terms=each.terms,
                bias=each.bias,
                slope=each.slope,
                intercept=each.intercept,
                least=each.least,
            )
            for language, each in sorted(bundle.classifiers.items())
        },
        topics=tuple(_Topic(topic_id=each.topic_id, terms=each.terms) for each in bundle.topics.topics),
        nearest=bundle.topics.nearest,
        highest=bundle.topics.highest,
    )
    arrays = {_CENTROIDS: np.array([each.centroid for each in bundle.topics.topics], dtype=np.int8)}
    for language, each in sorted(bundle.classifiers.items()):
        for name in (_IDF, _TERM_WEIGHTS, _VECTOR_WEIGHTS):
            arrays[f"{language}.{name}"] = getattr(each, name)
    np.savez(folder / _ARRAYS, allow_pickle=False, **arrays)
    write_text(folder / INDEX, index.model_dump_json(indent=1) + "\n")


def read_bundle(folder: Path) -> Bundle:
    """The bundle in a folder.

    Raises:
        InvalidBundle: it cannot be read, its parts do not fit, or the folder holds a file that is no plain data.
    """
    require_plain_data(folder)
    try:
        index = _Index.model_validate_json((folder / INDEX).read_text(encoding="utf-8"))
        with np.load(folder / _ARRAYS, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        classifiers = {language: _classifier(language, each, arrays) for language, each in index.classifiers.items()}
        centroids = arrays[_CENTROIDS]
    except (OSError, ValueError, KeyError, ValidationError) as broken:
        raise invalid(folder, f"readable {INDEX} and {_ARRAYS}", type(broken).__name__) from broken
    if len(centroids) != len(index.topics):
        raise invalid(folder, "a centroid per topic", "another number of them")
    topics = tuple(
        Topic(each.topic_id, centroid, each.terms) for each, centroid in zip(index.topics, centroids, strict=True)
    )
    return Bundle(index.trained_as_of, classifiers, Topics(topics, index.nearest, index.highest))


def _classifier(language: str, index: _Classifier, arrays: Mapping[str, np.ndarray]) -> Classifier:
    found = Classifier(
        language,
        BY_NAME[index.recipe],
        index.terms,
        arrays[f"{language}.{_IDF}"],
        arrays[f"{language}.{_TERM_WEIGHTS}"],
        arrays[f"{language}.{_VECTOR_WEIGHTS}"],
        index.bias,
        index.slope,
        index.intercept,
        index.least,
    )
    if not len(found.terms) == len(found.idf) == len(found.term_weights):
        raise ValueError("a weight per n-gram")
    return found
