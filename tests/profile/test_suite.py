"""What the suite of ``customer_profile`` stops, and what it only tells."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from expectations.day import Day
from expectations.engine import examine
from expectations.report import GateReport
from ml.profile.outputs import CUSTOMER_PROFILE

AS_OF = date(2017, 12, 2)
STAGES = ("active", "active", "new", "at_risk", "lapsed")
SHOPPERS = 60


def profiles() -> pl.DataFrame:
    """Sixty buyers of all stages, bands and hours, and one who never bought."""
    rows = [
        {
            "user_id": f"s{number:02}",
            "as_of_date": AS_OF,
            "lifecycle_stage": STAGES[number % 5],
            "days_since_last_purchase": number,
            "days_since_first_purchase": number + 20,
            "purchase_days_365d": 2 + number % 7,
            "baskets_90d": 2,
            "baskets_365d": 8,
            "revenue_90d": 20.0 + number,
            "revenue_365d": 80.0 + 4 * number,
            "preferred_hour": 8 + number % 10,
            "preferred_hour_share": 0.5,
            "price_band": ("low", "medium", "high")[number % 3],
            "top_category_1_share": 0.5,
            "top_category_2_share": 0.3,
            "top_category_3_share": 0.2,
        }
        for number in range(SHOPPERS)
    ]
    empty = {"baskets_90d": 0, "baskets_365d": 0, "revenue_90d": 0.0, "revenue_365d": 0.0, "purchase_days_365d": 0}
    rows.append({"user_id": "never", "as_of_date": AS_OF, "lifecycle_stage": "prospect", **empty})
    return CUSTOMER_PROFILE.checked(
        pl.DataFrame(rows).match_to_schema(CUSTOMER_PROFILE.schema, missing_columns="insert")
    )


def report_of(frame: pl.DataFrame, before: pl.DataFrame | None = None) -> GateReport:
    """The suite's report on ``frame``."""
    day = Day(AS_OF, 5, 365, lambda _: frame, before=lambda _: before)
    (report,) = examine(day, "profile", (CUSTOMER_PROFILE.name,))
    return report


def failures(frame: pl.DataFrame) -> list[str]:
    return [check.claim for check in report_of(frame).failures]


def warnings(frame: pl.DataFrame, before: pl.DataFrame | None = None) -> list[str]:
    report = report_of(frame, before)
    assert report.passed
    return [check.claim for check in report.warnings]


def test_a_healthy_day_passes_without_a_warning() -> None:
    assert warnings(profiles(), profiles()) == []


def test_a_shop_in_which_nobody_has_bought_yet_passes() -> None:
    assert warnings(profiles().filter(pl.col("lifecycle_stage") == "prospect")) == []


def test_no_shoppers_at_all_fails() -> None:
    assert "the shop has shoppers" in failures(profiles().clear())


@pytest.mark.parametrize(
    ("column", "value", "claim"),
    [
        ("preferred_hour_share", 1.01, "no share or rate is above 1"),
        ("top_brand_2_share", -0.01, "no share or rate is below 0"),
        ("top_category_3_share", 0.21, "top three shares are parts of one whole"),
        ("days_since_first_purchase", 365, "purchases lie in the window"),
        ("days_since_last_purchase", 21, "nobody's last purchase lies before the first"),
    ],
)
def test_one_shoppers_figure_out_of_bounds_fails(column: str, value: float, claim: str) -> None:
    first = pl.col("user_id") == "s00"
    broken = profiles().with_columns(pl.when(first).then(pl.lit(value)).otherwise(column).alias(column))
    assert failures(CUSTOMER_PROFILE.checked(broken)) == [claim]


def test_money_in_another_unit_fails_and_half_as_much_is_only_told() -> None:
    cents, less = (profiles().with_columns(pl.col("revenue_90d") * factor) for factor in (100, 0.45))
    claim = "a basket of the last 90 days is not {} as much as one of the year, nor as little"
    assert failures(cents) == [claim.format("ten times")]
    assert warnings(less) == [claim.format("twice")]


@pytest.mark.parametrize(
    ("column", "value", "claim"),
    [
        ("lifecycle_stage", "active", "shoppers are in several life-cycle stages"),
        ("preferred_hour", 0, "purchases have times of day, not dates alone"),
        ("price_band", "medium", "prices tell shoppers apart"),
        ("purchase_days_365d", 3, "shoppers differ in how often they buy"),
    ],
)
def test_buyers_who_are_all_alike_are_only_told(column: str, value: object, claim: str) -> None:
    alike = profiles().filter(pl.col("lifecycle_stage") != "prospect").with_columns(pl.lit(value).alias(column))
    assert claim in warnings(CUSTOMER_PROFILE.checked(alike))


def test_a_few_buyers_may_be_alike() -> None:
    assert warnings(profiles().filter(pl.col("lifecycle_stage") == "at_risk")) == []


def test_most_of_the_years_buyers_gone_is_only_told() -> None:
    number = pl.int_range(pl.len())
    gone = profiles().with_columns(
        lifecycle_stage=pl.when(number < 25)
        .then(pl.lit("lapsed"))
        .when(number < 51)
        .then(pl.lit("at_risk"))
        .otherwise("lifecycle_stage")
    )
    assert "most buyers of the year are still customers" in warnings(gone)


def test_shoppers_who_vanish_or_lapse_from_one_day_to_the_next_are_only_told() -> None:
    is_gone = pl.col("lifecycle_stage").is_in(["at_risk", "lapsed"])
    many = pl.concat([profiles(), profiles().with_columns(user_id=pl.col("user_id") + "b")])
    came_back = many.with_columns(
        lifecycle_stage=pl.when(is_gone & pl.col("user_id").str.ends_with("b"))
        .then(pl.lit("active"))
        .otherwise("lifecycle_stage")
    )
    assert warnings(many, many) == []
    assert warnings(profiles(), many) == [
        "nearly all shoppers of the day before are there",
        "as many shoppers at risk or lapsed as the day before",
    ]
    assert warnings(came_back, many) == ["as many shoppers at risk or lapsed as the day before"]


def test_a_suite_that_lost_an_expectation_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    from expectations.suites.profile import customer_profile

    monkeypatch.setattr(customer_profile, "GATE", customer_profile.GATE + 1)
    assert not report_of(profiles()).passed
