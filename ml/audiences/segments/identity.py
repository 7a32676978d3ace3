"""What became of the segments of the model before: which id each new one has, and why.

Both models judge the same shoppers on the same day. Pairs are matched by overlap of members (Hungarian algorithm), and
what happened to them is told by shares of members, as in MONIC (Spiliopoulou et al. 2006).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ml.audiences.segments.scaling import Ints, Reals

Flags: TypeAlias = NDArray[np.bool_]
MOST: Final = 0.5
"""Share of members from which a segment came from another, or went into it."""


class Change(StrEnum):
    """What became of a segment at a refit."""

    SAME = "same"
    NEW = "new"
    SPLIT = "split"
    MERGED = "merged"


@dataclass(frozen=True)
class Identity:
    """A new segment.

    Attributes:
        came_from: segments before that most of its members were in, or most of whose members it has.
    """

    segment_id: str
    change: Change
    came_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vanished:
    """A segment whose id nobody has now; most of its members are in ``went_to``, empty where they are scattered."""

    segment_id: str
    went_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matched:
    """Every new segment in the order given, those that vanished, and the highest number of an id so far."""

    segments: tuple[Identity, ...]
    vanished: tuple[Vanished, ...]
    highest: int


def segment_name(number: int) -> str:
    """The id of that number."""
    return f"s{number}"


def first(count: int) -> Matched:
    """Ids where no model was before."""
    numbers = range(1, count + 1)
    return Matched(tuple(Identity(segment_name(number), Change.NEW) for number in numbers), (), count)


def match(ids: Sequence[str], before: Ints, now: Ints, count: int, highest: int) -> Matched:
    """Carry the ids of ``before`` over to the segments of ``now``.

    Args:
        ids: of the segments before.
        before, now: by shopper the index of the segment; -1 for none.
        count: of segments now.
        highest: number of an id so far: an id that vanished is never given again.
    """
    overlap = _overlap(before, now, len(ids), count)
    came = overlap / np.maximum(overlap.sum(axis=0, keepdims=True), 1.0) >= MOST
    went = overlap / np.maximum(overlap.sum(axis=1, keepdims=True), 1.0) >= MOST
    came, went = came & (overlap > 0), went & (overlap > 0)
    carried = _carried(overlap, came | went)
    names, found = [], highest
    for new in range(count):
        found += new not in carried
        names.append(ids[carried[new]] if new in carried else segment_name(found))
    segments = tuple(
        Identity(names[new], _change(new, carried, came, went), _sources(ids, (came | went)[:, new]))
        for new in range(count)
    )
    lost = sorted(set(range(len(ids))) - set(carried.values()))
    gone = tuple(Vanished(ids[old], tuple(names[new] for new in np.flatnonzero(went[old]))) for old in lost)
    return Matched(segments, gone, found)


def _overlap(before: Ints, now: Ints, old: int, new: int) -> Reals:
    both = (before >= 0) & (now >= 0)
    counted = np.bincount(before[both] * new + now[both], minlength=old * new)
    return counted.reshape(old, new).astype(np.float64)


def _carried(overlap: Reals, related: Flags) -> dict[int, int]:
    """By new segment the old one whose id it has."""
    from scipy.optimize import linear_sum_assignment

    old, new = linear_sum_assignment(np.where(related, overlap, 0.0), maximize=True)
    return {int(to): int(of) for of, to in zip(old, new, strict=True) if related[of, to]}


def _change(
    new: int,
    carried: dict[int, int],
    came: Flags,
    went: Flags,
) -> Change:
    if went[:, new].sum() > 1:
        return Change.MERGED
    if any(came[old].sum() > 1 for old in np.flatnonzero(came[:, new])):
        return Change.SPLIT
    return Change.SAME if new in carried else Change.NEW


def _sources(ids: Sequence[str], of: Flags) -> tuple[str, ...]:
    return tuple(ids[int(old)] for old in np.flatnonzero(of))
