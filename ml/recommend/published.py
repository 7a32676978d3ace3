"""What readers of recommendations call: one shopper's shelves and screens, and those of everybody else.

Whoever reads several tables asks ``ml.publish.readers.current_version`` once and passes its id on.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from ml.errors import NotPublished
from ml.publish.readers import manifest, read_table
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import DEFAULT_SHELF, PAGE_SLOT, RECOMMENDATION
from ml.settings import Settings
from ml.tables import Col


def shelf(
    settings: Settings, user_id: str, placement: str | None = None, version_id: str | None = None
) -> pl.DataFrame:
    """One shopper's rows of ``recommendation`` by placement and rank.

    Raises:
        NotPublished: nothing is published for this shopper (and placement).
    """
    wanted = pl.col(Col.user_id) == user_id
    if placement is not None:
        wanted &= pl.col(Col.placement) == placement
    rows = read_table(settings, RECOMMEND, RECOMMENDATION.name, version_id, wanted)
    if rows.is_empty():
        raise NotPublished(
            f"shopper {user_id}",
            expected=f"a shelf {f'{placement} ' if placement else ''}as of {_as_of(settings, version_id)}",
            found="none",
            remedy="Look the shopper and the placement up in the table recommendation",
        )
    return rows


def default_shelf(settings: Settings, placement: str | None = None, version_id: str | None = None) -> pl.DataFrame:
    """The rows of ``default_shelf`` by placement and rank: for whoever has no shelf of their own.

    Raises:
        NotPublished: there is none (for the placement); versions from before there were default shelves have none.
    """
    wanted = None if placement is None else pl.col(Col.placement) == placement
    rows = read_table(settings, RECOMMEND, DEFAULT_SHELF.name, version_id, wanted)
    if rows.is_empty():
        raise NotPublished(
            f"the default shelf {placement or ''}".strip(),
            expected=f"rows as of {_as_of(settings, version_id)}",
            found="none",
            remedy="Look the placement up in the table default_shelf",
        )
    return rows


def page(settings: Settings, user_id: str, layout: str, version_id: str | None = None) -> pl.DataFrame:
    """One shopper's rows of ``page_slot`` in a layout, by row and position.

    Raises:
        NotPublished: no screen of this layout is published for this shopper.
    """
    screens = read_table(settings, RECOMMEND, PAGE_SLOT.name, version_id, pl.col(Col.user_id) == user_id)
    slots = screens.filter(pl.col(Col.layout) == layout)
    if slots.is_empty():
        others = screens[Col.layout].unique().sort().to_list()
        raise NotPublished(
            f"shopper {user_id}",
            expected=f"a screen of the layout {layout} as of {_as_of(settings, version_id)}",
            found=f"screens of {', '.join(others)}" if others else "none",
            remedy="Look the shopper and the layout up in the table page_slot",
        )
    return slots


def shelves(settings: Settings, user_ids: Sequence[str], version_id: str | None = None) -> pl.DataFrame:
    """The rows of ``recommendation`` of several shoppers, by placement, shopper and rank; none for unknown ones.

    Raises:
        NotPublished: there is no such version, or its table cannot be read.
    """
    wanted = pl.col(Col.user_id).is_in(pl.Series(user_ids, dtype=pl.String).implode())
    return read_table(settings, RECOMMEND, RECOMMENDATION.name, version_id, wanted)


def _as_of(settings: Settings, version_id: str | None) -> object:
    return manifest(settings, RECOMMEND, version_id).as_of_date
