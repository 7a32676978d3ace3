"""The rows of the day's layouts, computed anew from ``dim_layout`` and the published policy."""

from __future__ import annotations

import polars as pl

from expectations.day import Day
from ml.placements import DEFAULT_LAYOUT, DEFAULT_PLACES
from ml.tables import Col


def layout_rows(day: Day) -> pl.DataFrame:
    """One row per layout in force and placement of it that the shop has: layout, placement, places of its widest row.

    Where no row in force is left: the default layout.
    """
    served = _served(day)
    rows = in_force(day).join(served, on=Col.placement, how="semi")
    if rows.is_empty():
        rows = served.with_columns(
            pl.lit(DEFAULT_LAYOUT).alias(Col.layout), pl.lit(DEFAULT_PLACES, pl.Int32).alias(Col.places)
        )
    return rows.group_by(Col.layout, Col.placement).agg(pl.col(Col.places).max())


def rows_of_no_placement(day: Day) -> int:
    """How many rows in force name a placement that the shop does not have or has switched off."""
    return len(in_force(day).join(_served(day), on=Col.placement, how="anti"))


def in_force(day: Day) -> pl.DataFrame:
    """The landed rows that the day's screens follow."""
    return day.table("dim_layout").filter(pl.col(Col.is_in_force))


def _served(day: Day) -> pl.DataFrame:
    """The placements that the day has a policy for."""
    return day.table("policy").select(Col.placement).unique()
