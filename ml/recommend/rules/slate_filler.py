"""Greedy re-ranking: fills the lists of many shoppers at once, place by place.

For each place, every shopper gets the best candidate that is not taken, within the caps, and a member of the quotas
that are due; where diversity is asked for, the best is that of the highest marginal relevance. Arrays are shoppers x
candidates or shoppers x places. ``Slates.touched`` records which rule changed which place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.encoding import Ints
from ml.recommend.rules.candidates import Candidates
from ml.recommend.rules.constraints import NONE, Bools, Constraints, Pin, Quota
from ml.recommend.rules.exploration import CHOICES, Draw, draw

_EPSILON = 1e-9
"""Added before rounding down, so that a share of 0.3 of 10 places is 3."""


@dataclass(frozen=True, eq=False)
class Slates:
    """Filled lists.

    Attributes:
        column: shoppers x places: the column of the chosen candidate; -1 for none.
        propensity: shoppers x places: the probability with which it was chosen; 1 where nothing was drawn.
        touched: by rule_id: shoppers x places, whether the rule changed the choice.
    """

    column: Ints
    propensity: NDArray[np.float64]
    touched: dict[str, Bools]


class SlateFiller:
    """The lists of a block of shoppers while they are filled; mutable, used once."""

    def __init__(self, constraints: Constraints, candidates: Candidates) -> None:
        shoppers, _ = candidates.item.shape
        self._constraints, self._candidates = constraints, candidates
        self._left = candidates.item >= 0
        self._groups = [np.where(self._left, cap.group[candidates.item], NONE) for cap in constraints.caps]
        self._used = [np.zeros(candidates.item.shape, dtype=np.int16) for _ in constraints.caps]
        self._members = [self._left & quota.member[candidates.item] for quota in constraints.quotas]
        self._have = [np.zeros(shoppers, dtype=np.int64) for _ in constraints.quotas]
        self._everyone = np.arange(shoppers)
        self._column = np.full((shoppers, constraints.k), NONE)
        self._propensity = np.ones((shoppers, constraints.k))
        self._touched: dict[str, Bools] = {}
        self._likeness = np.zeros(candidates.item.shape, dtype=np.float32)
        if constraints.diversity:
            codes = constraints.diversity.attributes[:, candidates.item]
            self._attributes = np.where(self._left, codes, NONE).astype(np.int32)
            self._relevance = 1.0 / np.log2(2.0 + np.arange(candidates.item.shape[1]))

    def filled(self, seeds: NDArray[np.uint64]) -> Slates:
        """Fill pins, then the other places from the top, then the drawn ones; ``seeds`` has one per shopper."""
        for pin in self._constraints.pins:
            self._pin(pin)
        explored = self._constraints.explore.places if self._constraints.explore else 0
        for place in range(max(self._constraints.k - explored, 0)):
            self._fill(place)
        if self._constraints.explore:
            self._explore(self._constraints.explore.rule_id, max(self._constraints.k - explored, 0), seeds)
        return Slates(self._column, self._propensity, self._touched)

    def _free(self) -> Bools:
        free = self._left.copy()
        for cap, group, used in zip(self._constraints.caps, self._groups, self._used, strict=True):
            free &= (used < cap.most) | (group < 0)
        return free

    def _take(self, rows: Ints, columns: Ints) -> None:
        """Mark candidates (parallel ``rows``, ``columns``) as taken; update the caps' counts and the similarities."""
        self._left[rows, columns] = False
        for group, used in zip(self._groups, self._used, strict=True):
            taken = group[rows, columns][:, None]
            used[rows] += (group[rows] == taken) & (taken >= 0)
        if self._constraints.diversity:
            taken = self._attributes[:, rows, columns][:, :, None]
            alike = ((self._attributes[:, rows] == taken) & (taken >= 0)).mean(axis=0)
            self._likeness[rows] = np.maximum(self._likeness[rows], alike)

    def _pin(self, pin: Pin) -> None:
        here = self._free() & (self._candidates.item == pin.item)
        rows = np.flatnonzero(here.any(axis=1) & (self._column[:, pin.place] < 0))
        columns = here[rows].argmax(axis=1)
        self._column[rows, pin.place] = columns
        self._take(rows, columns)
        self._mark(pin.rule_id, rows, pin.place)

    def _fill(self, place: int) -> None:
        empty = self._column[:, place] < 0
        free = self._free()
        allowed, due = self._narrowed(free, place)
        rows = np.flatnonzero(allowed.any(axis=1) & empty)
        columns = self._best(allowed)[rows]
        for quota, narrowed in due:
            self._mark(quota.rule_id, rows[narrowed[rows]], place)
        if self._constraints.diversity:
            self._mark(self._constraints.diversity.rule_id, rows[columns != _first(allowed)[rows]], place)
        self._note_passed(place, rows, columns)
        self._column[rows, place] = columns
        self._take(rows, columns)
        self._count(place)

    def _narrowed(self, free: Bools, place: int) -> tuple[Bools, list[tuple[Quota, Bools]]]:
        """``free`` restricted to members of the quotas that are due; per quota, the shoppers whose choice changes.

        A quota without a free member does not restrict, so that the place is not left empty.
        """
        allowed, due = free, []
        for quota, members, have in zip(self._constraints.quotas, self._members, self._have, strict=True):
            owed = have < int(quota.share * (place + 1) + _EPSILON)
            narrowed = allowed & members
            applies = owed & narrowed.any(axis=1)
            due.append((quota, applies & (_first(narrowed) != _first(allowed))))
            allowed = np.where(applies[:, None], narrowed, allowed)
        return allowed, due

    def _best(self, allowed: Bools) -> Ints:
        """The column of each shopper's best allowed candidate (anything where none is allowed)."""
        if not self._constraints.diversity:
            return _first(allowed)
        weight = self._constraints.diversity.weight
        value = weight * self._relevance - (1.0 - weight) * self._likeness
        for tired in self._candidates.tired:
            value = np.where(tired, value - 2.0, value)
        best: Ints = np.where(allowed, value, -np.inf).argmax(axis=1)
        return best

    def _note_passed(self, place: int, rows: Ints, columns: Ints) -> None:
        """Record caps that excluded an earlier candidate, and fatigue that moved a better one back."""
        earlier = np.arange(self._left.shape[1]) < columns[:, None]
        for cap, group, used in zip(self._constraints.caps, self._groups, self._used, strict=True):
            full = self._left[rows] & (used[rows] >= cap.most) & (group[rows] >= 0)
            self._mark(cap.rule_id, rows[(full & earlier).any(axis=1)], place)
        for fatigue, tired in zip(self._constraints.fatigues, self._candidates.tired, strict=True):
            before = np.where(self._candidates.before > 0, self._candidates.before, np.iinfo(np.int64).max)
            own = before[rows, columns][:, None]
            passed = (self._left[rows] & tired[rows] & (before[rows] < own)).any(axis=1)
            self._mark(fatigue.rule_id, rows[passed | tired[rows, columns]], place)

    def _count(self, place: int) -> None:
        column = self._column[:, place]
        for number, members in enumerate(self._members):
            self._have[number] += members[self._everyone, column] & (column >= 0)

    def _explore(self, rule_id: str, start: int, seeds: NDArray[np.uint64]) -> None:
        """Draw the empty places from ``start`` on from a pool of the next best candidates.

        The pool as a whole satisfies the caps, so whatever is drawn from it does too.
        """
        open_places = (self._column[:, start:] < 0).sum(axis=1)
        pool = np.full((len(self._everyone), int(open_places.max(initial=0)) * CHOICES), NONE)
        for number in range(pool.shape[1]):
            allowed = self._free()
            rows = np.flatnonzero(allowed.any(axis=1) & (number < open_places * CHOICES))
            pool[rows, number] = self._best(allowed)[rows]
            self._take(rows, pool[rows, number])
        self._stand(rule_id, start, draw(pool, open_places, seeds))

    def _stand(self, rule_id: str, start: int, drawn: Draw) -> None:
        turn = np.zeros(len(self._everyone), dtype=np.int64)
        for place in range(start, self._constraints.k):
            rows = np.flatnonzero((self._column[:, place] < 0) & (turn < drawn.chosen.shape[1]))
            self._column[rows, place] = drawn.chosen[rows, turn[rows]]
            self._propensity[rows, place] = drawn.propensity[rows, turn[rows]]
            turn[rows] += 1
            self._mark(rule_id, rows[self._column[rows, place] >= 0], place)

    def _mark(self, rule_id: str, rows: Ints, place: int) -> None:
        if len(rows):
            touched = self._touched.setdefault(rule_id, np.zeros(self._column.shape, dtype=np.bool_))
            touched[rows, place] = True


def _first(allowed: Bools) -> Ints:
    first: Ints = allowed.argmax(axis=1)
    return first
