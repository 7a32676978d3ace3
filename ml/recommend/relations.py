"""Pairs of related items as arrays: found a tile at a time, the best of each item kept, listed as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import combinations_with_replacement
from typing import Any, Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.encoding import Ints, Vocabulary
from ml.tables import SIMILAR_ITEM, Col

Reals: TypeAlias = NDArray[np.float64]

_TILE: Final = 2048
"""Items on a tile's side: small enough that a row of sums stays in the processor's cache."""
_ROOM: Final = 4_000_000
"""Pairs that wait before the best of each item are kept."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of items, as parallel arrays of item codes, a score and how many shoppers or shopper-days hold both."""

    item: Ints
    related: Ints
    score: Reals
    support: Ints

    @classmethod
    def none(cls) -> Pairs:
        """No pair."""
        codes = np.empty(0, dtype=np.int64)
        return cls(codes, codes, np.empty(0), codes)

    @classmethod
    def joined(cls, parts: list[Pairs]) -> Pairs:
        """All pairs of ``parts``."""
        return cls(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(cls)))

    def where(self, kept: NDArray[Any]) -> Pairs:
        """The pairs that ``kept`` (a mask or positions) picks."""
        return Pairs(*(getattr(self, each.name)[kept] for each in fields(self)))

    def turned(self) -> Pairs:
        """The same pairs seen from the other item."""
        return Pairs(self.related, self.item, self.score, self.support)

    def best(self, k: int) -> Pairs:
        """Each item's k best pairs and those that score about as much as the k-th (within 1 %), by item."""
        if not len(self.item):
            return self
        about = _about(self.score)
        order = _order(about)[::-1]
        order = order[_order(self.item[order])]
        item, about = self.item[order], about[order]
        starts = np.flatnonzero(np.diff(item, prepend=-1))
        lengths = np.diff(starts, append=len(item))
        last = starts + np.minimum(lengths, k) - 1
        return self.where(order[about >= np.repeat(about[last], lengths)])


@dataclass(frozen=True, eq=False)
class Margins:
    """How often each item occurs, out of how many shoppers or shopper-days: what a pair's support is held against."""

    counts: Ints
    total: int

    def lift(self, pairs: Pairs) -> Reals:
        """How many times more often both occur than if they were independent, to four digits."""
        first, second = (self.counts[code].astype(np.float64) for code in (pairs.item, pairs.related))
        return np.asarray((pairs.support.astype(np.float64) * self.total / (first * second)).round(4))

    def confidence(self, pairs: Pairs) -> Reals:
        """The support as a share of the item's own occurrences, to four digits."""
        return np.asarray((pairs.support / self.counts[pairs.item]).round(4), dtype=np.float64)


def shared(cells: sparse.csr_matrix, least: int) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Every two rows that share at least ``least`` columns (two or more), and how many; item below related.

    A tile of items x items at a time, each pair in one tile only: the product is symmetric.
    """
    ones = sparse.csr_matrix((np.ones(cells.nnz, dtype=np.int32), cells.indices, cells.indptr), shape=cells.shape)
    strips = [ones[start : start + _TILE] for start in range(0, ones.shape[0], _TILE)]
    turned = [strip.T.tocsr() for strip in strips]
    for left, right in combinations_with_replacement(range(len(strips)), 2):
        tile = strips[left] @ turned[right]
        near = np.flatnonzero(tile.data >= least)
        row = np.repeat(np.arange(tile.shape[0], dtype=np.int64), np.diff(tile.indptr))[near]
        item, related = left * _TILE + row, right * _TILE + tile.indices[near].astype(np.int64)
        above = item < related
        yield item[above], related[above], tile.data[near[above]].astype(np.int64)


def strongest(tiles: Iterable[Pairs], items: int, k: int) -> Pairs:
    """The k best pairs (and a few more, see ``Pairs.best``) of each of ``items``, seen from either side, by item.

    Memory holds the best so far and the pairs that wait to be held against them.
    """
    bar = np.full(items, -np.inf)
    held, waiting = [Pairs.none()], 0
    for tile in tiles:
        for pairs in (tile, tile.turned()):
            held.append(pairs.where(pairs.score >= bar[pairs.item]))
            waiting += len(held[-1].item)
        if waiting > max(_ROOM, len(held[0].item)):
            held, waiting = [Pairs.joined(held).best(k)], 0
            bar = _bar(held[0], items, k)
    return Pairs.joined(held).best(k)


def _bar(best: Pairs, items: int, k: int) -> Reals:
    """The score below which a pair is not among the k best of its item."""
    bar = np.full(items, np.inf)
    np.minimum.at(bar, best.item, best.score)
    return np.where(np.bincount(best.item, minlength=items) >= k, bar, -np.inf)


def _about(scores: Reals) -> NDArray[np.uint16]:
    """Scores of zero or more as 16 bits in their order: the upper half of their float32, 1 % apart at most."""
    return (scores.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)


def _order(codes: NDArray[Any]) -> Ints:
    """Positions that sort ``codes``, stable; NumPy's radix sort takes 16 bits at a time."""
    order = np.argsort(codes.astype(np.uint16), kind="stable")
    high = codes.astype(np.int64) >> 16
    while high.any():
        order = order[np.argsort(high[order].astype(np.uint16), kind="stable")]
        high = high >> 16
    return order


def ranked(pairs: Pairs, margins: Margins, items: Vocabulary, relation: str, k: int) -> pl.DataFrame:
    """The k best pairs of each item, with ranks; equal scores in the order of ids."""
    best = pairs.best(k)
    if not len(best.item):
        return SIMILAR_ITEM.empty()
    rank = pl.int_range(1, pl.len() + 1).over("item")
    frame = pl.DataFrame({"item": best.item, "related": best.related, Col.score: best.score})
    listed = (
        frame.with_columns(
            pl.Series(Col.support, best.support),
            pl.Series(Col.confidence, margins.confidence(best)),
            pl.Series(Col.lift, margins.lift(best)),
        )
        .sort("item", Col.score, "related", descending=[False, True, False])
        .with_columns(rank.alias(Col.rank))
        .filter(pl.col(Col.rank) <= k)
    )
    named = listed.with_columns(
        pl.lit(relation).alias(Col.relation),
        items.names(listed["item"].to_numpy()).alias(Col.item_id),
        items.names(listed["related"].to_numpy()).alias(Col.related_item_id),
    )
    return named.select(pl.col(name).cast(kind) for name, kind in SIMILAR_ITEM.schema.items())


def matrix(rows: Ints, columns: Ints, values: NDArray[Any], height: int) -> sparse.csr_matrix:
    """Items x columns, ``height`` items; values of one cell are summed."""
    width = int(columns.max()) + 1 if len(columns) else 0
    built = sparse.csr_matrix((values, (rows, columns)), shape=(height, width))
    built.sort_indices()
    return built
