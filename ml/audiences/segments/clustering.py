"""k-means on whole numbers: how many segments, and where their centroids lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ml.audiences.segments.scaling import Ints, Reals

LEAST_MEMBERS: Final = 20
"""A segment with fewer members is none."""
SEGMENTS: Final = range(3, 11)
"""How many are tried: two say no more than "much" and "little", and nobody plans for more than ten."""
STABLE: Final = 0.75
"""Mean ARI over resamples from which a number of segments counts as stable (Hennig 2007): all of its 95 % interval."""
STILL_STABLE: Final = 0.6
"""The number that serves already is kept down to here; below, a clustering counts as unstable."""
_RESAMPLES: Final = 20
_STARTS: Final = 8
_STARTS_AGAIN: Final = 3
_JUDGED: Final = 2_000
_RESAMPLED: Final = 5_000
_BETTER: Final = 0.98
_DIGITS: Final = 3
_ERRORS: Final = 2.0


@dataclass(frozen=True, eq=False)
class Candidate:
    """A number of segments.

    Attributes:
        centroids: segments x features, whole numbers, the largest segment first.
        silhouette: mean over shoppers of how much nearer their own segment is than the next, -1 to 1.
        silhouettes: of the shoppers who were looked at.
        stability: mean ARI between these segments and those learned from resamples.
        stability_low: lower end of its 95 % interval.
        smallest: members of the smallest segment.
    """

    centroids: Reals
    silhouette: float
    silhouettes: Reals
    stability: float
    stability_low: float
    smallest: int

    @property
    def segments(self) -> int:
        """How many segments it has."""
        return len(self.centroids)


@dataclass(frozen=True, eq=False)
class Choice:
    """The segments that were chosen, why, and what was tried."""

    centroids: Reals
    why: str
    tried: Sequence[Candidate] = ()


def nearest(points: Reals, centroids: Reals) -> Ints:
    """The index of each row's nearest centroid, the first of equally near ones; exact on whole numbers."""
    far = (centroids**2).sum(axis=1)[None, :] - 2.0 * (points @ centroids.T)
    return np.asarray(far.argmin(axis=1), dtype=np.int64)


def choose(points: Reals, seed: int, before: Ints | None = None) -> Choice:
    """Learn how many segments there are, and their centroids.

    Of the numbers that are stable over resamples the one with the best silhouette is taken; where none is stable, the
    most stable one. A number that serves already gives way only once it is unstable, or to one that is clearly better:
    at least as stable, with a silhouette above by more than two standard errors. People plan with segments.

    Args:
        points: shoppers x features, whole numbers.
        before: by shopper the segment of the model that serves, 0 to k - 1; -1 for none.
    """
    tried = [found for number in SEGMENTS if (found := _candidate(points, number, seed, before))]
    if not tried:
        everybody = np.round(points.mean(axis=0, keepdims=True)) + 0.0
        return Choice(everybody, f"one segment: no {SEGMENTS[0]} groups of {LEAST_MEMBERS} shoppers differ")
    stable = [found for found in tried if found.stability_low >= STABLE]
    best = max(stable, key=lambda found: found.silhouette) if stable else max(tried, key=lambda found: found.stability)
    how = "best silhouette of the stable ones" if stable else "the most stable, though none is stable"
    kept = _kept(tried, best, 0 if before is None else len(np.unique(before[before >= 0])))
    if kept:
        return Choice(kept.centroids, _told(kept, "as before: nothing else is clearly better"), tried)
    return Choice(best.centroids, _told(best, how), tried)


def _told(found: Candidate, how: str) -> str:
    return f"{found.segments} segments, {how}: silhouette {found.silhouette:.3f}, stability {found.stability:.3f}"


def _kept(tried: Sequence[Candidate], best: Candidate, number: int) -> Candidate | None:
    """The number that serves, where nothing speaks against it."""
    served = next((found for found in tried if found.segments == number), None)
    if served is None or served.stability < min(STILL_STABLE, best.stability):
        return None
    if best.stability < served.stability:
        return served
    ahead = best.silhouettes - served.silhouettes
    error = float(ahead.std() / np.sqrt(len(ahead)))
    return served if round(float(ahead.mean()) - _ERRORS * error, _DIGITS) <= 0 else None


def _candidate(points: Reals, number: int, seed: int, before: Ints | None) -> Candidate | None:
    """None where there are not enough shoppers, or not enough different ones, for each to have members."""
    if len(points) < number * LEAST_MEMBERS or not _differ(points, number):
        return None
    centroids = _fitted(points, number, seed, before)
    labels = nearest(points, centroids)
    sizes = np.bincount(labels, minlength=number)
    if sizes.min() < LEAST_MEMBERS:
        return None
    silhouettes = _silhouettes(points[:_JUDGED], labels[:_JUDGED])
    mean = round(float(silhouettes.mean()), _DIGITS)
    return Candidate(centroids, mean, silhouettes, *_stability(points, centroids, seed), int(sizes.min()))


def _differ(points: Reals, number: int) -> bool:
    return points.shape[1] > 0 and len(np.unique(points, axis=0)) >= number


def _fitted(points: Reals, number: int, seed: int, before: Ints | None) -> Reals:
    """From the segments that serve where they are as many, unless a fresh start fits clearly better."""
    fresh = _centroids(points, number, seed, _STARTS)
    if before is None or set(np.unique(before[before >= 0])) != set(range(number)):
        return fresh
    means = np.stack([points[before == each].mean(axis=0) for each in range(number)])
    again = _centroids(points, number, seed, 1, means)
    return fresh if len(again) < number or _spread(points, fresh) < _BETTER * _spread(points, again) else again


def _centroids(points: Reals, number: int, seed: int, starts: int, means: Reals | None = None) -> Reals:
    """Whole numbers, the largest segment first, so that neither start nor processor decides their order."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    init = "k-means++" if means is None else means
    with threadpool_limits(1):  # a small problem: threads would cost more in waiting for each other
        labels = KMeans(number, init=init, n_init=starts, random_state=seed % 2**31).fit(points).labels_
    found = [points[labels == each] for each in np.unique(labels)]
    rows = sorted((-len(each), *(np.round(each.sum(axis=0) / len(each)) + 0.0)) for each in found)
    return np.array(rows)[:, 1:]


def _spread(points: Reals, centroids: Reals) -> float:
    return float(((points - centroids[nearest(points, centroids)]) ** 2).sum())


def _silhouettes(points: Reals, labels: Ints) -> Reals:
    from sklearn.metrics import silhouette_samples

    if len(np.unique(labels)) < 2:
        return np.zeros(len(labels))
    return np.asarray(silhouette_samples(points, labels))


def _stability(points: Reals, centroids: Reals, seed: int) -> tuple[float, float]:
    """The mean over resamples, and the lower end of its interval: means of a bistable clustering vary by chance."""
    from sklearn.metrics import adjusted_rand_score

    judged = points[:_RESAMPLED]
    labels, random = nearest(judged, centroids), np.random.default_rng(seed)
    scores = []
    for number in range(_RESAMPLES):
        drawn = judged[random.integers(0, len(judged), len(judged))]
        other = _centroids(drawn, min(len(centroids), len(np.unique(drawn, axis=0))), seed + number, _STARTS_AGAIN)
        scores.append(adjusted_rand_score(labels, nearest(judged, other)))
    error = np.std(scores, ddof=1) / np.sqrt(len(scores))
    return round(float(np.mean(scores)), _DIGITS), round(float(np.mean(scores) - _ERRORS * error), _DIGITS)
