"""What ``shelduck page`` prints: a shopper's screen as a table, rows x positions."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl
from rich.console import Console
from rich.table import Table

from ml.console.showcase import catalogue_of
from ml.escape import visible
from ml.placements import NEWCOMER
from ml.publish.readers import published_version
from ml.recommend.capability import RECOMMEND
from ml.recommend.explanations.labels import within
from ml.recommend.published import default_shelf, page, shelves
from ml.settings import Settings
from ml.tables import Col

_ACROSS: Final = 5
"""Items side by side; a longer row goes on below."""


def show_page(settings: Settings, console: Console, user_id: str, layout: str, as_of: date | None = None) -> None:
    """One shopper's screen of a layout, or that of whoever has no shelf: the names of the items, row by row.

    Raises:
        NotPublished: nothing is published, or no screen of this layout for this shopper.
    """
    version = published_version(settings, RECOMMEND, as_of).id
    shelf = shelves(settings, [user_id], version)
    if shelf.is_empty():
        console.print(f"shopper {visible(user_id)} has no shelf: this is the default screen", highlight=False)
        shelf = default_shelf(settings, version_id=version)
        slots = page(settings, NEWCOMER, layout, version)
    else:
        slots = page(settings, user_id, layout, version)
    names = shelf.select(Col.recommendation_id, Col.item_name)
    named = slots.join(names, on=Col.recommendation_id, how="left", maintain_order="left")
    labels = within(named, catalogue_of(settings, named))
    title = f"Shopper {visible(user_id)}, layout {visible(layout)}, as of {slots[Col.as_of_date][0]}"
    console.print(title, style="bold", highlight=False)
    console.print(_table(named.with_columns(labels.alias(Col.item_name))))


def _table(slots: pl.DataFrame) -> Table:
    """A line per row of the screen; ``slots`` are sorted by row and position."""
    table = Table(box=None, pad_edge=False)
    table.add_column("row", justify="right")
    table.add_column("placement", no_wrap=True)
    for position in range(1, min(len(slots), _ACROSS) + 1):
        table.add_column(str(position))
    for (row, placement), own in slots.group_by(Col.row, Col.placement, maintain_order=True):
        items = [visible(name) for name in own[Col.item_name]]
        for start in range(0, len(items), _ACROSS):
            heading = ("", "") if start else (str(row), visible(str(placement)))
            table.add_row(*heading, *items[start : start + _ACROSS])
    return table
