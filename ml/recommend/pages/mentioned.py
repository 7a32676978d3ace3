"""What the look-ups of the shelves mention: products by number, the most shown first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ml.documents import Names
from ml.recommend.pages.published_shelves import PublishedShelves
from ml.tables import Col


@dataclass(frozen=True, eq=False)
class Mentioned:
    """Products that stand on shelves, are evidence, related to another or bought lately.

    Attributes:
        purchases: user_id, event_date, item_id, quantity, revenue of the last purchases.
        related: the rows of ``similar_item`` that are shown.
    """

    day: PublishedShelves
    purchases: pl.DataFrame
    related: pl.DataFrame

    @cached_property
    def ids(self) -> pl.Series:
        """Item ids, those of the most shown first."""
        shelves = self.day.shelves
        shown = shelves.group_by(Col.item_id).len().sort("len", Col.item_id, descending=[True, False])
        others = [
            shelves[Col.evidence_item_ids].explode().drop_nulls(),
            *(self.related[name] for name in (Col.item_id, Col.related_item_id)),
            self.purchases[Col.item_id],
        ]
        rest = pl.concat([each.alias(Col.item_id) for each in others]).unique().sort()
        return pl.concat([shown[Col.item_id], rest]).unique(maintain_order=True)

    @cached_property
    def names(self) -> Names:
        """Their names; empty where the catalogue has none."""
        known = self.day.catalogue.select(Col.item_id, Col.item_name)
        found = self.ids.to_frame(Col.item_id).join(known, on=Col.item_id, how="left", maintain_order="left")
        return Names(self.ids.to_list(), found[Col.item_name].fill_null("").to_list())

    def number(self, column: str) -> pl.Expr:
        """The numbers of the items in a column of ids."""
        return pl.col(column).cast(self._codes).to_physical()

    def numbers(self, column: str) -> pl.Expr:
        """The numbers of the items in a column of lists of ids."""
        return pl.col(column).cast(pl.List(self._codes)).list.eval(pl.element().to_physical())

    @cached_property
    def _codes(self) -> pl.Enum:
        return pl.Enum(self.ids)
