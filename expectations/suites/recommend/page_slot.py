"""Gate of ``page_slot``: whoever has shelves, and whoever has none, has every screen, and nothing twice on it."""

from __future__ import annotations

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day, coded, figure
from expectations.suites.recommend.layouts import layout_rows, rows_of_no_placement
from ml.placements import NEWCOMER
from ml.tables import Col

GATE, WATCH = 9, 1

_SCREEN = (Col.layout, Col.user_id)
_ROW = (*_SCREEN, Col.row)
_SHOWN = (Col.recommendation_id, Col.placement, Col.user_id, Col.item_id)
_ID = "screen"
_UNPUBLISHED = "is_not_recommended"
_FALLS = "rank_does_not_rise"
_POSITION_GAP = "position_gap"
_ROW_GAP = "row_gap"
_MIXED = "is_of_a_mixed_row"
_BEYOND = "is_beyond_the_layout"
_NO_PLACEMENT = "layout_rows_of_no_placement"


def prepare(day: Day) -> pl.LazyFrame:
    """One row per layout, shopper, row and position, beside what must not happen in it."""
    slots = coded(day.scan("page_slot")).select(*_ROW, Col.position, *_SHOWN[:-2], Col.item_id)
    shown = slots.select(Col.recommendation_id)
    ranks = _shelves(day, *_SHOWN, Col.rank).join(shown, on=Col.recommendation_id, how="semi")
    wide = slots.join(ranks, on=_SHOWN, how="left").join(
        coded(layout_rows(day).lazy()), on=[Col.layout, Col.placement], how="left"
    )
    wide = wide.drop(Col.recommendation_id).collect(engine="streaming").lazy()
    in_row = pl.col(Col.position).rank("ordinal").over(_ROW)
    before = pl.col(Col.rank).shift(1).over(_ROW, order_by=Col.position)
    return wide.select(
        *_SCREEN,
        Col.item_id,
        pl.struct(_SCREEN).alias(_ID),
        pl.col(Col.rank).is_null().cast(pl.Int8).alias(_UNPUBLISHED),
        (pl.col(Col.rank) <= before).fill_null(False).cast(pl.Int8).alias(_FALLS),
        (pl.col(Col.position) - in_row).abs().alias(_POSITION_GAP),
        (pl.col(Col.row) - pl.col(Col.row).rank("dense").over(_SCREEN)).abs().alias(_ROW_GAP),
        (pl.col(Col.placement).n_unique().over(_ROW) > 1).cast(pl.Int8).alias(_MIXED),
        (pl.col(Col.position) > pl.col(Col.places)).fill_null(True).cast(pl.Int8).alias(_BEYOND),
        # a number of the day, on one row, because a sum holds for a day without screens too
        pl.when(pl.int_range(pl.len()) == 0).then(rows_of_no_placement(day)).otherwise(0).alias(_NO_PLACEMENT),
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """Coverage, then what a screen shows, then how it is numbered."""
    return [*_coverage(day), *_shown(), *_numbered()]


def watch(_day: Day) -> list[gxe.Expectation]:
    """Layouts that name what the shop does not have."""
    return [
        gxe.ExpectColumnSumToBeBetween(
            column=_NO_PLACEMENT,
            max_value=0,
            description="every row of a layout is of a placement that the shop has and that is on",
        )
    ]


def _coverage(day: Day) -> list[gxe.Expectation]:
    """A screen for every shopper who has a shelf of one of its placements, and for nobody else."""
    shelves = _shelves(day, Col.placement, Col.user_id).unique()
    screens = shelves.join(coded(layout_rows(day).lazy()), on=Col.placement).select(_SCREEN).unique()
    screens = figure(screens, pl.len())
    return [
        gxe.ExpectTableRowCountToBeBetween(min_value=screens, description="a slot for every screen"),
        gxe.ExpectColumnUniqueValueCountToBeBetween(
            column=_ID,
            min_value=screens,
            max_value=screens,
            description="every shopper with shelves has a screen of every layout that shows them",
        ),
    ]


def _shown() -> list[gxe.Expectation]:
    return [
        gxe.ExpectCompoundColumnsToBeUnique(
            column_list=[*_SCREEN, Col.item_id], description="no item twice on a screen"
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_UNPUBLISHED,
            max_value=0,
            description="every slot is a published recommendation of its placement and shopper",
        ),
        gxe.ExpectColumnSumToBeBetween(
            column=_BEYOND, max_value=0, description="every row is of its layout and no longer than that says"
        ),
        gxe.ExpectColumnSumToBeBetween(column=_MIXED, max_value=0, description="a row shows one placement"),
    ]


def _numbered() -> list[gxe.Expectation]:
    return [
        gxe.ExpectColumnSumToBeBetween(column=_FALLS, max_value=0, description="ranks rise within a row"),
        gxe.ExpectColumnSumToBeBetween(
            column=_POSITION_GAP, max_value=0, description="positions run 1, 2, 3… in every row"
        ),
        gxe.ExpectColumnSumToBeBetween(column=_ROW_GAP, max_value=0, description="rows run 1, 2, 3… on every screen"),
    ]


def _shelves(day: Day, *columns: str) -> pl.LazyFrame:
    """Columns of the recommendations, and beside them the default shelf as a shopper's."""
    by_default = day.scan("default_shelf").with_columns(pl.lit(NEWCOMER).alias(Col.user_id))
    return pl.concat([coded(table.select(columns)) for table in (day.scan("recommendation"), by_default)])
