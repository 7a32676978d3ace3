"""Pairs of related items as arrays, and the k best of each item as a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.encoding import Ints, Vocabulary
from ml.tables import SIMILAR_ITEM, Col

Reals: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of items, as parallel arrays of item codes and figures; in the order of ``item``."""

    item: Ints
    related: Ints
    score: Reals
    support: Ints
    confidence: Reals
    lift: Reals

    def where(self, kept: NDArray[Any]) -> Pairs:
        """The pairs that ``kept`` (a mask or positions) picks."""
        return Pairs(*(getattr(self, each.name)[kept] for each in fields(self)))

    def best(self, k: int) -> Pairs:
        """Each item's k best pairs, ties with the k-th included (a partition is cheaper than a sort)."""
        edges = np.flatnonzero(np.diff(self.item, prepend=-1, append=-1))
        kept = []
        for start, end in pairwise(edges):
            scores = self.score[start:end]
            if end - start > k:
                kept.append(start + np.flatnonzero(scores >= np.partition(scores, -k)[-k]))
            else:
                kept.append(np.arange(start, end))
        return self.where(np.concatenate(kept) if kept else np.empty(0, dtype=np.int64))


def ranked(blocks: Iterable[Pairs], items: Vocabulary, relation: str, k: int) -> pl.DataFrame:
    """The k best pairs of each item, with ranks; equal scores in the order of ids."""
    parts = [
        pl.DataFrame({"item": part.item, "related": part.related, Col.score: part.score}).with_columns(
            pl.Series(Col.support, part.support),
            pl.Series(Col.confidence, part.confidence),
            pl.Series(Col.lift, part.lift),
        )
        for part in (pairs.best(k) for pairs in blocks)
        if len(part.item)
    ]
    if not parts:
        return SIMILAR_ITEM.empty()
    rank = pl.int_range(1, pl.len() + 1).over("item")
    ordered = pl.concat(parts).sort("item", Col.score, "related", descending=[False, True, False])
    listed = ordered.with_columns(rank.alias(Col.rank)).filter(pl.col(Col.rank) <= k)
    named = listed.with_columns(
        pl.lit(relation).alias(Col.relation),
        items.names(listed["item"].to_numpy()).alias(Col.item_id),
        items.names(listed["related"].to_numpy()).alias(Col.related_item_id),
    )
    return named.select(pl.col(name).cast(kind) for name, kind in SIMILAR_ITEM.schema.items())


def matrix(rows: Ints, columns: Ints, values: NDArray[Any], height: int | None = None) -> sparse.csr_matrix:
    """Items x columns; as tall as the largest item code unless told."""
    built = sparse.csr_matrix((values, (rows, columns)), shape=None if height is None else (height, columns.max() + 1))
    built.sort_indices()
    return built


def share(both: NDArray[Any], of: NDArray[Any]) -> Reals:
    """``both`` as a share of ``of``, to four digits: the confidence of a relation."""
    return np.asarray((both / np.maximum(of, 1)).round(4), dtype=np.float64)


def lift_of(both: NDArray[Any], first: NDArray[Any], second: NDArray[Any], total: int) -> Reals:
    """How many times more often both occur than if they were independent."""
    lift: Reals = (both.astype(np.float64) * total / (first.astype(np.float64) * second)).round(4)
    return lift
