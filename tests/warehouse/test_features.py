from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from ml.warehouse.slices import Slice
from tests.warehouse.near import by_key, near
from tests.warehouse.obvious_features import Obvious
from tests.warehouse.tiny_shop import AS_OF, LAST, events

FEATURES = ("history", "rating", "dim_user", "feat_user", "feat_item", "feat_user_item")


@pytest.mark.parametrize("as_of", AS_OF, ids=str)
@pytest.mark.parametrize("table", FEATURES)
def test_features_equal_the_slow_obvious_ones(built: dict[date, Slice], as_of: date, table: str) -> None:
    wanted: list[dict[str, Any]] = getattr(Obvious(events(), as_of), table)()
    found = by_key(table, built[as_of].table(table))

    assert len(found) == len(wanted) > 0
    for row, right in zip(found.select(list(wanted[0])).to_dicts(), wanted, strict=True):
        assert row == near(right)


@pytest.mark.parametrize("as_of", AS_OF, ids=str)
def test_features_of_groups_equal_the_slow_obvious_ones(built: dict[date, Slice], as_of: date) -> None:
    obvious = Obvious(events(), as_of)
    numbers = {
        (level, row[f"{level}_id"]): group
        for row in built[as_of].table("feat_item").to_dicts()
        for level, group in obvious.groups(row["item_id"]).items()
    }
    found = {}
    for row in built[as_of].table("feat_user_group").to_dicts():
        group = numbers[row["group_level"], row.pop("group_id")]
        found[row["user_id"], row["group_level"], group] = row
    wanted = {(row["user_id"], row["group_level"], row.pop("group")): row for row in obvious.feat_user_group()}

    assert len(numbers) > 8
    assert set(found) == set(wanted) != set()
    for key, right in wanted.items():
        assert {name: found[key][name] for name in right} == near(right)


def test_the_shop_has_the_awkward_things_the_features_are_judged_on() -> None:
    late = [event for event in events() if event["arrival"] > event["day"]]
    obvious = Obvious(events(), LAST)

    assert late
    assert any(event["item_id"] == "unlisted" and event["event_type"] == "purchase" for event in obvious.events)
    assert any(pair["due_ratio"] for pair in obvious.feat_user_item())
    assert any(row["is_promoted_next_7d"] for row in obvious.feat_item())
    assert {(LAST - event["day"]).days for event in events()} >= {364, 365}


def test_a_late_event_counts_from_its_arrival_day(built: dict[date, Slice]) -> None:
    held_back = [e for e in events() if e["day"] <= AS_OF[2] < e["arrival"] and e["event_type"] == "purchase"]
    assert held_back, "the shop must have purchases that arrive on the last day for an earlier one"

    def purchases(as_of: date) -> int:
        return int(built[as_of].table("feat_user")["purchases_365d"].sum())

    expired = sum((LAST - e["day"]).days == 365 and e["event_type"] == "purchase" for e in events())
    today = sum(e["day"] == LAST and e["event_type"] == "purchase" for e in events())
    assert purchases(LAST) == purchases(AS_OF[2]) + len(held_back) + today - expired


def test_money_of_unlisted_items_counts_for_shoppers_and_nowhere_else(built: dict[date, Slice]) -> None:
    slice_ = built[LAST]
    everything = slice_.table("feat_user")["revenue_365d"].sum()
    listed = slice_.table("feat_item")["revenue_365d"].sum()

    assert everything > listed > 0
    assert "unlisted" not in slice_.table("history")["item_id"]
    assert "unlisted" not in slice_.table("feat_item")["item_id"]


def test_daily_volume_has_a_row_for_every_day_also_for_empty_ones(built: dict[date, Slice]) -> None:
    volume = built[LAST].table("daily_volume")
    arrivals = {event["arrival"] for event in events()}
    empty = volume.filter(~pl.col("arrival_date").is_in(list(arrivals)))

    assert volume["arrival_date"].to_list() == pl.date_range(date(2017, 10, 9), LAST, eager=True).to_list()
    assert volume["events"].sum() == sum(event["arrival"] >= date(2017, 10, 9) for event in events())
    assert empty["events"].sum() == 0


def test_a_young_shops_volume_begins_with_its_first_arrival(built: dict[date, Slice]) -> None:
    assert built[AS_OF[0]].table("daily_volume")["arrival_date"].to_list() == [
        date(2017, 10, 1),
        date(2017, 10, 2),
        date(2017, 10, 3),
    ]


def test_an_item_is_as_it_was_known_on_the_day(built: dict[date, Slice]) -> None:
    def names(as_of: date) -> dict[str, str]:
        return dict(built[as_of].table("dim_item").select("item_id", "item_name").iter_rows())

    assert names(AS_OF[0])["item04"] == "Item 4"
    assert names(LAST)["item04"] == "Item 4, now larger"
    assert "item09" not in names(AS_OF[0])
    assert names(LAST)["item09"] == "Newcomer"
