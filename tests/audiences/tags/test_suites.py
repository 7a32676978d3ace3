"""What the suites of tags and affinities stop, and what they only tell."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import polars as pl
import pytest

from expectations.day import Day
from expectations.engine import examine
from expectations.report import GateReport
from ml.audiences.outputs import TAG, TAG_MEMBER
from ml.audiences.tags.daily import tagged
from testkit.tag_shop import AS_OF, Taste, landed, profiles, purchase_lines, tag_shop

LANDED = landed(
    {"tag_id": "own", "condition": "subcategories_365d_percentile >= 60 %", "minimum_support": 10},
    {"tag_id": "overdue", "is_enabled": False},
)
RULE, LIKES = "own", "likes_"


@cache
def tables() -> dict[str, pl.DataFrame]:
    """A day's tables: of the snapshot and of the draft."""
    lines = purchase_lines(600, Taste(lovers=0.5), lines=90)
    shop = tag_shop(lines, LANDED, minimum_audience=4)
    made = tagged(shop).tables
    known = lines.filter(pl.col("age_days") < 365)
    counts = known.group_by("user_id", "item_category").len().sort("user_id", "len", "item_category")
    tops = counts.group_by("user_id").agg((pl.col("len").max() / pl.col("len").sum()).round(6).alias("share"))
    shares = dict(tops.iter_rows())
    users = shop.shoppers[0]["user_id"].to_list()
    return {
        **shop.day.tables,  # type: ignore[attr-defined]
        "customer_profile": profiles(users, top_category_1_share=[shares.get(user) for user in users]),
        TAG.name: TAG.checked(made[TAG.name]),
        TAG_MEMBER.name: TAG_MEMBER.checked(made[TAG_MEMBER.name]),
    }


def report_of(table: str, changed: Mapping[str, pl.DataFrame] | None = None) -> GateReport:
    read = tables() | dict(changed or {})
    folder = "features" if table == "customer_affinity" else "audiences"
    (report,) = examine(Day(AS_OF, 5, 365, lambda name: read[name]), folder, (table,))
    return report


def with_one(table: str, chosen: pl.Expr, **values: object) -> dict[str, pl.DataFrame]:
    """A table with other values in the first row that ``chosen`` chooses."""
    rows = tables()[table].with_row_index("place")
    place = rows.filter(chosen)["place"][0]
    changed = [
        pl.when(pl.col("place") == place).then(pl.lit(value, rows.schema[name])).otherwise(name).alias(name)
        for name, value in values.items()
    ]
    return {table: rows.with_columns(changed).drop("place")}


def claims(report: GateReport) -> list[str]:
    return [check.claim for check in (*report.failures, *report.warnings)]


@pytest.mark.parametrize("table", ["customer_affinity", TAG.name, TAG_MEMBER.name])
def test_a_healthy_day_passes_without_a_warning(table: str) -> None:
    report = report_of(table)
    assert len(tables()[TAG_MEMBER.name]) > 100 and report.passed
    assert [claim for claim in claims(report) if claim != "most rules fit somebody"] == []


is_likes, is_rule = pl.col("tag_id").str.starts_with(LIKES), pl.col("tag_id") == RULE


@pytest.mark.parametrize(
    ("chosen", "values", "claim"),
    [
        (is_rule, {"user_id": "a stranger"}, "every member is a shopper of the day"),
        (is_rule, {"tag_id": "unheard_of"}, "every member's tag is there and not withheld"),
        (is_rule, {"evidence_zh": " "}, "every member has evidence in both languages"),
        (is_rule, {"support": 9}, "nobody has a tag on fewer lines than it asks for"),
        (is_rule, {"support": 99_999}, "purchase lines are those of the snapshot"),
        (is_likes, {"support": 99_999}, "purchase lines are those of the snapshot"),
        (is_likes, {"lift": 1e6}, "lifts are those of the snapshot"),
        (is_likes, {"lift": None}, "lifts are those of the snapshot"),
        (is_likes, {"lift_low": 1.49}, "lower ends of lifts lie between the limit and the lift"),
        (is_likes, {"lift_low": 1e6}, "lower ends of lifts lie between the limit and the lift"),
        (is_rule, {"held_28d": None}, "of an earlier day the tags of all members are known or of none"),
    ],
)
def test_one_wrong_figure_of_a_member_fails(chosen: pl.Expr, values: dict[str, object], claim: str) -> None:
    report = report_of(TAG_MEMBER.name, with_one(TAG_MEMBER.name, chosen, **values))
    assert claim in [check.claim for check in report.failures]


def test_a_member_who_is_not_listed_fails() -> None:
    fewer = {TAG_MEMBER.name: tables()[TAG_MEMBER.name].slice(1)}
    assert "every member is listed" in claims(report_of(TAG_MEMBER.name, fewer))
    assert "a tag counts the members that are listed" in claims(report_of(TAG.name, fewer))


@pytest.mark.parametrize(
    ("values", "claim"),
    [
        ({"members": 1}, "a tag counts the members that are listed"),
        ({"share": 0.999}, "its share is of all shoppers"),
        ({"name_zh": ""}, "every tag has a name and a condition"),
        ({"tag_id": "overdue"}, "no tag is there that the shop switched off"),
        ({"withheld": "odd"}, "a tag is withheld with a reason or has members"),
        ({"members": None, "share": None}, "a tag is withheld with a reason or has members"),
    ],
)
def test_one_wrong_figure_of_a_tag_fails(values: dict[str, object], claim: str) -> None:
    report = report_of(TAG.name, with_one(TAG.name, is_rule, **values))
    assert claim in [check.claim for check in report.failures]


def test_a_tag_of_the_shops_that_is_missing_fails() -> None:
    none = {TAG.name: tables()[TAG.name].clear(), TAG_MEMBER.name: tables()[TAG_MEMBER.name].clear()}
    assert "every tag that the shop switched on is there" in [
        check.claim for check in report_of(TAG.name, none).failures
    ]


def test_a_refused_condition_a_tag_for_everybody_and_tags_that_jump_are_told() -> None:
    tags, shoppers = tables()[TAG.name], len(tables()["customer_profile"])
    odd = with_one(TAG.name, is_rule, withheld="refused", members=None, share=None)
    everybody = with_one(TAG.name, is_rule, share=0.7, members=int(0.7 * shoppers))
    jumped = {TAG.name: tags.with_columns((pl.col("members") * 3 + 60).alias("members_7d"))}
    for changed, claim in (
        (odd, "no condition of a tag is refused"),
        (everybody, "no tag fits most shoppers"),
        (jumped, "tags shrink and grow slowly against a week ago"),
    ):
        assert claim in [check.claim for check in report_of(TAG.name, changed).warnings]
    new = {TAG_MEMBER.name: tables()[TAG_MEMBER.name].with_columns(pl.lit(value=False).alias("held_7d"))}
    warnings = [check.claim for check in report_of(TAG_MEMBER.name, new).warnings]
    assert warnings == ["most tags fitted a week ago too"]


is_value = pl.col("item_field") == "item_category"


@pytest.mark.parametrize(
    ("chosen", "values", "claim"),
    [
        (is_value, {"purchases_90d": 9_999}, "no more in 90 days than in 365"),
        (is_value, {"purchase_days_365d": 9_999}, "every day has a line"),
        (is_value, {"purchases_365d": 9_999}, "no more of a value than of all items"),
        (is_value, {"purchases_365d": 9_999}, "the first category has the share that the profile says"),
        (~is_value, {"purchases_365d": 9_999}, "shoppers' lines are together those of everybody"),
    ],
)
def test_one_count_that_cannot_be_fails(chosen: pl.Expr, values: dict[str, object], claim: str) -> None:
    report = report_of("customer_affinity", with_one("customer_affinity", chosen, **values))
    assert claim in [check.claim for check in report.failures]


def test_a_shop_without_purchases_passes() -> None:
    empty = {name: tables()[name].clear() for name in ("customer_affinity", "affinity_base", TAG_MEMBER.name)}
    assert report_of("customer_affinity", empty).passed
    none = pl.when(pl.col("withheld") == "").then(0)
    tags = tables()[TAG.name].filter(pl.col("kind") == "rule")
    empty[TAG.name] = tags.with_columns(none.cast(pl.Int64).alias("members"), none.cast(pl.Float64).alias("share"))
    assert report_of(TAG.name, empty).passed and report_of(TAG_MEMBER.name, empty).passed
