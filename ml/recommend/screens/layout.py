"""Page layouts: which placements stand together on a screen, and in which order, as the shop landed them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from ml.placements import DEFAULT_LAYOUT, DEFAULT_PLACES
from ml.tables import Col


@dataclass(frozen=True)
class LayoutRow:
    """A row of a screen.

    Attributes:
        placement: whose items it shows.
        places: how many items at most, from 1.
        is_fixed: whether it keeps its position; other rows are ordered per shopper.
    """

    placement: str
    places: int = DEFAULT_PLACES
    is_fixed: bool = False


@dataclass(frozen=True)
class Layout:
    """A screen: its rows in the landed order.

    ``is_by_value`` says whether rows that are not fixed are ordered by their expected value, or else as landed.
    """

    name: str
    rows: tuple[LayoutRow, ...]
    is_by_value: bool = False

    def valued(self, objectives: Mapping[str, str]) -> Layout:
        """This layout, ordered by value where the scores of its placements can be compared.

        Args:
            objectives: placement to objective, of the placements whose scores are calibrated probabilities, or money
                that was multiplied with such. Scores of one objective have one unit.
        """
        units = {objectives.get(row.placement) for row in self.rows}
        return replace(self, is_by_value=len(units) == 1 and None not in units)

    @property
    def content(self) -> dict[str, Any]:
        """The layout as plain values, for the manifest."""
        rows = [{Col.placement: row.placement, Col.places: row.places, Col.is_fixed: row.is_fixed} for row in self.rows]
        return {Col.layout: self.name, "order": "expected value" if self.is_by_value else "landed", "rows": rows}


def layouts_in_force(dim_layout: pl.DataFrame, placements: Sequence[str]) -> tuple[Layout, ...]:
    """The layouts that a day's screens follow, by name.

    Args:
        dim_layout: a frame of the mart of that name, of one as-of date.
        placements: the shop's placements that are on, in the shop's order. Rows of others are left out.

    Returns:
        At least one layout: where no row in force is left, it is ``home``, which has a row for every placement.
    """
    usable = pl.col(Col.is_in_force) & pl.col(Col.placement).is_in(list(placements))
    rows: dict[str, list[LayoutRow]] = {}
    for row in dim_layout.filter(usable).sort(Col.layout, Col.row).iter_rows(named=True):
        found = LayoutRow(row[Col.placement], row[Col.places], row[Col.is_fixed])
        rows.setdefault(row[Col.layout], []).append(found)
    if not rows:
        rows = {DEFAULT_LAYOUT: [LayoutRow(placement) for placement in placements]}
    return tuple(Layout(name, tuple(own)) for name, own in rows.items())
