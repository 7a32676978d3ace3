"""Tags that conditions decide: shipped ones, the shop's own, refused ones."""

from __future__ import annotations

import polars as pl
import pytest

from ml.audiences.tags.daily import tagged
from ml.audiences.tags.definitions import definitions, landed_tags
from ml.audiences.tags.people import vocabulary
from ml.audiences.tags.rules import rules
from ml.audiences.tags.shipped import SHIPPED
from testkit.tag_shop import MadeShop, Taste, affinity_tables, landed, profiles, purchase_lines

USERS = ["u0", "u1", "u2", "u3"]


def shop(tags: pl.DataFrame, **columns: list[object]) -> MadeShop:
    """Four shoppers of D and of a week before; in ``columns``, what their profiles say on both days."""
    lines = purchase_lines(3, Taste(), lines=40)  # u3 never bought anything
    days = {before: {**affinity_tables(lines, before), "dim_tag": tags} for before in (0, 7)}
    return MadeShop(days, dict.fromkeys(days, profiles(USERS, **columns)))


def members(found: pl.DataFrame, tag: str) -> list[str]:
    return found.filter(pl.col("tag_id") == tag)["user_id"].sort().to_list()


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda each: each.tag_id)
def test_a_shipped_tag_is_one(shipped: object) -> None:
    (rule,) = rules([shipped], vocabulary())  # type: ignore[list-item]
    assert rule.condition is not None and rule.condition.columns and not rule.condition.notes, rule.refused
    assert rule.definition.name.en != rule.definition.name.zh and rule.definition.tag_id.isidentifier()


def test_shipped_tags_have_names_of_their_own() -> None:
    for of in (lambda each: each.tag_id, lambda each: each.name.en, lambda each: each.name.zh):
        assert len({of(each) for each in SHIPPED}) == len(SHIPPED) >= 20


def test_a_landed_row_replaces_a_shipped_tag_adds_one_or_switches_one_off() -> None:
    rows = landed_tags(
        landed(
            {"tag_id": "newcomer", "name_en": "Fresh", "condition": "days_since_first_purchase < 30"},
            {"tag_id": "overdue", "is_enabled": False},
            {"tag_id": "own", "condition": "churn_days > 3", "minimum_support": 4},
        )
    )
    found = {each.tag_id: each for each in definitions(rows)}
    assert found.keys() == {each.tag_id for each in SHIPPED} - {"overdue"} | {"own"}
    assert found["newcomer"].name.en == "Fresh" and found["newcomer"].condition == "days_since_first_purchase < 30"
    assert found["own"].minimum_support == 4 and rows.tag_ids == {"newcomer", "overdue", "own"}


def test_a_tag_fits_whom_its_condition_holds_for_and_nobody_of_whom_nothing_is_known() -> None:
    tags = landed({"tag_id": "saver", "name_en": "Saver", "name_zh": "省钱", "condition": "discount_share_365d > 30 %"})
    tables = tagged(shop(tags, discount_share_365d=[0.5, 0.2, None, 0.4])).tables
    assert members(tables["tag_member"], "saver") == ["u0", "u3"]
    first = tables["tag_member"].filter(pl.col("tag_id") == "saver").sort("user_id").to_dicts()[0]
    assert first["evidence_en"] == "discount share in 365 days 0.5 (above 0.3)"
    assert "0.5" in first["evidence_zh"] and "折扣" in first["evidence_zh"]
    assert (first["support"], first["lift"]) == (None, None)


def test_nobody_below_the_minimum_support_has_it_and_evidence_says_the_lines() -> None:
    many = shop(landed()).day.table("customer_affinity").filter(pl.col("item_field") == "any")
    lines = dict(many.select("user_id", "purchases_365d").iter_rows())
    limit = sorted(lines.values())[1]
    tags = landed({"tag_id": "all", "condition": "baskets_365d > 0", "minimum_support": limit})
    found = tagged(shop(tags, baskets_365d=[1, 1, 1, 1])).tables["tag_member"].filter(pl.col("tag_id") == "all")
    assert found["user_id"].sort().to_list() == sorted(user for user, own in lines.items() if own >= limit)
    assert len(found) == 2
    for row in found.to_dicts():
        assert row["support"] == lines[row["user_id"]]
        assert f"{lines[row['user_id']]} purchase lines in 365 days" in row["evidence_en"]


def test_evidence_of_a_percentile_says_the_value_too() -> None:
    tags = landed({"tag_id": "rich", "condition": "revenue_365d_percentile >= 80 %"})
    found = tagged(shop(tags, revenue_365d=[10.0, 20.0, 30.0, 400.5])).tables["tag_member"]
    (row,) = found.filter(pl.col("tag_id") == "rich").to_dicts()
    assert row["user_id"] == "u3"
    assert row["evidence_en"] == "percentile of revenue in 365 days 0.875 (at least 0.8); revenue in 365 days 400.5"


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("discount_shar_365d > .3", "Did you mean discount_share_365d?"),
        ("discount_share_365d >", "a number"),
        ("tag('wine')", "there is none"),
        ("bought(category = 'WINE') > 3", "columns alone"),
        ("consent('email')", "there is none"),
        ("age > 30", "protected attribute"),
    ],
)
def test_a_refused_condition_withholds_its_tag_and_no_other(condition: str, told: str) -> None:
    tags = landed({"tag_id": "odd", "condition": condition}, {"tag_id": "even", "condition": "baskets_365d > 0"})
    found = tagged(shop(tags, baskets_365d=[1, 0, 1, 0]))
    rows = {row["tag_id"]: row for row in found.tables["tag"].to_dicts()}
    assert told in rows["odd"]["withheld"] and rows["odd"]["condition"] == condition
    assert rows["odd"]["members"] is None and members(found.tables["tag_member"], "odd") == []
    assert rows["even"]["withheld"] == "" and rows["even"]["members"] == 2
    assert len(rows) == len(SHIPPED) + 2
