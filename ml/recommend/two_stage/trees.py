"""What LightGBM's trees say of many rows, read from its text and asked of scikit-learn's trees.

LightGBM walks each row through all trees; here each tree sees all rows, which takes half the CPU seconds, as the tree
stays in the processor's cache. The same leaves are reached and added up in the same order, so that every sum is
LightGBM's to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ml.errors import ModelMissing
from ml.postponed import postponed
from ml.recommend.core.encoding import Floats, Ints, Reals

_CATEGORICAL, _LEFT, _ZERO_IS_MISSING, _NAN_IS_MISSING = 1, 2, 4, 8
"""Bits of LightGBM's ``decision_type``: what kind a split is, and where a missing value goes."""
_NOT_OF_TREES: Final = ("scipy.stats", "pandas", "sklearn.neighbors")
"""What scikit-learn imports before its trees, which do not need it: half a CPU second of every day's scoring."""
_LEAF: Final = -1
_UNUSED: Final = -2
_ROWS: Final = 8192
"""Rows that a tree sees at a time: more than that costs as much per row, fewer cost more."""
_ORDERED_BY: Final = 6
"""Trees by whose leaves rows are put in order: more cost what they spare."""


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees of one booster, in order.

    Attributes:
        columns: names of the features, in order.
        trees: scikit-learn's ``Tree`` of each.
        values: by tree what each of its nodes adds where it is the leaf.
    """

    columns: tuple[str, ...]
    trees: tuple[Any, ...]
    values: tuple[Reals, ...]

    @classmethod
    def of(cls, text: str) -> Trees:
        """Those of a booster in LightGBM's text format.

        Raises:
            ModelMissing: it has splits that no ranker learns: of categories, or with zeros for missing values.
        """
        with postponed(*_NOT_OF_TREES):
            import sklearn.tree  # noqa: F401
        head, *parts = text.split("\nTree=")
        columns = tuple(_fields(head)["feature_names"].split())
        made = [_tree(_fields(part.partition("\n\n")[0]), len(columns)) for part in parts]
        return cls(columns, tuple(tree for tree, _ in made), tuple(values for _, values in made))

    def total(self, table: Floats, which: slice = slice(None), threads: int = 1) -> Reals:
        """Per row of a table of ``columns``: the sum of what the trees at ``which`` places say.

        The number of threads changes no bit: each takes other rows.
        """
        parts = [table[start : start + _ROWS] for start in range(0, len(table), _ROWS)] or [table]
        if threads == 1 or len(parts) == 1:
            return np.concatenate([self._total(part, which) for part in parts])
        with ThreadPoolExecutor(threads) as pool:
            return np.concatenate(list(pool.map(lambda part: self._total(part, which), parts)))

    def order(self, table: Floats) -> Ints:
        """Positions of the rows, such that rows which reach the same leaves of the first trees are neighbours.

        Neighbours then take the same turns in most trees, which a processor guesses: a quarter of the CPU seconds less.
        """
        reached = np.zeros(len(table), dtype=np.int64)
        for tree in self.trees[:_ORDERED_BY]:
            reached = reached * tree.node_count + tree.apply(table)
        return np.argsort(reached)

    def _total(self, table: Floats, which: slice) -> Reals:
        total, added = np.zeros(len(table)), np.empty(len(table))
        for tree, values in zip(self.trees[which], self.values[which], strict=True):
            total += values.take(tree.apply(table), out=added, mode="clip")
        return total


def _fields(lines: str) -> dict[str, str]:
    return {name: value for name, _, value in (line.partition("=") for line in lines.splitlines())}


def _tree(fields: Mapping[str, str], columns: int) -> tuple[Any, Reals]:
    """scikit-learn's tree of one of LightGBM's: its splits, then its leaves; and the values of its nodes."""
    from sklearn.tree._tree import NODE_DTYPE, Tree

    leaves = _numbers(fields, "leaf_value")
    splits = len(leaves) - 1
    kind = _numbers(fields, "decision_type", np.int64)[:splits]
    if (kind & (_CATEGORICAL | _ZERO_IS_MISSING)).any():
        raise ModelMissing(
            "ranker",
            expected="splits of numbers",
            found="another kind of split",
            remedy="Run: shelduck train --as-of YYYY-MM-DD",
        )
    threshold = _numbers(fields, "threshold")[:splits]
    nodes = np.zeros(splits + len(leaves), dtype=NODE_DTYPE)
    nodes["left_child"], nodes["right_child"], nodes["feature"] = _LEAF, _LEAF, _UNUSED
    own = nodes[:splits]
    own["feature"], own["threshold"] = _numbers(fields, "split_feature", np.int64)[:splits], threshold
    # a missing value is a 0 for a split that learned from none
    own["missing_go_to_left"] = np.where(kind & _NAN_IS_MISSING, (kind & _LEFT) > 0, threshold >= 0)
    for side in ("left_child", "right_child"):
        child = _numbers(fields, side, np.int64)[:splits]
        own[side] = np.where(child >= 0, child, splits - 1 - child)  # LightGBM writes leaf i as -1 - i
    values = np.concatenate([np.zeros(splits), leaves])
    tree = Tree(columns, np.ones(1, dtype=np.intp), 1)
    state = {"max_depth": splits, "node_count": len(nodes), "nodes": nodes, "values": values.reshape(-1, 1, 1)}
    tree.__setstate__(state)
    return tree, values


def _numbers(fields: Mapping[str, str], name: str, kind: type[Any] = np.float64) -> NDArray[Any]:
    return np.array(fields.get(name, "").split(), dtype=kind)
