"""Ranking metrics at k, each for all users at once.

A user's list is a row of ``hits`` (users x at least k, bool; rank 1 first, missing ranks False); ``relevant`` is each
user's number of relevant items, ≥ 1. Relevance is binary. Results are float64, one per user.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.encoding import Ints

Hits: TypeAlias = NDArray[np.bool_]
PerUser: TypeAlias = NDArray[np.float64]


def ndcg(hits: Hits, relevant: Ints, k: int) -> PerUser:
    """Discounted gains 1 / log2(rank + 1) over the best that min(relevant, k) hits could reach (Järvelin 2002)."""
    gains = 1.0 / np.log2(np.arange(2, k + 2))
    best = np.cumsum(gains)
    return np.asarray((hits[:, :k] @ gains) / best[np.minimum(relevant, k) - 1])


def recall(hits: Hits, relevant: Ints, k: int) -> PerUser:
    """Hits over relevant items."""
    return np.asarray(hits[:, :k].sum(axis=1) / relevant)


def precision(hits: Hits, relevant: Ints, k: int) -> PerUser:  # noqa: ARG001
    """Hits over k, however short the list."""
    return np.asarray(hits[:, :k].sum(axis=1) / k)


def average_precision(hits: Hits, relevant: Ints, k: int) -> PerUser:
    """Precision at each hit, summed, over min(relevant, k); its mean is MAP."""
    cut = hits[:, :k]
    precisions = np.cumsum(cut, axis=1) / np.arange(1, k + 1)
    return np.asarray((precisions * cut).sum(axis=1) / np.minimum(relevant, k))


def reciprocal_rank(hits: Hits, relevant: Ints, k: int) -> PerUser:  # noqa: ARG001
    """One over the rank of the first hit, 0 without any; its mean is MRR."""
    cut = hits[:, :k]
    return np.where(cut.any(axis=1), 1.0 / (cut.argmax(axis=1) + 1), 0.0)


METRICS: Final[dict[str, Callable[[Hits, Ints, int], PerUser]]] = {
    "ndcg": ndcg,
    "recall": recall,
    "precision": precision,
    "map": average_precision,
    "mrr": reciprocal_rank,
}


def at(metric: str, k: int) -> str:
    """The name of a metric at k, as columns and MLflow have it."""
    return f"{metric}_at_{k}"
