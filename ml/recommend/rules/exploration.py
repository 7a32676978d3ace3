"""Exploration: draws places of a list so that the propensity of every shown item is known exactly.

A list with m places to draw has a pool of the m * ``CHOICES`` next best candidates, partitioned into m groups: the j-th
best of the pool belongs to group j mod m. Each place draws one item of its own group, the s-th best with a weight of
1/s. So no item can come twice, draws are independent, and an item's propensity is its weight divided by the sum of its
group's weights (Horvitz and Thompson, 1952; the smallest is 0.088 with five choices).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.encoding import Ints

CHOICES: Final = 5
"""Candidates per drawn place."""
_NONE: Final = -1


@dataclass(frozen=True, eq=False)
class Draw:
    """Shoppers x drawn places: the chosen entry of the pool (-1: none) and its probability."""

    chosen: Ints
    propensity: NDArray[np.float64]


def draw(pool: Ints, places: Ints, seeds: NDArray[np.uint64]) -> Draw:
    """One entry per place from a pool (shoppers x entries, best first, -1 at the end where there are fewer).

    Args:
        pool: what can be drawn.
        places: how many of a shopper's places are drawn.
        seeds: one per shopper; the same seed draws the same.
    """
    most = int(places.max(initial=0))
    chosen = np.full((len(pool), most), _NONE)
    propensity = np.ones((len(pool), most))
    for count in np.unique(places[places > 0]):
        rows = np.flatnonzero(places == count)
        hands = pool[rows, : count * CHOICES].reshape(len(rows), CHOICES, count)
        weight = np.where(hands >= 0, 1.0 / np.arange(1, CHOICES + 1)[None, :, None], 0.0)
        share = weight / np.maximum(weight.sum(axis=1, keepdims=True), np.finfo(np.float64).tiny)
        chance = np.stack([uniform(seeds[rows], place) for place in range(count)], axis=1)
        passed = (np.cumsum(share, axis=1) <= chance[:, None, :]).sum(axis=1)
        index = np.minimum(passed, np.maximum((hands >= 0).sum(axis=1) - 1, 0))[:, None, :]
        chosen[rows, :count] = np.take_along_axis(hands, index, axis=1)[:, 0]
        found = np.take_along_axis(share, index, axis=1)[:, 0]
        propensity[rows, :count] = np.where(chosen[rows, :count] >= 0, found, 1.0)
    return Draw(chosen, propensity)


def seeds_of(as_of: date, placement: str, users: Iterable[str]) -> NDArray[np.uint64]:
    """A seed per shopper that depends on day, placement and shopper alone: a rerun, or a shard, draws the same."""
    stem = hashlib.sha256(f"{as_of}\x1f{placement}\x1f".encode())

    def seed(user: str) -> int:
        digest = stem.copy()
        digest.update(user.encode())
        return int.from_bytes(digest.digest()[:8], "little")

    return np.fromiter((seed(user) for user in users), dtype=np.uint64)


def uniform(seeds: NDArray[np.uint64], number: int) -> NDArray[np.float64]:
    """The ``number``-th draw of each seed, in [0, 1): SplitMix64 (Steele, Lea and Flood, 2014)."""
    with np.errstate(over="ignore"):
        state = seeds + np.uint64(0x9E3779B97F4A7C15) * np.uint64(number + 1)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state = state ^ (state >> np.uint64(31))
    return (state >> np.uint64(11)).astype(np.float64) * 2.0**-53
