"""What each suite stops, and what it only tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from expectations import ranker_columns
from expectations.day import Day
from ml.placements import SHOP
from ml.settings import Settings
from testkit.slice_tables import rules
from tests.expectations.conftest import AS_OF, ITEMS, SHOPPERS, Tables, with_previous
from tests.expectations.test_gates import failure, gate

TODAY = pl.col("arrival_date") == AS_OF
FIRST = (pl.col("user_id") == SHOPPERS[0]) & (pl.col("rank") == 1)


def volume_today(tables: Tables, factor: float) -> None:
    figures = [
        pl.when(TODAY).then(pl.col(name) * factor).otherwise(pl.col(name)).cast(kind).alias(name)
        for name, kind in (("events", pl.Int64), ("users", pl.Int64), ("items", pl.Int64), ("revenue", pl.Float64))
    ]
    tables["daily_volume"] = tables["daily_volume"].with_columns(figures)


def test_a_closed_day_without_rows_passes_and_is_told(settings: Settings, tables: Tables, day: Day) -> None:
    volume_today(tables, 0)
    report = gate(settings, day, "daily_volume")
    assert [check.claim for check in report.warnings] == ["the day is not empty"]


def test_a_day_of_which_every_row_was_refused_fails(settings: Settings, tables: Tables, day: Day) -> None:
    volume_today(tables, 0)
    tables["daily_volume"] = tables["daily_volume"].with_columns(refused=pl.when(TODAY).then(7).otherwise(0))
    assert "a row of the day was accepted" in failure(settings, day, "daily_volume")


def test_a_day_of_which_a_fifth_was_refused_is_only_told(settings: Settings, tables: Tables, day: Day) -> None:
    tables["daily_volume"] = tables["daily_volume"].with_columns(refused=pl.col("events") // 4)
    report = gate(settings, day, "daily_volume")
    assert [check.claim for check in report.warnings] == ["few rows of the day were refused"]


def test_a_day_of_which_most_rows_were_refused_fails_unless_it_has_few(
    settings: Settings, tables: Tables, day: Day
) -> None:
    tables["daily_volume"] = tables["daily_volume"].with_columns(refused=pl.col("events") * 3)
    assert tables["daily_volume"].filter(TODAY)["events"].item() * 4 >= 30
    assert "most rows of the day were accepted" in failure(settings, day, "daily_volume")


def test_a_day_of_few_rows_of_which_most_were_refused_is_only_told(
    settings: Settings, tables: Tables, day: Day
) -> None:
    tables["daily_volume"] = tables["daily_volume"].with_columns(
        events=pl.lit(3, pl.Int64), refused=pl.when(TODAY).then(7).otherwise(0)
    )
    report = gate(settings, day, "daily_volume")
    assert "few rows of the day were refused" in [check.claim for check in report.warnings]


def test_a_day_with_a_twentieth_of_its_usual_rows_fails(settings: Settings, tables: Tables, day: Day) -> None:
    volume_today(tables, 0.05)
    assert "events of the day against the usual of its weekday" in failure(settings, day, "daily_volume")


def test_a_day_with_four_times_its_usual_rows_is_only_told(settings: Settings, tables: Tables, day: Day) -> None:
    volume_today(tables, 4)
    assert any(check.column == "events_of_usual" for check in gate(settings, day, "daily_volume").warnings)


def test_a_quiet_weekday_is_judged_by_its_own_kind(settings: Settings, tables: Tables, day: Day) -> None:
    """A shop that sells next to nothing on this weekday, every week, is not broken on it."""
    quiet = (pl.lit(AS_OF) - pl.col("arrival_date")).dt.total_days() % 7 == 0
    tables["daily_volume"] = tables["daily_volume"].with_columns(
        pl.when(quiet).then(2).otherwise(pl.col(name)).alias(name) for name in ("events", "users")
    )
    assert gate(settings, day, "daily_volume").passed


def test_a_missing_last_day_fails(settings: Settings, tables: Tables, day: Day) -> None:
    tables["daily_volume"] = tables["daily_volume"].filter(~TODAY)
    assert "the last day is the day itself" in failure(settings, day, "daily_volume")


def test_cents_for_dollars_fail(settings: Settings, tables: Tables, day: Day) -> None:
    tables["feat_user"] = tables["feat_user"].with_columns(pl.col("revenue_7d") * 100)
    assert "revenue per purchase of the last 7 days" in failure(settings, day, "feat_user")


def test_a_purchase_after_the_day_fails(settings: Settings, tables: Tables, day: Day) -> None:
    later = tables["history"].head(1).with_columns(pl.lit(AS_OF + timedelta(days=1)).alias("event_date"))
    tables["history"] = pl.concat([tables["history"], later])
    assert "nothing in the history is later than the day" in failure(settings, day, "history")


def test_a_catalogue_that_excludes_what_is_sold_fails(settings: Settings, tables: Tables, day: Day) -> None:
    tables["dim_item"] = tables["dim_item"].with_columns(
        pl.col("item_id").is_in(["article-001"]).alias("is_recommendable")
    )
    assert "may be recommended" in failure(settings, day, "dim_item")


def test_the_first_weeks_of_a_shop_are_not_compared_with_weeks_before(
    settings: Settings, tables: Tables, day: Day
) -> None:
    tables["popular_item"] = tables["popular_item"].with_columns(pl.lit(4.0).alias("trend"))
    assert len(gate(settings, day, "popular_item").warnings) == 1
    tables["history"] = tables["history"].filter(pl.col("event_date") > AS_OF - timedelta(days=7))
    young = Day(AS_OF, day.k, day.history_days, lambda name: tables[name])
    assert not gate(settings, young, "popular_item").warnings


def changed(column: str, value: Any) -> pl.Expr:
    return pl.when(FIRST).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)


@pytest.mark.parametrize(
    ("change", "claim"),
    [
        (changed("item_id", "article-out"), "no ineligible item"),
        (changed("score", float("inf")), "scores are finite"),
        (changed("score", float("nan")), "every row has a score that is a number"),
        (changed("rank", 9), "ranks run 1, 2, 3"),
        (changed("propensity", 0.0), "propensities are probabilities"),
        (changed("reason_text", None), "every row has a reason"),
        (pl.col("item_id").first().over("placement", "user_id").alias("item_id"), "no item twice on one shelf"),
        (
            pl.when(pl.col("placement") == "discover")
            .then(pl.lit("buy_again"))
            .otherwise("placement")
            .alias("placement"),
            "each placement shows only what may stand on it",
        ),
    ],
)
def test_a_broken_recommendation_fails(
    settings: Settings, tables: Tables, day: Day, change: pl.Expr, claim: str
) -> None:
    tables["recommendation"] = tables["recommendation"].with_columns(change)
    assert claim in failure(settings, day, "recommendation")


def test_an_item_that_the_shopper_disliked_fails(settings: Settings, tables: Tables, day: Day) -> None:
    tables["recommendation"] = tables["recommendation"].with_columns(changed("item_id", "article-050"))
    assert "rated below what counts as liking" in failure(settings, day, "recommendation")
    assert "rated below" not in failure(settings, replace(day, liked_from=1.0), "recommendation")


def test_what_is_not_due_fails_on_a_placement_of_what_is(settings: Settings, tables: Tables, day: Day) -> None:
    due = tuple(each.model_copy(update={"on": True}) for each in SHOP if each.name in ("for_you", "due_again"))
    of_due = pl.col("placement").replace({"buy_again": "due_again"})
    tables["recommendation"] = tables["recommendation"].filter(pl.col("placement") != "discover").with_columns(of_due)
    day = replace(day, placements=due, short_lists={"for_you": 0, "due_again": 0})
    tables["feat_user_item"] = tables["feat_user_item"].with_columns(due_ratio=pl.lit(1.0))
    assert gate(settings, day, "recommendation").passed
    tables["feat_user_item"] = tables["feat_user_item"].with_columns(due_ratio=pl.lit(0.9))
    assert "each placement shows only what may stand on it" in failure(settings, day, "recommendation")


@pytest.mark.parametrize(
    ("change", "claim"),
    [
        (pl.lit("article-out").alias("item_id"), "no ineligible item"),
        (pl.col("item_id").first().over("placement").alias("item_id"), "no item twice in one list"),
        ((pl.col("rank") + 1).alias("rank"), "ranks run 1, 2, 3"),
        (pl.lit("for_you").alias("placement"), "every placement has a list"),
    ],
)
def test_a_broken_default_shelf_fails(
    settings: Settings, tables: Tables, day: Day, change: pl.Expr, claim: str
) -> None:
    tables["default_shelf"] = tables["default_shelf"].with_columns(change)
    assert claim in failure(settings, day, "default_shelf")


def test_a_default_shelf_follows_the_rules_and_needs_no_item_that_asks_for_consent(
    settings: Settings, tables: Tables, day: Day
) -> None:
    consent = {"rule_type": "consent", "item_field": "item_category", "purpose": "adverts"}
    about_all = [{**consent, "rule_id": f"r{n}", "item_value": f"Aisle {n}"} for n in range(4)]
    tables["dim_rule"] = rules(*about_all)
    assert "the shop's rules hold" in failure(settings, day, "default_shelf")
    tables["default_shelf"] = tables["default_shelf"].clear()
    assert gate(settings, day, "default_shelf").passed


def test_a_short_shelf_that_the_draft_does_not_explain_fails(settings: Settings, tables: Tables, day: Day) -> None:
    tables["recommendation"] = tables["recommendation"].filter(
        ~((pl.col("user_id") == SHOPPERS[0]) & (pl.col("rank") > 3))
    )
    assert "counted in the draft's short lists" in failure(settings, day, "recommendation")


def test_one_item_on_every_discover_shelf_fails_where_there_is_a_choice(
    settings: Settings, tables: Tables, day: Day
) -> None:
    top = (pl.col("placement") == "discover") & (pl.col("rank") == 1)
    item = pl.when(top).then(pl.lit("article-new")).otherwise("item_id").alias("item_id")
    tables["recommendation"] = tables["recommendation"].with_columns(item)
    row = tables["dim_item"].head(1).with_columns(pl.lit("article-new").alias("item_id"))
    tables["dim_item"] = pl.concat([tables["dim_item"], row])
    assert "no item is on every discover shelf" in failure(settings, day, "recommendation")


def test_shelves_unlike_the_day_before_are_told_and_pass(settings: Settings, tables: Tables, day: Day) -> None:
    same = gate(settings, with_previous(day, tables["recommendation"]), "recommendation")
    other = tables["recommendation"].with_columns(pl.lit("another").alias("item_id"))
    changed_all = gate(settings, with_previous(day, other), "recommendation")
    claim = "enough of each shelf was there the day before (when that day is at hand)"
    assert claim not in [check.claim for check in same.warnings]
    assert claim in [check.claim for check in changed_all.warnings]


def test_a_relation_of_a_single_shopper_fails(settings: Settings, tables: Tables, day: Day) -> None:
    tables["similar_item"] = tables["similar_item"].with_columns(pl.lit(1).alias("support"))
    assert "no relation rests on a single shopper" in failure(settings, day, "similar_item")


def test_a_list_of_related_items_with_a_gap_in_its_ranks_fails(settings: Settings, tables: Tables, day: Day) -> None:
    rows = tables["similar_item"]
    assert rows["item_id"].n_unique() > 1 and rows["rank"].max() > 2
    second, first = (pl.col("rank") == rank for rank in (2, 1))
    for kept in (~second, ~first, ~(second & (pl.col("item_id") == rows["item_id"][-1]))):
        tables["similar_item"] = rows.filter(kept)
        assert "ranks run 1, 2, 3… in every list" in failure(settings, day, "similar_item")


def test_a_list_by_text_beside_another_of_the_item_fails(settings: Settings, tables: Tables, day: Day) -> None:
    by_purchases, catalogue = tables["similar_item"], tables["dim_item"]
    new = catalogue.head(1).with_columns(pl.lit("article-new").alias("item_id"))
    tables["dim_item"] = pl.concat([catalogue, new])
    row = by_purchases.filter(pl.col("rank") == 1).head(1)
    by_text = row.with_columns(pl.lit("similar_text").alias("relation"), pl.lit(None, pl.Int64).alias("support"))
    alone = by_text.with_columns(pl.lit("article-new").alias("item_id"))
    tables["similar_item"] = pl.concat([by_purchases, alone])
    assert gate(settings, day, "similar_item").passed
    tables["similar_item"] = pl.concat([by_purchases, by_text])
    claim = "is said only where no other relation is; all else has support"
    assert claim in failure(settings, day, "similar_item")
    tables["similar_item"] = pl.concat([by_purchases, row.with_columns(pl.lit(None, pl.Int64).alias("support"))])
    assert claim in failure(settings, day, "similar_item")


ONE_ITEM = pl.when(pl.col("item_id") == ITEMS[0])


@pytest.mark.parametrize(
    ("change", "claim"),
    [
        (ONE_ITEM.then(pl.lit("article-out")).otherwise("item_id").alias("item_id"), "only recommendable items"),
        (ONE_ITEM.then(pl.lit("behaviour")).otherwise("kind").alias("kind"), "has a vector of its text"),
        (ONE_ITEM.then(pl.lit(bytes(512))).otherwise("vector").alias("vector"), "zeros alone"),
        (ONE_ITEM.then(None).otherwise("vector").alias("vector"), "no vector is missing"),
        (ONE_ITEM.then(pl.lit(b"\1")).otherwise("vector").alias("vector"), "of one length"),
        (ONE_ITEM.then(pl.lit("another")).otherwise("encoder").alias("encoder"), "of one encoder"),
    ],
)
def test_broken_vectors_fail(settings: Settings, tables: Tables, day: Day, change: pl.Expr, claim: str) -> None:
    assert gate(settings, day, "item_vector").passed
    tables["item_vector"] = tables["item_vector"].with_columns(change)
    assert claim in failure(settings, day, "item_vector")


def test_a_catalogue_that_says_little_is_told(settings: Settings, tables: Tables, day: Day) -> None:
    nothing = pl.lit(None, dtype=pl.String)
    tables["dim_item"] = tables["dim_item"].with_columns(nothing.alias("item_name"), nothing.alias("item_category"))
    tables["item_vector"] = tables["item_vector"].head(5)
    report = gate(settings, day, "item_vector")
    assert [check.claim for check in report.warnings] == ["most of the recommendable items have a text"]


def test_a_recommendation_without_its_policy_fails(settings: Settings, tables: Tables, day: Day) -> None:
    tables["policy"] = tables["policy"].with_columns(pl.lit("another").alias("policy_id"))
    assert "the policy of every recommendation is published" in failure(settings, day, "policy")


@pytest.mark.parametrize(
    "rule",
    [
        {"rule_type": "exclude", "item_field": "item_category", "item_value": "Aisle 1"},
        {"rule_type": "exclude", "item_field": "item_category", "item_value": "Aisle 1", "placement": "discover"},
        {"rule_type": "cap", "item_field": "item_category", "amount": 1.0},
        {"rule_type": "min_price", "amount": 30.0},
        {"rule_type": "consent", "item_field": "item_category", "item_value": "Aisle 2", "purpose": "wine"},
    ],
    ids=lambda rule: f"{rule['rule_type']}{rule.get('placement', '')}",
)
def test_a_rule_that_does_not_hold_fails_and_one_not_in_force_does_not(
    settings: Settings, tables: Tables, day: Day, rule: dict[str, Any]
) -> None:
    tables["dim_item"] = tables["dim_item"].with_row_index("price").with_columns(pl.col("price").cast(pl.Float64))
    tables["dim_rule"] = rules({"rule_id": "r", "is_in_force": False, **rule})
    assert gate(settings, day, "recommendation").passed
    tables["dim_rule"] = rules({"rule_id": "r", **rule})
    young = Day(AS_OF, day.k, day.history_days, lambda name: tables[name], day.short_lists)
    assert "the shop's rules hold" in failure(settings, young, "recommendation")


def test_drawn_places_without_a_rule_that_explores_fail(settings: Settings, tables: Tables, day: Day) -> None:
    drawn = pl.when(pl.col("rank") == 5).then(0.5).otherwise(1.0).alias("propensity")
    tables["recommendation"] = tables["recommendation"].with_columns(drawn)
    tables["dim_rule"] = rules({"rule_id": "explore", "rule_type": "explore", "amount": 0.2})
    assert gate(settings, day, "recommendation").passed
    tables["dim_rule"] = rules()
    young = Day(AS_OF, day.k, day.history_days, lambda name: tables[name], day.short_lists)
    assert "the shop's rules hold" in failure(settings, young, "recommendation")


def test_rules_about_nothing_and_shares_that_are_owed_are_told(settings: Settings, tables: Tables, day: Day) -> None:
    share = {"rule_type": "promote", "item_field": "item_category", "amount": 0.4}
    tables["dim_rule"] = rules(
        {"rule_id": "a", **share, "item_value": "Aisle 3"}, {"rule_id": "b", **share, "item_value": "Aile 3"}
    )
    claims = [check.claim for check in gate(settings, day, "recommendation").warnings]
    assert "every rule is about something in the catalogue" in claims
    assert "promoted and fresh items have the share that the rules give them" in claims


@pytest.mark.parametrize("table", ["feat_user", "feat_item", "feat_user_item", "feat_user_group"])
def test_a_constant_column_that_a_ranker_learns_from_is_told(
    table: str, settings: Settings, tables: Tables, day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> list[str]:
        warnings = [check.claim for check in gate(settings, day, table).warnings]
        return [claim for claim in warnings if "rankers learn from" in claim]

    monkeypatch.setattr(ranker_columns, "_JUDGED_ROWS", 1)
    column = next(name for name in ranker_columns.ranker_columns()[table] if name in tables[table].columns)
    assert told() == []
    tables[table] = tables[table].with_columns(pl.lit(tables[table][column].min()).alias(column))
    assert told() == [f"no column that rankers learn from is constant: {column}"]
