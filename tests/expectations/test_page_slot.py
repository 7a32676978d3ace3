"""Each expectation of the screens' gate fails on a screen that breaks it."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from expectations.day import Day
from ml.settings import Settings
from testkit.slice_tables import layouts
from tests.expectations.conftest import SHOPPERS, Tables
from tests.expectations.test_gates import failure, gate

ONE = (pl.col("user_id") == SHOPPERS[0]) & (pl.col("row") == 1)
FIRST = ONE & (pl.col("position") == 1)
SECOND = ONE & (pl.col("position") == 2)


def changed(where: pl.Expr, column: str, value: Any) -> pl.Expr:
    return pl.when(where).then(value).otherwise(pl.col(column)).alias(column)


def swapped(columns: tuple[str, ...]) -> list[pl.Expr]:
    """The first two slots of a row, each with the other's values."""
    return [
        pl.when(FIRST)
        .then(pl.col(name).filter(SECOND).first())
        .when(SECOND)
        .then(pl.col(name).filter(FIRST).first())
        .otherwise(pl.col(name))
        .alias(name)
        for name in columns
    ]


BREAKS: dict[str, pl.Expr | list[pl.Expr]] = {
    "no item twice on a screen": changed(SECOND, "item_id", pl.col("item_id").filter(FIRST).first()),
    "every slot is a published recommendation of its placement and shopper": changed(
        FIRST, "recommendation_id", pl.lit("another")
    ),
    "every row is of its layout and no longer than that says": changed(FIRST, "position", pl.lit(6)),
    "a row shows one placement": changed(FIRST, "placement", pl.lit("buy_again")),
    "ranks rise within a row": swapped(("item_id", "recommendation_id")),
    "positions run 1, 2, 3… in every row": changed(pl.col("position") == 5, "position", pl.lit(6)),
    "rows run 1, 2, 3… on every screen": changed(pl.col("row") > 1, "row", pl.col("row") + 1),
}


@pytest.mark.parametrize("claim", BREAKS)
def test_a_screen_that_breaks_a_rule_fails(settings: Settings, tables: Tables, day: Day, claim: str) -> None:
    tables["page_slot"] = tables["page_slot"].with_columns(BREAKS[claim])
    assert claim in failure(settings, day, "page_slot")


def test_another_shoppers_recommendation_fails(settings: Settings, tables: Tables, day: Day) -> None:
    other = tables["recommendation"].filter(pl.col("user_id") == SHOPPERS[1])["recommendation_id"][0]
    tables["page_slot"] = tables["page_slot"].with_columns(changed(FIRST, "recommendation_id", pl.lit(other)))
    assert "every slot is a published recommendation" in failure(settings, day, "page_slot")


def test_a_shopper_without_a_screen_fails(settings: Settings, tables: Tables, day: Day) -> None:
    tables["page_slot"] = tables["page_slot"].filter(pl.col("user_id") != SHOPPERS[0])
    assert "every shopper with shelves has a screen of every layout" in failure(settings, day, "page_slot")


def test_a_layout_in_force_without_screens_fails(settings: Settings, tables: Tables, day: Day) -> None:
    tables["dim_layout"] = layouts(
        {"layout": "home", "row": 1, "placement": "for_you"}, {"layout": "checkout", "row": 1, "placement": "buy_again"}
    )
    assert "every shopper with shelves has a screen of every layout" in failure(settings, day, "page_slot")


def test_a_row_of_a_placement_that_the_shop_has_not_is_told_and_passes(
    settings: Settings, tables: Tables, day: Day
) -> None:
    rows = [
        {"layout": "home", "row": row, "placement": name}
        for row, name in enumerate(("for_you", "discover", "buy_again"), 1)
    ]
    off = {"layout": "home", "row": 4, "placement": "clearance", "is_in_force": False}
    tables["dim_layout"] = layouts(*rows, off)
    assert not gate(settings, day, "page_slot").warnings
    tables["dim_layout"] = layouts(*rows, {**off, "is_in_force": True})
    told = gate(settings, Day(day.as_of, day.k, day.history_days, lambda name: tables[name]), "page_slot")
    assert [check.claim for check in told.warnings] == [
        "every row of a layout is of a placement that the shop has and that is on"
    ]


def test_a_layout_whose_placement_nobody_has_a_shelf_of_has_no_screens_and_passes(
    settings: Settings, tables: Tables, day: Day
) -> None:
    tables["dim_layout"] = layouts({"layout": "basket", "row": 1, "placement": "buy_again"})
    for table in ("recommendation", "default_shelf"):
        tables[table] = tables[table].filter(pl.col("placement") != "buy_again")
    tables["page_slot"] = tables["page_slot"].clear()
    report = gate(settings, day, "page_slot")
    assert report.rows == 0 and not report.warnings
