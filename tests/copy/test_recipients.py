"""Who gets an approved variant, in which arm, and what the slots say to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ml.copy.daily import compute
from ml.copy.recipients import _last_purchases, arm_of
from ml.copy.sheets.naming import readable
from ml.text.private_purchases import is_private
from testkit.copy_shop import copy_day, item_names

BRIEF = {"brief_id": "b", "audience_id": "tea", "arms": 3}
MEMBERS = {f"s{number:03}" for number in range(20, 59)}


@cache
def _tables(approved: frozenset[tuple[str, str, int]], audience: str | None = "tea") -> Mapping[str, pl.DataFrame]:
    """Tables of a day on which the variants of (language, channel, arm) are approved."""
    brief = {**BRIEF, "audience_id": audience}
    shown = compute(copy_day(Path("nowhere"), dim_copy_brief=[brief])).tables["copy_variant"]
    decisions = [
        {
            **{name: row[name] for name in ("brief_id", "language", "channel", "arm", "variant_hash")},
            "decision_id": str(at),
            "decision": "approve",
            "decided_at": "2026-03-01T09:00:00Z",
        }
        for at, row in enumerate(shown.unique("variant_hash").sort("variant_hash").iter_rows(named=True))
        if (row["language"], row["channel"], row["arm"]) in approved
    ]
    assert len(decisions) == len(approved)
    return compute(copy_day(Path("nowhere"), dim_copy_brief=[brief], copy_decision=decisions)).tables


def _recipients(*approved: tuple[str, str, int], audience: str | None = "tea") -> dict[str, dict[str, Any]]:
    rows = _tables(frozenset(approved), audience)["copy_recipient"].iter_rows(named=True)
    return {row["user_id"]: row for row in rows}


def test_nobody_is_listed_before_a_person_approved() -> None:
    assert _recipients() == {}


def test_members_get_their_language_and_of_whom_none_is_known_the_first_approved() -> None:
    found = _recipients(("en", "email", 1), ("zh", "email", 1))
    assert set(found) == MEMBERS
    languages = {user: row["language"] for user, row in found.items()}
    assert {languages[user] for user in MEMBERS if int(user[1:]) % 4 == 1} == {"zh"}
    assert {languages[user] for user in MEMBERS if int(user[1:]) % 4 != 1} == {"en"}
    assert {row["user_id"] for row in _recipients(("en", "email", 1)).values()} == {
        user for user in MEMBERS if int(user[1:]) % 4 != 1
    }


def test_arms_are_drawn_per_shopper_and_brief_and_stay() -> None:
    arms = [arm_of(42, "b", f"user {number}", (1, 3)) for number in range(2_000)]
    assert arms == [arm_of(42, "b", f"user {number}", (1, 3)) for number in range(2_000)]
    assert 900 < Counter(arms)[1] < 1_100 and set(arms) == {1, 3}
    other = [arm_of(42, "another", f"user {number}", (1, 3)) for number in range(2_000)]
    assert 900 < sum(one == two for one, two in zip(arms, other, strict=True)) < 1_100


def test_only_arms_that_are_approved_in_every_channel_in_use_take_part() -> None:
    found = _recipients(("en", "email", 1), ("en", "email", 2), ("en", "sms", 2), ("en", "sms", 3))
    assert {row["arm"] for row in found.values()} == {2}
    apart = _recipients(("en", "email", 1), ("en", "sms", 3))
    assert {row["arm"] for row in apart.values()} == {1, 3}


def test_slots_tell_of_the_shopper_alone_and_say_where_nothing_is_known() -> None:
    found = _recipients(("en", "email", 1), ("zh", "email", 1))
    day = copy_day(Path("nowhere"))
    history = dict(day.table("history").select("user_id", "item_id").iter_rows())
    names = item_names()
    known = 0
    for user, row in found.items():
        bought = names[int(history[user][1:])]
        if "last_purchase" not in row["fall_backs"]:
            known += 1
            assert row["last_purchase"] == readable(bought)
        else:
            assert row["last_purchase"] in {"your last order", "您上次的订单"}
        stage = ("new", "active", "at_risk")[int(user[1:]) % 3]
        assert ("loyalty" in row["fall_backs"]) == (stage == "at_risk")
    assert 10 < known < len(found)
    assert {row["loyalty"] for row in found.values() if row["language"] == "en"} == {
        *("a new customer", "a regular", "a valued customer"),
    }


def test_a_purchase_that_may_not_be_recommended_is_not_told() -> None:
    found = _recipients(("en", "email", 1), ("zh", "email", 1), audience=None)
    day = copy_day(Path("nowhere"))
    buyers = day.table("history").filter(pl.col("item_id") == "i4")["user_id"].to_list()
    assert buyers and all("last_purchase" in found[user]["fall_backs"] for user in buyers)


def test_everybody_is_who_has_not_said_no() -> None:
    found = _recipients(("en", "email", 1), ("zh", "email", 1), audience=None)
    assert len(found) == 59 and "s001" not in found


def test_the_first_product_is_one_of_the_brief_on_the_shoppers_list() -> None:
    tables = _tables(frozenset([("en", "email", 1), ("zh", "email", 1)]))
    items = tables["copy_brief"]["item_ids"].to_list()[0]
    lists = copy_day(Path("nowhere")).published("recommend", "recommendation").filter(pl.col("placement") == "for_you")
    own = {user: set(listed) for user, listed in lists.group_by("user_id").agg("item_id").iter_rows()}
    named = dict(tables["copy_fact"].filter(kind="product").select("value", "item_id").iter_rows())
    rows = [row for row in tables["copy_recipient"].iter_rows(named=True) if "first_product" not in row["fall_backs"]]
    assert len(rows) > 10
    assert all(named[row["first_product"]] in set(items) & own[row["user_id"]] for row in rows)


@pytest.mark.parametrize(
    ("name", "category", "told"),
    [
        ("Headache tablets", "ANALGESICS", False),
        ("Soft pads", "FEMININE HYGIENE", False),
        ("Condoms, 12 pack", "DRUG GM", False),
        ("阿司匹林止痛片", "健康", False),
        ("FEEDING ACCESSORIES BOTTLES", "BABY HBC", False),
        ("Baby carrots", "VEGETABLES", True),
        ("Old Mill Porridge", "CEREAL", True),
        ("Ground Ginger", "SPICES", True),
        ("高山咖啡豆", None, True),
    ],
)
def test_no_text_tells_of_purchases_about_health_body_or_habits(name: str, category: str | None, told: bool) -> None:
    columns = {"item_name": [name], "item_category": [None], "item_category2": [category], "item_category3": [None]}
    shown = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).filter(~is_private(*columns))
    assert len(shown) == told


def test_a_private_purchase_is_replaced_by_neutral_words() -> None:
    day = copy_day(Path("nowhere"), dim_copy_brief=[BRIEF])
    private = day.frames["dim_item"].with_columns(item_category2=pl.lit("FAMILY PLANNING"))
    told = replace(day, frames={**day.frames, "dim_item": private})
    assert len(_last_purchases(day)) > 30 and _last_purchases(told).is_empty()


def test_a_private_product_on_a_shoppers_list_is_never_their_first_product() -> None:
    shown = _tables(frozenset([("en", "email", 1), ("zh", "email", 1)]))["copy_variant"]
    told = _first_products(shown, private=())
    items = {item for item in told.values() if item is not None}
    assert len(items) > 1
    hidden = sorted(items)[0]
    left = _first_products(shown, private=(hidden,))
    assert hidden in told.values() and hidden not in left.values() and set(left) == set(told)


def _first_products(shown: pl.DataFrame, private: Collection[str]) -> dict[str, str | None]:
    """By shopper the product that their text names, with products of these names made private."""
    decisions = [
        {
            **{name: row[name] for name in ("brief_id", "language", "channel", "arm", "variant_hash")},
            "decision_id": str(at),
            "decision": "approve",
            "decided_at": "2026-03-01T09:00:00Z",
        }
        for at, row in enumerate(shown.filter(pl.col("status") == "approved").unique("variant_hash").to_dicts())
    ]
    day = copy_day(Path("nowhere"), dim_copy_brief=[BRIEF], copy_decision=decisions)
    category = (
        pl.when(pl.col("item_name").is_in(list(private))).then(pl.lit("FAMILY PLANNING")).otherwise("item_category2")
    )
    items = day.frames["dim_item"].with_columns(item_category2=category)
    rows = compute(replace(day, frames={**day.frames, "dim_item": items})).tables["copy_recipient"].to_dicts()
    return {row["user_id"]: None if "first_product" in row["fall_backs"] else row["first_product"] for row in rows}
