"""A printed screen: rows by positions, item names, longer rows going on below."""

from __future__ import annotations

from datetime import date
from io import StringIO

import polars as pl
import pytest

from ml.console.screen import show_page
from ml.errors import NotPublished
from ml.placements import NEWCOMER
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.screens.layout import Layout, LayoutRow
from ml.recommend.screens.page import page_slots
from ml.settings import Settings
from ml.terminal import PlainConsole
from testkit.published import tables

DAY = date(2025, 3, 1)


@pytest.fixture
def published(settings: Settings) -> Settings:
    """One shopper with seven items for them, of which the last two are again on another shelf."""
    made = tables(DAY, "x", rows=7)
    own = made["recommendation"].with_columns(item_name=pl.format("Item {}", "rank"))
    again = own.filter(pl.col("rank") > 5).with_columns(
        placement=pl.lit("buy_again"), rank=pl.col("rank") - 5, recommendation_id=pl.format("again {}", "rank")
    )
    made["recommendation"] = pl.concat([own.with_columns(recommendation_id=pl.format("r{}", "rank")), again])
    rows = (LayoutRow("for_you", 6), LayoutRow("buy_again", 2, is_fixed=True))
    made["default_shelf"] = own.tail(2).with_columns(
        rank=pl.int_range(1, 3, dtype=pl.Int32), recommendation_id=pl.format("default {}", "rank")
    )
    stranger = made["default_shelf"].with_columns(user_id=pl.lit(NEWCOMER)).select(own.columns)
    everybody = pl.concat([made["recommendation"], stranger], how="vertical_relaxed")
    made["page_slot"] = page_slots(everybody, [Layout("home", rows), Layout("sale", rows[1:])])
    record = DraftRecord(
        capability="recommend", code_revision="0", as_of_date=DAY, slice="slices/none", inputs_hash="x", policy={}
    )
    publish(
        settings,
        RECOMMEND,
        write_draft(settings.drafts_of("recommend") / f"{DAY}-x", RECOMMEND, record, made),
        provenance={},
    )
    return settings


def printed(settings: Settings, user: str, layout: str) -> list[str]:
    console = PlainConsole(file=StringIO(), width=120)
    show_page(settings, console, user, layout)
    return [" ".join(line.split()) for line in console.file.getvalue().splitlines()]  # type: ignore[attr-defined]


def test_rows_stand_below_each_other_and_a_longer_one_goes_on_below(published: Settings) -> None:
    assert printed(published, "7", "home") == [
        "Shopper 7, layout home, as of 2025-03-01",
        "row placement 1 2 3 4 5",
        "1 for_you Item 1 Item 2 Item 3 Item 4 Item 5",
        "Item 6",
        "2 buy_again Item 7",
    ]
    assert printed(published, "7", "sale")[-1] == "1 buy_again Item 6 Item 7"


def test_whoever_has_no_shelf_is_shown_the_default_screen(published: Settings) -> None:
    assert printed(published, "nobody", "home") == [
        "shopper nobody has no shelf: this is the default screen",
        "Shopper nobody, layout home, as of 2025-03-01",
        "row placement 1 2",
        "1 for_you Item 6 Item 7",
    ]


def test_a_layout_that_is_not_there_is_named(published: Settings) -> None:
    with pytest.raises(NotPublished, match="layout shop as of 2025-03-01; found screens of home, sale"):
        printed(published, "7", "shop")
    with pytest.raises(NotPublished, match="layout shop as of 2025-03-01; found screens of home"):
        printed(published, "nobody", "shop")
