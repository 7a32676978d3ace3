"""What LightGBM's trees say of many rows, read from its text and worked out in NumPy.

LightGBM walks each row through all trees, and its processor guesses every turn. Here each split of a tree is answered
for all rows at once, whether they come by it or not, and the answers are put together from the leaves to the root: one
pass over bytes per split, in which nothing is guessed. The same leaves are reached and added up in the same order, so
that every sum is LightGBM's to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ml.errors import ModelMissing
from ml.recommend.core.encoding import Floats, Reals

_CATEGORICAL, _LEFT, _ZERO_IS_MISSING, _NAN_IS_MISSING = 1, 2, 4, 8
"""Bits of LightGBM's ``decision_type``: what kind a split is, and where a missing value goes."""
_MOST_LEAVES: Final = 256
"""Numbers of leaves are bytes."""
_Bytes: TypeAlias = NDArray[np.uint8]
_Room: TypeAlias = tuple[NDArray[np.bool_], _Bytes]
"""The same bytes as answers and as numbers of leaves."""
_ROWS: Final = 40960
"""Rows that a tree sees at a time: of fewer the calls cost more than the work, and a tree's room for more is no longer
in the processor's cache."""


class _Split(NamedTuple):
    """A question to a column, and what follows: a split's number, or a leaf's as LightGBM writes it, -1, -2, …

    Attributes:
        holds: compares values with the threshold, ``np.greater`` or ``np.less_equal``.
        yes: what follows where it holds.
        no: what follows otherwise, and where the value is missing: no comparison with it holds.
    """

    number: int
    column: int
    threshold: Floats
    holds: np.ufunc
    yes: int
    no: int


@dataclass(frozen=True, eq=False)
class _Tree:
    """A tree: its splits, each after those that follow it, and what its leaves say."""

    splits: tuple[_Split, ...]
    values: Reals

    def leaves(self, columns: Sequence[Floats], room: Sequence[_Room]) -> _Bytes:
        """The number of the leaf that each row reaches; ``room`` is written to, one for each split.

        Per split it is worked out where a row would end that comes by it; the root is the last.
        """
        for number, column, threshold, holds, yes, no in self.splits:
            flags, leaf = room[number]
            holds(columns[column], threshold, out=flags)
            if yes < 0 and no < 0:
                leaf *= (no - yes) % _MOST_LEAVES  # leaf -1 - i is i
                leaf += -1 - no
            else:  # differences of bytes wrap around, and so do sums
                other = -1 - no if no < 0 else room[no][1]
                leaf *= (-1 - yes if yes < 0 else room[yes][1]) - other
                leaf += other
        return room[0][1]


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees of one booster, in order; ``columns`` are the names of the features, in order."""

    columns: tuple[str, ...]
    trees: tuple[_Tree, ...]

    @classmethod
    def of(cls, text: str) -> Trees:
        """Those of a booster in LightGBM's text format.

        Raises:
            ModelMissing: it has trees that no ranker learns: with splits of categories, with zeros for missing values,
                or with more leaves than bytes can tell apart.
        """
        head, *parts = text.split("\nTree=")
        made = tuple(_tree(_fields(part.partition("\n\n")[0])) for part in parts)
        return cls(tuple(_fields(head)["feature_names"].split()), made)

    def read(self, which: slice = slice(None)) -> frozenset[str]:
        """The columns that the trees at ``which`` places look at."""
        return frozenset(self.columns[split.column] for tree in self.trees[which] for split in tree.splits)

    def total(self, table: Floats, which: slice = slice(None), threads: int = 1) -> Reals:
        """Per row of a table of ``columns``: the sum of what the trees at ``which`` places say.

        It is faster where each column is in one piece. The number of threads changes no bit: each takes other rows.
        """
        parts = [table[start : start + _ROWS] for start in range(0, len(table), _ROWS)] or [table]
        if threads == 1 or len(parts) == 1:
            return np.concatenate([self._total(part, which) for part in parts])
        with ThreadPoolExecutor(threads) as pool:
            return np.concatenate(list(pool.map(lambda part: self._total(part, which), parts)))

    def _total(self, table: Floats, which: slice) -> Reals:
        rows, trees = len(table), self.trees[which]
        total, added, columns = np.zeros(rows), np.empty(rows), list(table.T)
        flags = [np.zeros(rows, dtype=np.bool_) for _ in range(max([1, *(len(tree.splits) for tree in trees)]))]
        room = [(each, each.view(np.uint8)) for each in flags]
        for tree in trees:  # of one that has one leaf, whatever the room holds is clipped to it
            total += tree.values.take(tree.leaves(columns, room), out=added, mode="clip")
        return total


def _fields(lines: str) -> dict[str, str]:
    return {name: value for name, _, value in (line.partition("=") for line in lines.splitlines())}


def _tree(fields: Mapping[str, str]) -> _Tree:
    values = _numbers(fields, "leaf_value")
    count = len(values) - 1
    kind = _numbers(fields, "decision_type", np.int64)[:count]
    if (kind & (_CATEGORICAL | _ZERO_IS_MISSING)).any() or len(values) > _MOST_LEAVES:
        raise ModelMissing(
            "ranker",
            expected=f"splits of numbers, at most {_MOST_LEAVES} leaves",
            found=f"another kind of split, or {len(values)} leaves",
            remedy="Run: shelduck train --as-of YYYY-MM-DD",
        )
    threshold = _numbers(fields, "threshold")[:count]
    # a missing value is a 0 for a split that learned from none
    missing_left = np.where(kind & _NAN_IS_MISSING, (kind & _LEFT) > 0, threshold >= 0)
    limit = _rounded_down(threshold)
    column, left, right = (_numbers(fields, name, np.int64) for name in ("split_feature", "left_child", "right_child"))
    made = []
    for number in reversed(range(count)):  # LightGBM numbers a split before those that follow it
        asked, below, above = int(column[number]), int(left[number]), int(right[number])
        if missing_left[number]:
            made.append(_Split(number, asked, limit[number, ...], np.greater, above, below))
        else:
            made.append(_Split(number, asked, limit[number, ...], np.less_equal, below, above))
    return _Tree(tuple(made), values)


def _rounded_down(threshold: Reals) -> Floats:
    """The largest float32 that is not above each: a float32 is at most the one where it is at most the other."""
    near = threshold.astype(np.float32)
    return np.where(near > threshold, np.nextafter(near, np.float32(-np.inf)), near)


def _numbers(fields: Mapping[str, str], name: str, kind: type[Any] = np.float64) -> NDArray[Any]:
    return np.array(fields.get(name, "").split(), dtype=kind)
