"""What the suites of audiences stop, and what they only tell."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import pytest

from expectations.day import Day
from expectations.engine import examine
from ml.audiences.membership.daily import audiences_of
from ml.settings import Settings
from testkit.audience_chance import chance_shop
from testkit.audience_days import AS_OF, audiences
from tests.slow import takes_long

MINIMUM = 20
TABLES = ("audience", "audience_member", "audience_trait", "audience_overlap")
DEFINITIONS = audiences(
    {"audience_id": "few", "condition": "revenue_365d > .99 and churn_probability > .99"},
    {"audience_id": "spenders", "condition": "revenue_365d > .6"},
    {"audience_id": "thrifty", "condition": "revenue_365d < .5 and tag('wine')", "purpose": "email"},
    {"audience_id": "wine", "kind": "affinity", "item_field": "item_category", "item_value": "WINE", "top_share": 0.3},
)


@pytest.fixture(scope="module")
@takes_long
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """A day's audiences and what its gates read beside them."""
    settings = Settings(home=tmp_path_factory.mktemp("audiences"), minimum_audience=MINIMUM)
    shop, tags, segments = chance_shop(settings, 2_000, 1, DEFINITIONS)
    read = {name: shop.day.table(name) for name in ("customer_profile", "dim_consent", "dim_audience")}
    return {**read, **audiences_of(shop, tags, segments)}


def failures(tables: Mapping[str, pl.DataFrame], table: str, level: str = "gate", **more: object) -> list[str]:
    """The claims of a level that do not hold."""
    day = Day(AS_OF, 5, 365, lambda name: tables[name], minimum_audience=MINIMUM, **more)  # type: ignore[arg-type]
    (report,) = examine(day, "audiences", (table,))
    return [check.claim for check in report.checks if not check.passed and check.level == level]


@pytest.mark.parametrize("table", TABLES)
def test_a_healthy_day_passes(tables: Mapping[str, pl.DataFrame], table: str) -> None:
    assert not tables[table].is_empty()
    assert failures(tables, table) == []


@pytest.mark.parametrize("table", TABLES)
def test_a_day_without_audiences_passes(tables: Mapping[str, pl.DataFrame], table: str) -> None:
    none = {name: tables[name].clear() for name in (*TABLES, "dim_audience")}
    assert failures({**tables, **none}, table) == []


def test_a_member_without_a_grant_fails(tables: Mapping[str, pl.DataFrame]) -> None:
    member = tables["audience_member"].filter(pl.col("audience_id") == "spenders")["user_id"][0]
    consents = tables["dim_consent"].filter(pl.col("user_id") != member)
    claim = "everybody who is listed has consented to the audience's purpose"
    assert failures({**tables, "dim_consent": consents}, "audience_member") == [claim]
    assert failures({**tables, "dim_consent": consents}, "audience_member", consent="assumed") == []


def test_where_consent_is_assumed_a_member_who_said_no_fails(tables: Mapping[str, pl.DataFrame]) -> None:
    refused = tables["dim_consent"].with_columns(is_granted=pl.lit(False))
    assert failures({**tables, "dim_consent": refused}, "audience_member", consent="assumed") == [
        "everybody who is listed has consented to the audience's purpose"
    ]


def test_an_audience_below_the_minimum_size_fails(tables: Mapping[str, pl.DataFrame]) -> None:
    is_spender = pl.col("audience_id") == "spenders"
    members = tables["audience_member"]
    few = pl.concat([members.filter(~is_spender), members.filter(is_spender, "is_member").head(MINIMUM - 1)])
    sized = tables["audience"].with_columns(size=pl.when(is_spender).then(MINIMUM - 1).otherwise("size").cast(pl.Int64))
    broken = {**tables, "audience_member": few, "audience": sized}
    assert "on no day that is told were there fewer members than the minimum size" in failures(
        broken, "audience_member"
    )
    assert "no audience below the minimum size is published" in failures(broken, "audience")


@pytest.mark.parametrize(
    ("column", "value", "claim"),
    [
        ("size", 21, "sizes are the numbers of members"),
        ("size", None, "an audience has either a size or a reason to be withheld"),
        ("without_consent", 3, "no count or change tells of fewer shoppers than the minimum size"),
        ("consent", "assumed", "audiences say whether consent is granted or assumed, as the settings do"),
    ],
)
def test_a_wrong_figure_of_an_audience_fails(
    tables: Mapping[str, pl.DataFrame], column: str, value: object, claim: str
) -> None:
    changed = pl.when(pl.col("audience_id") == "spenders").then(pl.lit(value)).otherwise(column)
    broken = tables["audience"].with_columns(changed.cast(tables["audience"].schema[column]).alias(column))
    assert claim in failures({**tables, "audience": broken}, "audience")


def test_a_landed_audience_without_a_row_fails(tables: Mapping[str, pl.DataFrame]) -> None:
    assert failures({**tables, "audience": tables["audience"].head(2)}, "audience") == [
        "every audience that the shop has landed and not switched off has a row"
    ]


def test_an_audience_that_grew_or_shrank_by_half_is_only_told(tables: Mapping[str, pl.DataFrame]) -> None:
    half = pl.when(pl.col("size") >= 100).then(pl.col("size") // 2)
    grown = tables["audience"].with_columns(joined_1d=half, left_1d=pl.lit(0, pl.Int64))
    steady = tables["audience"].with_columns(joined_1d=pl.lit(1, pl.Int64), left_1d=pl.lit(1, pl.Int64))
    claim = "no audience grew or shrank by half since the day before"
    assert failures({**tables, "audience": grown}, "audience", "watch") == [claim]
    assert failures({**tables, "audience": steady}, "audience", "watch") == []
    assert failures({**tables, "audience": grown}, "audience") == []


def test_an_audience_that_was_published_the_day_before_and_is_withheld_is_only_told(
    tables: Mapping[str, pl.DataFrame],
) -> None:
    before = tables["audience"].with_columns(withheld=pl.lit(""))
    found = failures(tables, "audience", "watch", before=lambda _: before)
    assert "what was published the day before is not withheld" in found


@pytest.mark.parametrize(
    ("table", "column", "value", "claim"),
    [
        ("audience_trait", "share_in", 0.0001, "no trait of fewer members than the minimum size is told"),
        ("audience_trait", "lift_low", 0.9, "traits are more frequent in the audience than among everybody"),
        ("audience_trait", "share_all", 1.2, "shares are from 0 to 1"),
        ("audience_trait", "audience_id", "few", "no trait of an audience that is withheld is told"),
        ("audience_overlap", "shoppers", 5, "no overlap of fewer members than the minimum size is told"),
        ("audience_overlap", "shoppers", 1_000, "overlaps are counted from the members"),
        ("audience_member", "reason_zh", None, "every row has a reason in both languages"),
        ("audience_member", "user_id", "nobody", "the shop knows every shopper"),
        ("audience_member", "score", 0.5, "affinities and look-alikes have scores, conditions have none"),
    ],
)
def test_a_wrong_value_in_the_other_tables_fails(
    tables: Mapping[str, pl.DataFrame], table: str, column: str, value: object, claim: str
) -> None:
    broken = tables[table].with_columns(pl.lit(value).cast(tables[table].schema[column]).alias(column))
    assert claim in failures({**tables, table: broken}, table)
