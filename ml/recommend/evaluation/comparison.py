"""Paired comparison of recommenders over one or several origins: bootstrap intervals and permutation tests.

A shopper's results at several origins are not independent, so both resample (or flip the sign of) whole shoppers with
all their origins. A mean is over the shoppers of an origin, then over origins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from ml.recommend.core.encoding import Reals
from ml.recommend.evaluation.judge import Evaluation, Judged
from ml.tables import Col

METRIC: Final = "ndcg_at_10"
"""The metric by which recommenders are compared."""
RESAMPLES: Final = 1000
ALPHA: Final = 0.05
_SEED: Final = 20171203
_CELLS: Final = 4_000_000
"""The most bootstrap weights in memory at once: resamples x shoppers."""


@dataclass(frozen=True)
class Difference:
    """A paired difference, its 95 % bootstrap interval, and the p-value of "there is none" (see ``differences``)."""

    gain: float
    low: float
    high: float
    p: float

    def __str__(self) -> str:
        """``+0.0043 [+0.0006, +0.0083]``."""
        return f"{self.gain:+.4f} [{self.low:+.4f}, {self.high:+.4f}]"

    @property
    def is_better(self) -> bool:
        """Whether the gain is one, beyond chance."""
        return self.gain > 0 and self.low > 0 and self.p <= ALPHA


@dataclass(frozen=True, eq=False)
class Panel:
    """The scores of several recommenders on the same shoppers.

    Attributes:
        scores: shoppers x origins x names; NaN where a shopper had nothing relevant at an origin. Every origin
            has a shopper, every shopper an origin.
    """

    names: tuple[str, ...]
    scores: Reals

    @classmethod
    def of(cls, results: Mapping[str, Sequence[Evaluation]], setting: str, metric: str) -> Panel:
        """The panel of ``metric`` in ``setting``; each recommender was judged at the same origins."""
        return cls.of_judged(
            {name: [each.judged[setting] for each in found] for name, found in results.items()}, metric
        )

    @classmethod
    def as_published(cls, results: Mapping[str, Sequence[Evaluation]], placement: str, metric: str) -> Panel:
        """The panel of the lists of a placement, of those recommenders that can serve it."""
        able = {name: found for name, found in results.items() if all(placement in each.published for each in found)}
        return cls.of_judged(
            {name: [each.published[placement] for each in found] for name, found in able.items()}, metric
        )

    @classmethod
    def of_judged(cls, judged: Mapping[str, Sequence[Judged]], metric: str) -> Panel:
        """The panel of results at the same origins, by recommender; without scores where there are none."""
        columns = {
            name: [each.per_user.select(Col.user_id, metric) for each in parts] for name, parts in judged.items()
        }
        frames = [frame for own in columns.values() for frame in own]
        users = pl.concat([frame[Col.user_id] for frame in frames]).unique().sort() if frames else pl.Series([])
        origins = max((len(own) for own in columns.values()), default=0)
        scores = np.full((len(users), origins, len(columns)), np.nan)
        for number, own in enumerate(columns.values()):
            for origin, frame in enumerate(own):
                scores[users.search_sorted(frame[Col.user_id]).to_numpy(), origin, number] = frame[metric].to_numpy()
        lived = ~np.isnan(scores).all(axis=(0, 2)) if len(users) else np.zeros(origins, dtype=np.bool_)
        return cls(tuple(columns), scores[:, lived])

    @cached_property
    def means(self) -> dict[str, float]:
        """By name; 0 when nobody was judged."""
        if not self.scores.size:
            return dict.fromkeys(self.names, 0.0)
        return dict(zip(self.names, np.nanmean(self.scores, axis=0).mean(axis=0).tolist(), strict=True))

    def intervals(self) -> dict[str, tuple[float, float]]:
        """The 95 % bootstrap interval of each mean."""
        return dict(zip(self.names, bootstrap_intervals(self.scores), strict=True))

    def differences(self, reference: str) -> dict[str, Difference]:
        """Every other recommender minus ``reference``.

        The interval is the percentile bootstrap's (Efron and Tibshirani, An Introduction to the Bootstrap, chapter
        13). The p-value is that of a sign-flip permutation test, two-sided, adjusted for having looked at all
        others: it is compared with the largest statistic among them (Westfall and Young 1993, max T).
        """
        others = [name for name in self.names if name != reference]
        if not others:
            return {}
        base = self.scores[:, :, [self.names.index(reference)]]
        differences = self.scores[:, :, [self.names.index(name) for name in others]] - base
        gains = [self.means[name] - self.means[reference] for name in others]
        found = zip(gains, bootstrap_intervals(differences), _p_values(differences), strict=True)
        return {name: Difference(gain, *interval, p) for name, (gain, interval, p) in zip(others, found, strict=True)}


def bootstrap_intervals(values: Reals) -> list[tuple[float, float]]:
    """95 % percentile bootstrap interval of the mean of each series of ``values`` (shoppers x origins x series)."""
    shoppers, origins, series = values.shape
    if not values.size:
        return [(0.0, 0.0)] * series
    present = (~np.isnan(values[:, :, 0])).astype(np.float64)
    flat = np.nan_to_num(values).reshape(shoppers, origins * series)
    generator = np.random.default_rng(_SEED)
    means = []
    for size in _batches(shoppers):
        weights = _resamples(shoppers, size, generator)
        weight = weights @ present  # of an origin; it may have lost all of its few shoppers
        sums = (weights @ flat).reshape(size, origins, series)
        means.append((sums / np.maximum(weight, 1)[:, :, None]).sum(axis=1) / (weight > 0).sum(axis=1)[:, None])
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5], axis=0)
    return list(zip(low.tolist(), high.tolist(), strict=True))


def _resamples(shoppers: int, size: int, generator: np.random.Generator) -> Reals:
    """How often each shopper is drawn, in ``size`` draws of as many shoppers; a third of what ``multinomial`` costs."""
    weights = np.empty((size, shoppers))
    for row in weights:
        row[:] = np.bincount(generator.integers(0, shoppers, shoppers, dtype=np.int32), minlength=shoppers)
    return weights


def _p_values(differences: Reals) -> list[float]:
    """Sign-flip permutation p-value of each series of ``differences`` (shoppers x origins x series), max-T adjusted."""
    shoppers, _, series = differences.shape
    if not differences.size:
        return [1.0] * series
    judged = (~np.isnan(differences[:, :, :1])).sum(axis=0, keepdims=True)
    pull = (np.nan_to_num(differences) / judged).sum(axis=1)  # of each shopper on the mean, up to a constant
    scale = np.sqrt((pull**2).sum(axis=0))
    pull = pull / np.where(scale > 0, scale, 1.0)
    seen = np.abs(pull.sum(axis=0)) - 1e-9
    generator = np.random.default_rng(_SEED)
    as_large = np.zeros(series)
    for size in _batches(shoppers):
        signs = generator.integers(0, 2, (size, shoppers), dtype=np.int8).astype(np.float64) * 2.0 - 1.0
        largest = np.abs(signs @ pull).max(axis=1)
        as_large += (largest[:, None] >= seen).sum(axis=0)
    return np.where(scale > 0, (1.0 + as_large) / (1.0 + RESAMPLES), 1.0).tolist()  # type: ignore[no-any-return]


def _batches(shoppers: int) -> Iterator[int]:
    size = max(1, _CELLS // shoppers)
    for start in range(0, RESAMPLES, size):
        yield min(size, RESAMPLES - start)
