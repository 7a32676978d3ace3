"""Tables with many rows per shopper, made shard by shard and never held whole: probabilities, shelves, screens.

What is read here are the finished parts of the day (``shards``); a part that another run of the day forgot meanwhile
is made again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

import polars as pl

from ml.recommend.screens.layout import Layout
from ml.recommend.screens.page import page_slots
from ml.recommend.shards import Parts, Work, shard_name
from ml.recommend.traces import LISTED, lists_of
from ml.tables import Col

Maker: TypeAlias = Callable[[Sequence[str]], pl.DataFrame]
"""Shoppers -> their rows of a table."""
_DEFAULT: Final = "page by default"


@dataclass(frozen=True, eq=False)
class ByShopper:
    """What was made of every shopper.

    Attributes:
        layouts: those in force.
        likely: by name of the part the work of ``purchase_probability``; so ``shelved`` of ``recommendation``.
    """

    parts: Parts
    layouts: Sequence[Layout]
    likely: Work
    shelved: Work

    @classmethod
    def of(
        cls, parts: Parts, shards: Iterable[Sequence[str]], layouts: Sequence[Layout], likely: Maker, shelves: Maker
    ) -> ByShopper:
        """Makes what of the probabilities and shelves nobody has finished."""
        named = {shard_name(users): users for users in shards}
        made = cls(
            parts,
            layouts,
            {f"probabilities of {name}": partial(likely, users) for name, users in named.items()},
            {name: partial(shelves, users) for name, users in named.items()},
        )
        for probabilities, shelf in zip(made.likely.items(), made.shelved.items(), strict=True):
            parts.make(dict([probabilities, shelf]))  # in this order: the lists read what was scored for the former
        return made

    def probabilities(self) -> Iterator[pl.DataFrame]:
        """Rows of ``purchase_probability``, sorted."""
        return self.parts.all(self.likely)

    def pairs(self) -> int:
        """How many rows those are."""
        return sum(count.item() for count in self.parts.all(self.likely, lambda rows: rows.select(pl.len())))

    def shelves(self, placements: Iterable[str]) -> Iterator[pl.DataFrame]:
        """Rows of ``recommendation``, sorted."""
        return self.parts.sorted_by(Col.placement, placements, self.shelved)

    def lists(self) -> pl.DataFrame:
        """See ``traces.lists_of``."""
        return pl.concat(lists_of(part) for part in self.parts.all(self.shelved, lambda rows: rows.select(LISTED)))

    def screens(self, by_default: pl.DataFrame) -> Iterator[pl.DataFrame]:
        """Rows of ``page_slot``, sorted; that of no shopper is made of the shelves ``by_default``."""
        pages = {_DEFAULT: partial(page_slots, by_default, self.layouts)}  # first, as are its rows in each layout
        pages |= {f"page of {name}": partial(self._pages, name) for name in self.shelved}
        self.parts.make(pages)
        return self.parts.sorted_by(Col.layout, (layout.name for layout in self.layouts), pages)

    def _pages(self, name: str) -> pl.DataFrame:
        return page_slots(self.parts.one(name, self.shelved[name]), self.layouts)
