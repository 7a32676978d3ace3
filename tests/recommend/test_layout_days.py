"""Layouts from landing files to the gated draft of a day, without a scheduler."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from expectations.gates import gate_draft
from ml.day import compute_day
from ml.landing.check import check
from ml.landing.folder import close_day
from ml.landing.load import land
from ml.publish.draft import Draft, read_draft
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from ml.warehouse.build import build
from testkit.shop import FIRST_DAY, TIMEZONE, write_shop

DAYS = 12
LAST = FIRST_DAY + timedelta(days=DAYS - 1)
BEFORE = LAST - timedelta(days=1)
LAYOUTS = """\
layout,row,placement,places,fixed,valid_until,enabled
home,1,discover,3,,,
home,2,buy_again,,true,,
home,3,clearance,,,,
home,4,for_you,,,,false
basket,1,buy_again,6,,,
sale,1,for_you,5,,2025-03-12,
"""


def write_layouts(settings: Settings, text: str) -> None:
    folder = settings.landing_dir / "layouts" / f"dt={LAST}"
    folder.mkdir(parents=True)
    (folder / "layouts.csv").write_text(text)


def row_names(draft: Draft, layout: str) -> list[tuple[int, str]]:
    slots = draft.tables["page_slot"].filter(pl.col("layout") == layout)
    return sorted(slots.select("row", "placement").unique().iter_rows())


@pytest.mark.slow
def test_screens_follow_the_layouts_that_had_arrived(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = Settings(home=tmp_path, timezone=TIMEZONE, k=6)
    write_shop(settings.landing_dir, DAYS, weekly_until=LAST - timedelta(days=4))
    write_layouts(settings, LAYOUTS)
    land(settings, LAST)
    drafts = [compute_day(settings, RECOMMEND, built.folder) for built in build(settings, [BEFORE, LAST])]
    before, after = (read_draft(RECOMMEND, folder) for folder in drafts)
    with caplog.at_level(logging.WARNING, logger="expectations.gates"):
        gate_draft(settings, RECOMMEND, drafts[0])
        assert "page_slot" not in caplog.text
        gate_draft(settings, RECOMMEND, drafts[1])
    assert "watch page_slot of 2025-03-12: every row of a layout is of a placement that the shop has" in caplog.text

    assert before.tables["page_slot"]["layout"].unique().to_list() == ["home"], "none had arrived: the default"
    assert {name for _, name in row_names(before, "home")} == {"for_you", "discover", "buy_again"}
    assert before.tables["policy"]["policy_id"].unique().equals(after.tables["policy"]["policy_id"].unique())

    slots = after.tables["page_slot"]
    assert row_names(after, "home") == [(1, "discover"), (2, "buy_again")], (
        "sale has ended, one row is off, one unheard"
    )
    assert sorted(slots["layout"].unique()) == ["basket", "home"]
    assert slots.filter(pl.col("layout") == "basket")["position"].max() == 6
    assert slots.select("layout", "user_id", "item_id").is_unique().all()
    assert slots.filter(pl.col("layout") == "home")["user_id"].n_unique() == 41
    told = after.record.policy["layouts"]
    assert [(each["layout"], each["order"]) for each in told] == [("basket", "landed"), ("home", "landed")]  # type: ignore[index,union-attr,call-overload]


def test_a_row_that_breaks_the_contract_is_refused_with_a_remedy_and_those_beside_it_are_kept(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, timezone=TIMEZONE)
    bad = {
        "layout is not a name of small letters, digits and _": "Home,1,for_you,5,,,",
        "placement is not a name of small letters, digits and _": "home,2,for you,5,,,",
        "row is above 50": "home,51,for_you,5,,,",
        "row is below 1": "home,0,for_you,5,,,",
        "places is above 20": "home,3,for_you,21,,,",
        "places is below 1": "home,4,for_you,0,,,",
        "row is empty": "home,,for_you,5,,,",
        "placement is empty": "home,5,,5,,,",
    }
    header, *good = LAYOUTS.splitlines()
    write_layouts(settings, "\n".join([header, *good, *bad.values()]) + "\n")
    report = check(settings.landing_dir, settings)
    assert sorted(fault.reason for fault in report.faults) == sorted(bad)
    assert all(fault.remedy and fault.rows for fault in report.faults)
    close_day(settings, LAST)
    loaded = land(settings, LAST)
    assert (loaded.rows_accepted, loaded.rows_quarantined) == (len(good), len(bad))


def test_a_period_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, timezone=TIMEZONE)
    write_layouts(settings, "layout,row,placement,valid_from,valid_until\nhome,1,for_you,2025-03-05,2025-03-04\n")
    assert [fault.reason for fault in check(settings.landing_dir, settings).faults] == [
        "valid_until lies before valid_from"
    ]
