"""Pairs of related items as arrays: computed by tiles, reduced to each item's best, turned into a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import combinations_with_replacement
from typing import Any, Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from ml.recommend.core.encoding import Ints, Vocabulary
from ml.recommend.outputs import SIMILAR_ITEM
from ml.tables import Col

Codes: TypeAlias = NDArray[np.int32]
"""Positions in a vocabulary, and counts: half the memory of ``Ints``."""
Reals: TypeAlias = NDArray[np.float64]

_TILE: Final = 2048
"""Items on a tile's side: small enough that a row of sums stays in the processor's cache."""
_ROOM: Final = 4_000_000
"""Pairs that wait before the best of each item are kept."""
_LEVELS: Final = 128
_LOWEST: Final = (127 - 14) << 2
_COUNTED: Final = 65_536
"""Items whose pairs are counted at a time; eight bytes a level."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of items, each once, as parallel arrays: two item codes, a score of 0 or more, how many hold both."""

    item: Codes
    related: Codes
    score: Reals
    support: Codes

    @classmethod
    def none(cls) -> Pairs:
        """No pair."""
        codes = np.empty(0, dtype=np.int32)
        return cls(codes, codes, np.empty(0), codes)

    @classmethod
    def joined(cls, parts: list[Pairs]) -> Pairs:
        """All pairs of ``parts``."""
        return cls(*(np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(cls)))

    def where(self, kept: NDArray[Any]) -> Pairs:
        """The pairs that ``kept`` (a mask or positions) picks."""
        places = np.flatnonzero(kept) if kept.dtype == np.bool_ else kept
        return Pairs(*(getattr(self, each.name)[places] for each in fields(self)))

    def turned(self) -> Pairs:
        """The same pairs seen from the other item."""
        return Pairs(self.related, self.item, self.score, self.support)


@dataclass(frozen=True, eq=False)
class Margins:
    """Marginal counts: in how many shoppers (or shopper-days) each item occurs, and the total of those."""

    counts: Ints
    total: int

    def lift(self, pairs: Pairs) -> Reals:
        """How many times more often both occur than if they were independent, to four digits."""
        first, second = (self.counts[code].astype(np.float64) for code in (pairs.item, pairs.related))
        return np.asarray((pairs.support.astype(np.float64) * self.total / (first * second)).round(4))

    def confidence(self, pairs: Pairs) -> Reals:
        """The support as a share of the item's own occurrences, to four digits."""
        return np.asarray((pairs.support / self.counts[pairs.item]).round(4), dtype=np.float64)


def shared(cells: sparse.csr_matrix, least: NDArray[Any]) -> Iterator[tuple[Codes, Codes, Codes]]:
    """Pairs of rows of ``cells`` that share enough columns, and the number of shared columns; each pair once.

    ``least`` holds each row's threshold (two or more); the lower one of a pair counts. The symmetric product
    cells @ cells.T is computed a tile of rows x rows at a time, upper half only. Rows are sorted by size, so that rows
    of one threshold lie together and one comparison filters most tiles.
    """
    size = np.diff(cells.indptr)
    order = np.argsort(-size, kind="stable").astype(np.int32)
    order = order[size[order] >= least.min(initial=2)]
    ones = sparse.csr_matrix((np.ones(cells.nnz, dtype=np.int32), cells.indices, cells.indptr), shape=cells.shape)
    parts = [order[start : start + _TILE] for start in range(0, len(order), _TILE)]
    strips = [ones[part] for part in parts]
    turned = [strip.T.tocsr() for strip in strips]
    for left, right in combinations_with_replacement(range(len(parts)), 2):
        asked, other = least[parts[left]], least[parts[right]]
        tile = strips[left] @ turned[right]
        near = np.flatnonzero(tile.data >= min(asked.min(), other.min()))
        row = np.repeat(np.arange(len(asked), dtype=np.int32), np.diff(np.searchsorted(near, tile.indptr)))
        column, both = tile.indices[near], tile.data[near]
        if left == right or min(asked.max(), other.max()) > min(asked.min(), other.min()):
            enough = both >= np.minimum(asked[row], other[column])
            kept = np.flatnonzero(enough & (row < column) if left == right else enough)
            row, column, both = row[kept], column[kept], both[kept]
        yield parts[left][row], parts[right][column], both


def strongest(tiles: Iterable[Pairs], items: int, k: int) -> Pairs:
    """The pairs that are among the k best of either item; ties at the level of the k-th stay (see ``_level``).

    Memory holds the best pairs so far and a buffer of pairs that are not compared with them yet.
    """
    bars = np.zeros(items, dtype=np.uint8)
    held, waiting = [Pairs.none()], 0
    for tile in tiles:
        held.append(tile.where(_reaches(tile, bars)))
        waiting += len(held[-1].item)
        if waiting > max(_ROOM, len(held[0].item)):
            best, bars = _best(Pairs.joined(held), bars, k)
            held, waiting = [best], 0
    return _best(Pairs.joined(held), bars, k)[0]


def _best(pairs: Pairs, bars: NDArray[np.uint8], k: int) -> tuple[Pairs, NDArray[np.uint8]]:
    """The pairs that reach the raised thresholds, and the thresholds: the level of each item's k-th best pair, or 0.

    A histogram of levels per item gives the threshold; it is far cheaper than sorting the pairs.
    """
    raised = bars.copy()
    for start in range(0, len(bars), _COUNTED):
        high = np.cumsum(_counts(pairs, bars, start)[:, ::-1], axis=1) >= k
        enough = np.flatnonzero(high[:, -1])
        raised[start + enough] = _LEVELS - 1 - high[enough].argmax(axis=1)
    return pairs.where(_reaches(pairs, raised)), raised


def _counts(pairs: Pairs, bars: NDArray[np.uint8], start: int) -> Ints:
    """Items from ``start`` on x levels: the number of the item's pairs that reach its threshold."""
    size, level = min(_COUNTED, len(bars) - start), _level(pairs.score)
    keys = []
    for codes in (pairs.item, pairs.related):
        counted = np.flatnonzero((codes >= start) & (codes < start + size) & (level >= bars[codes]))
        keys.append((codes[counted].astype(np.int64) - start) * _LEVELS + level[counted])
    return np.bincount(np.concatenate(keys), minlength=size * _LEVELS).reshape(size, _LEVELS)


def _reaches(pairs: Pairs, bars: NDArray[np.uint8]) -> NDArray[np.bool_]:
    level = _level(pairs.score)
    return np.asarray((level >= bars[pairs.item]) | (level >= bars[pairs.related]))


def _level(scores: Reals) -> NDArray[np.uint8]:
    """Quantised scores that keep the order: four levels per factor of two, from 2^-14 to 2^18 (upper float32 bits)."""
    bits = (scores.astype(np.float32).view(np.int32) >> 21) - _LOWEST
    return np.asarray(np.clip(bits, 0, _LEVELS - 1), dtype=np.uint8)


def ranked(pairs: Pairs, margins: Margins, items: Vocabulary, relation: str, k: int) -> pl.DataFrame:
    """The k best pairs of each item, seen from either side, with ranks; equal scores in the order of ids."""
    if not len(pairs.item):
        return SIMILAR_ITEM.empty()
    _, bars = _best(pairs, np.zeros(len(items), dtype=np.uint8), k)
    sides = [side.where(_level(side.score) >= bars[side.item]) for side in (pairs, pairs.turned())]
    best = Pairs.joined(sides)
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


def matrix(
    rows: NDArray[Any], columns: NDArray[Any], values: NDArray[Any], height: int, width: int
) -> sparse.csr_matrix:
    """Items x columns; values of one cell are summed."""
    built = sparse.csr_matrix((values, (rows, columns)), shape=(height, width))
    built.sort_indices()
    return built
