"""Fills the screens of many shoppers at once: no item twice, the rows in the order of their expected value.

Greedy: a screen is filled from its top row down. Each row takes the best items of its placement that no row above it
has; of the rows that are not fixed, the one whose items are worth most comes next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ml.recommend.core.encoding import Ints, Vocabulary
from ml.recommend.outputs import PAGE_SLOT
from ml.recommend.screens.layout import Layout, LayoutRow
from ml.tables import Col

Bools: TypeAlias = NDArray[np.bool_]

_BLOCK: Final = 4096
"""Shoppers whose screens are filled at once; bounds the memory of the steps between."""
_UNIT: Final = 1e6
"""Scores are added as whole numbers of millionths, so that a sum does not depend on the processor."""
_LARGEST: Final = 1e11
"""Of a score; the sum of a row's places stays within 64 bits."""
_NONE: Final = -1
_EMPTY: Final = -(2**62)
"""The value of a row without an item: below that of every other row."""
_USED: Final = _EMPTY - 1


def page_slots(shelves: pl.DataFrame, layouts: Sequence[Layout]) -> pl.DataFrame:
    """The screens of every shopper of ``shelves``. Each shopper's screens depend on nobody else in the frame.

    Args:
        shelves: rows of the table ``recommendation``.
        layouts: the layouts in force; each placement of theirs may be missing from ``shelves``.

    Returns:
        A frame of ``page_slot``. ``row`` and ``position`` count from 1 without gaps: a row that has no items for a
        shopper is left out, and a fixed row follows as many rows as the layout puts before it, while there are any.
    """
    if shelves.is_empty():
        return PAGE_SLOT.empty()
    found = [_slots(shelves, layout, block) for layout in layouts for block in _blocks(shelves, layout)]
    return PAGE_SLOT.checked(pl.concat(found))


@dataclass(frozen=True, eq=False)
class _Lists:
    """The ranked lists of a block of shoppers: placements x shoppers x ranks.

    Attributes:
        number: the row of the shelves that stands there; -1: none.
        item: its item's code; -1: none.
        worth: its score in millionths.
    """

    number: Ints
    item: Ints
    worth: Ints


def _blocks(shelves: pl.DataFrame, layout: Layout) -> Iterator[_Lists]:
    placements = _placements(layout)
    users, items = Vocabulary.of(shelves[Col.user_id]), Vocabulary.of(shelves[Col.item_id])
    placement = shelves[Col.placement].replace_strict(placements, range(len(placements)), default=_NONE).to_numpy()
    user, place = users.codes(shelves[Col.user_id]), shelves[Col.rank].to_numpy() - 1
    item = items.codes(shelves[Col.item_id])
    score = np.nan_to_num(shelves[Col.score].to_numpy(), nan=0.0)
    worth = np.rint(np.clip(score, -_LARGEST, _LARGEST) * _UNIT).astype(np.int64)
    for start in range(0, len(users), _BLOCK):
        size = min(_BLOCK, len(users) - start)
        number = np.full((len(placements), size, int(place.max()) + 1), _NONE)
        (here,) = np.nonzero((placement >= 0) & (user >= start) & (user < start + size))
        number[placement[here], user[here] - start, place[here]] = here
        there = number >= 0
        yield _Lists(number, np.where(there, item[number], _NONE), np.where(there, worth[number], 0))


def _placements(layout: Layout) -> list[str]:
    """The placements of a layout, each once."""
    return list(dict.fromkeys(row.placement for row in layout.rows))


class _Screens:
    """The screens of a block of shoppers while they are being filled."""

    def __init__(self, layout: Layout, lists: _Lists) -> None:
        _, shoppers, _ = lists.number.shape
        self._layout, self._lists = layout, lists
        placements = _placements(layout)
        self._list_of = [placements.index(row.placement) for row in layout.rows]
        self._free = lists.number >= 0
        self._used = np.zeros((shoppers, len(layout.rows)), dtype=np.bool_)
        widest = max(row.places for row in layout.rows)
        self._chosen = np.full((shoppers, len(layout.rows), widest), _NONE)

    def filled(self) -> Ints:
        """Shoppers x rows x positions: the row of the shelves that stands there; -1: none."""
        for position, here in enumerate(self._layout.rows):
            values = np.stack([self._value(number) for number in range(len(self._layout.rows))], axis=1)
            values[self._used] = _USED
            next_row = np.full(len(values), position) if here.is_fixed else values.argmax(axis=1)
            for number in range(len(self._layout.rows)):
                self._take(position, number, np.flatnonzero(next_row == number))
        return self._chosen

    def _value(self, number: int) -> Ints:
        """Per shopper: the value in millionths of row ``number`` if it came next; fixed rows are excluded."""
        row, own = self._layout.rows[number], self._list_of[number]
        if row.is_fixed:
            return np.full(len(self._used), _USED)
        best = _first(self._free[own], row)
        worth = np.where(best, self._lists.worth[own], 0).sum(axis=1) if self._layout.is_by_value else 0
        return np.where(best.any(axis=1), worth, _EMPTY)

    def _take(self, position: int, number: int, shoppers: Ints) -> None:
        """Put a row of the layout at a position of these shoppers' screens."""
        if not len(shoppers):
            return
        row, own = self._layout.rows[number], self._list_of[number]
        best = _first(self._free[own, shoppers], row)
        who, rank = np.nonzero(best)
        place = (best.cumsum(axis=1) - 1)[who, rank]
        self._chosen[shoppers[who], position, place] = self._lists.number[own, shoppers[who], rank]
        taken = np.full((len(shoppers), row.places), _NONE)
        taken[who, place] = self._lists.item[own, shoppers[who], rank]
        for each in range(len(self._free)):
            again = (self._lists.item[each, shoppers, :, None] == taken[:, None, :]).any(axis=2)
            self._free[each, shoppers] &= ~again
        self._used[shoppers, number] = True


def _first(free: Bools, row: LayoutRow) -> Bools:
    """The best free items of each list, as many as a row has places."""
    return free & (free.cumsum(axis=1) <= row.places)


def _slots(shelves: pl.DataFrame, layout: Layout, lists: _Lists) -> pl.DataFrame:
    chosen = _Screens(layout, lists).filled()
    stands = chosen >= 0
    rows = stands.any(axis=2).cumsum(axis=1)
    shopper, row, place = np.nonzero(stands)
    taken = (Col.user_id, Col.placement, Col.item_id, Col.recommendation_id, Col.as_of_date)
    return shelves.select(taken)[chosen[stands]].with_columns(
        pl.lit(layout.name).alias(Col.layout),
        pl.Series(Col.row, rows[shopper, row], dtype=pl.Int32),
        pl.Series(Col.position, place + 1, dtype=pl.Int32),
    )
