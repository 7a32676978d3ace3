"""A day's tags as a whole: floors, caps, earlier days, the same rows whatever the order."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import polars as pl
import pytest

from ml.audiences.outputs import TAG, TAG_MEMBER
from ml.audiences.parts import Tagged
from ml.audiences.tags.daily import tagged
from ml.audiences.tags.lift import bases, lifts
from ml.audiences.tags.statistical import LIMITS
from testkit.tag_shop import MadeShop, Taste, affinity_tables, landed, profiles, purchase_lines, tag_shop

SEED, LOVED = 5, "item_category2 7"
FEW = 5
"""The floor of members of these tests' shops."""


@cache
def lines() -> pl.DataFrame:
    """Lines of 800 shoppers, some of whom love something."""
    return purchase_lines(800, Taste(lovers=0.5), SEED, lines=90)


@cache
def day() -> Tagged:
    return tagged(shop())


def shop(tags: pl.DataFrame | None = None, minimum_audience: int = FEW) -> MadeShop:
    return tag_shop(lines(), tags, minimum_audience=minimum_audience)


def statistical(found: Tagged) -> pl.DataFrame:
    return found.tables["tag"].filter(pl.col("kind") == "statistical")


def test_both_tables_are_as_declared_and_count_each_other() -> None:
    tags, members = TAG.checked(day().tables["tag"]), TAG_MEMBER.checked(day().tables["tag_member"])
    assert len(statistical(day())) >= 10 and len(members) >= 100
    counts = dict(members.group_by("tag_id").len().iter_rows())
    assert {row["tag_id"]: row["members"] for row in tags.to_dicts() if row["members"]} == counts
    assert day().held[0].sort("tag_id", "user_id").equals(members.select("tag_id", "user_id"))


def test_evidence_is_the_arithmetic_of_the_shoppers_own_lines() -> None:
    tags = dict(statistical(day()).select("tag_id", "item_value").iter_rows())
    members = day().tables["tag_member"].filter(pl.col("tag_id").is_in(list(tags))).sort("tag_id", "user_id")
    known = lines().filter(pl.col("age_days") < 365)
    for row in members.gather_every(40).to_dicts():
        value = tags[row["tag_id"]]
        own = known.filter(pl.col("user_id") == row["user_id"])
        has = pl.any_horizontal(pl.col("item_category", "item_category2", "item_brand") == value)
        of_value = own.filter(has)
        lift = (len(of_value) / len(own)) / (known.filter(has).height / len(known))
        assert row["support"] == len(of_value) and row["lift"] == pytest.approx(lift, abs=1e-3)
        start = f"{len(of_value)} of {len(own)} purchase lines are {value}: {row['lift']:.1f} times"
        assert row["evidence_en"].startswith(start)
        assert f"{len(own)} 行购买中有 {len(of_value)} 行是{value}" in row["evidence_zh"]
        assert float(row["evidence_en"].split("at least ")[1].split(" ")[0]) <= row["lift_low"] < row["lift"]


def test_a_statistical_tag_has_the_members_that_the_setting_asks_for() -> None:
    floor = sorted(statistical(day())["members"])[-3]
    fewer = statistical(tagged(shop(minimum_audience=floor)))
    assert statistical(day())["members"].min() >= FEW  # type: ignore[operator]
    assert floor > FEW and 0 < len(fewer) < len(statistical(day())) and fewer["members"].min() >= floor  # type: ignore[operator]


def test_in_a_large_shop_a_statistical_tag_has_a_share_of_all_shoppers(monkeypatch: pytest.MonkeyPatch) -> None:
    most = int(max(statistical(day())["members"]))
    monkeypatch.setattr("ml.audiences.tags.statistical.LIMITS", replace(LIMITS, share=(most - 0.5) / 800))
    assert set(statistical(tagged(shop()))["members"]) == {most}


def test_nobody_has_more_tags_of_a_column_than_the_cap() -> None:
    rows = [("star", value, age) for value in range(9) for age in range(20)]
    star = pl.DataFrame(
        [
            {"user_id": f"{user} {copy}", "age_days": age, "item_category": "c", "item_category2": f"s{value}"}
            for user, value, age in rows
            for copy in range(6)
        ]
    ).with_columns(pl.lit("b").alias("item_brand"), pl.lit(None, pl.String).alias("loved"))
    star = star.with_columns(pl.col("age_days").cast(pl.Int32))
    both = pl.concat([lines(), star.select(lines().columns)])
    tables = tagged(tag_shop(both, days=(0,), minimum_audience=FEW)).tables
    fields = tables["tag"].select("tag_id", "item_field").drop_nulls()
    counts = tables["tag_member"].join(fields, on="tag_id").group_by("user_id", "item_field").len()
    assert counts["len"].max() == LIMITS.per_column < 9
    is_star = pl.col("user_id").str.starts_with("star") & (pl.col("item_field") == "item_category2")
    assert counts.filter(is_star)["len"].to_list() == [LIMITS.per_column] * 6


def test_whom_a_tag_fitted_before_is_judged_by_the_definitions_and_shares_of_today() -> None:
    members = day().tables["tag_member"]
    for before, flag in ((7, "held_7d"), (28, "held_28d")):
        held = set(day().held[before].iter_rows())
        found = members.select("tag_id", "user_id", flag).rows()
        assert {row[2] for row in found} == {True, False}
        assert all(held_then is ((tag, user) in held) for tag, user, held_then in found)
        base, then = bases(shop().day.table("affinity_base")), shop().days[before].scan("customer_affinity")
        loved = lifts(then, base, LIMITS.support, LIMITS.days, LIMITS.lift_low)
        wanted = loved.filter(pl.col("lift_low") >= LIMITS.lift_low).join(
            statistical(day()), on=("item_field", "item_value")
        )
        counted = [(tag, user) for tag, user in held if tag.startswith("likes_")]
        assert set(counted) == set(wanted.select("tag_id", "user_id").iter_rows()) != set()
        counts = dict(day().held[before].group_by("tag_id").len().iter_rows())
        count = {row["tag_id"]: row[f"members_{before}d"] for row in day().tables["tag"].to_dicts()}
        assert counts.keys() <= count.keys()
        assert count == {tag: counts.get(tag, 0) for tag in count}


def test_a_day_before_the_shops_first_file_is_not_known() -> None:
    made = tag_shop(lines(), days=(0, 1, 7))
    found = tagged(made)
    assert found.tables["tag_member"]["held_28d"].is_null().all() and len(found.tables["tag_member"]) > 0
    assert found.tables["tag_member"]["held_7d"].null_count() == 0
    assert found.tables["tag"]["members_28d"].is_null().all() and set(found.held) == {0, 1, 7}


def test_the_shops_own_row_of_a_statistical_tags_name_replaces_it_or_switches_it_off() -> None:
    first, second = statistical(day())["tag_id"].sort().to_list()[:2]
    rows = landed({"tag_id": first, "is_enabled": False}, {"tag_id": second, "condition": "baskets_365d > 0"})
    tags = {row["tag_id"]: row for row in tagged(shop(rows)).tables["tag"].to_dicts()}
    assert first not in tags and tags[second]["kind"] == "rule"
    assert len(tags) == len(day().tables["tag"]) - 1


def test_the_order_of_rows_changes_nothing() -> None:
    made = shop()
    shuffled = {
        before: {name: table.sample(fraction=1, shuffle=True, seed=before + 1) for name, table in each.tables.items()}  # type: ignore[attr-defined]
        for before, each in made.days.items()
    }
    again = tagged(MadeShop(shuffled, made.shoppers, minimum_audience=FEW))
    for table in (TAG, TAG_MEMBER):
        assert table.checked(again.tables[table.name]).equals(table.checked(day().tables[table.name]))


def test_a_shop_without_shoppers_has_tags_without_members() -> None:
    nobody = purchase_lines(2, Taste()).clear()
    tables = {**affinity_tables(nobody), "dim_tag": landed()}
    found = tagged(MadeShop({0: tables}, {0: profiles([])}))
    assert TAG_MEMBER.checked(found.tables["tag_member"]).is_empty()
    assert TAG.checked(found.tables["tag"])["members"].to_list() == [0] * len(found.tables["tag"])


def test_a_subcategory_that_is_called_as_its_category_is_no_second_tag() -> None:
    same = lines().with_columns(pl.col("item_category2").alias("item_category"))
    found = tagged(tag_shop(same, days=(0,), minimum_audience=FEW))
    assert set(statistical(found)["item_field"]) == {"item_category"}
