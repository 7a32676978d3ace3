"""What the suites of ``predictions`` stop, and what they only tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache

import polars as pl
import pytest

from expectations.day import Day
from expectations.engine import examine
from expectations.report import GateReport
from ml.churn import Churn
from ml.predictions.columns import Customer, Prediction
from ml.predictions.forecast import rule_based
from ml.predictions.outputs import CUSTOMER_PREDICTION, CUSTOMER_PREDICTION_EARLIER, PREDICTED
from tests.predictions.people import AS_OF, Shop, known_by, purchase_days

TABLE, EARLIER = CUSTOMER_PREDICTION.name, CUSTOMER_PREDICTION_EARLIER.name
FIRST = AS_OF - timedelta(days=419)


@cache
def tables() -> dict[str, pl.DataFrame]:
    """A shop's features, purchases and predictions."""
    buys = Shop(shoppers=150).buys()
    known = known_by(buys, AS_OF, FIRST)
    made = CUSTOMER_PREDICTION.checked(rule_based().rows(known, Churn(), "policy"))
    return {"feat_customer": known.frame, "customer_purchase_day": purchase_days(buys), TABLE: made}


@cache
def with_earlier() -> dict[str, pl.DataFrame]:
    """The same, with what the day's model says of the earlier days."""
    buys = Shop(shoppers=150).buys()
    made = []
    for days in (1, 7, 28):
        then = known_by(buys, AS_OF - timedelta(days=days), FIRST)
        rows = rule_based().rows(then, Churn(), "policy")
        made.append(rows.select(pl.lit(days, pl.Int64).alias(Prediction.days_before), "user_id", *PREDICTED))
    return tables() | {EARLIER: CUSTOMER_PREDICTION_EARLIER.checked(pl.concat(made))}


def report_of(
    changed: Mapping[str, pl.DataFrame] | None = None,
    before: pl.DataFrame | None = None,
    month_ago: pl.DataFrame | None = None,
    table: str = TABLE,
) -> GateReport:
    read = with_earlier() | dict(changed or {})
    day = Day(AS_OF, 5, 365, lambda name: read[name], before=lambda _: before, published_before=lambda *_: month_ago)
    (report,) = examine(day, "predictions" if table in {TABLE, EARLIER} else "features", (table,))
    return report


def with_first(**values: object) -> dict[str, pl.DataFrame]:
    """The predictions with other values for the shopper who spends most."""
    most = pl.col(Prediction.spend_90d) == pl.col(Prediction.spend_90d).max()
    changed = [pl.when(most).then(pl.lit(value)).otherwise(name).alias(name) for name, value in values.items()]
    return {TABLE: tables()[TABLE].with_columns(changed)}


def test_a_healthy_day_passes_without_a_warning() -> None:
    report = report_of(before=tables()[TABLE])
    assert report.passed and [check.claim for check in report.warnings] == []


@pytest.mark.parametrize(
    ("values", "claim"),
    [
        ({Prediction.purchase_28d: 1.01}, "probabilities are from 0 to 1"),
        ({Prediction.churn: None}, "no probability or expected figure is missing"),
        ({Prediction.orders_28d: -0.1}, "nothing below zero is expected"),
        ({Prediction.purchase_28d: 0.1}, "a purchase within 7 days is no likelier than one within 28"),
        ({Prediction.orders_28d: 80.0}, "longer spans expect at least as much as shorter ones"),
        (
            {Prediction.spend_28d_low: 0.0, Prediction.spend_28d_high: 0.5},
            "predicted values lie inside their intervals",
        ),
        ({Prediction.next_order_date: AS_OF}, "the next order lies between tomorrow and a year ahead"),
        ({Prediction.churn: 0.9}, "nobody is both gone and back within 28 days"),
        ({"user_id": "a stranger"}, "everybody has bought something"),
    ],
)
def test_one_customers_figure_that_cannot_be_fails(values: dict[str, object], claim: str) -> None:
    assert claim in [check.claim for check in report_of(with_first(**values)).failures]


def test_a_customer_without_a_row_fails_and_so_does_a_row_in_a_shop_of_a_week() -> None:
    claim = "every customer has a row, none while the shop is young"
    assert claim in [check.claim for check in report_of({TABLE: tables()[TABLE][1:]}).failures]
    young = {"feat_customer": tables()["feat_customer"].with_columns(pl.lit(8.0).alias(Customer.shop_days))}
    assert claim in [check.claim for check in report_of(young).failures]
    assert report_of(young | {TABLE: CUSTOMER_PREDICTION.empty()}).passed


def test_money_in_another_unit_fails() -> None:
    cents = tables()[TABLE].with_columns(pl.col(Prediction.spend_90d, Prediction.spend_365d) * 100)
    assert any("five times" in check.claim for check in report_of({TABLE: cents}).failures)


def test_predictions_of_four_weeks_ago_that_did_not_come_true_are_told() -> None:
    claim = "of predictions of four weeks ago as many came true as promised"
    wrong = tables()[TABLE].with_columns(pl.lit(0.01).alias(Prediction.purchase_28d))
    report = report_of(month_ago=wrong)
    assert report.passed and claim in [check.claim for check in report.warnings]
    bought = tables()["customer_purchase_day"].filter(pl.col("event_date") > AS_OF - timedelta(days=28))["user_id"]
    true = tables()[TABLE].with_columns(
        pl.col("user_id").is_in(bought.unique().implode()).cast(pl.Float64).alias(Prediction.purchase_28d)
    )
    assert claim not in [check.claim for check in report_of(month_ago=true).warnings]


def test_customers_who_vanish_and_purchases_that_double_are_told() -> None:
    now = tables()[TABLE]
    many = pl.concat([now, now.with_columns(pl.col("user_id") + "b")])
    told = [check.claim for check in report_of(before=many).warnings]
    assert "nearly all customers of the day before are there" in told
    few = now.with_columns(pl.col(Prediction.purchase_28d) / 3)
    assert [check.claim for check in report_of(before=few).warnings] == [
        "as many purchases are expected as the day before"
    ]


def test_earlier_days_by_the_days_model_pass_and_so_does_a_day_that_is_compared_with_none() -> None:
    assert report_of(table=EARLIER).passed
    none = report_of({EARLIER: CUSTOMER_PREDICTION_EARLIER.empty()}, table=EARLIER)
    assert none.passed and none.warnings == ()


@pytest.mark.parametrize(
    ("changed", "claim"),
    [
        (pl.lit(3, pl.Int64).alias(Prediction.days_before), "the day is compared with the days that are declared"),
        (pl.lit(None, pl.Float64).alias(Prediction.churn), "no probability or expected figure is missing"),
        (pl.lit(-1.0).alias(Prediction.orders_90d), "nothing below zero is expected, and no probability is above 1"),
        (pl.lit(1.2).alias(Prediction.churn), "nothing below zero is expected, and no probability is above 1"),
        (pl.lit("a stranger").alias("user_id"), "whoever was a customer still is one"),
    ],
)
def test_a_figure_of_an_earlier_day_that_cannot_be_fails(changed: pl.Expr, claim: str) -> None:
    broken = {EARLIER: with_earlier()[EARLIER].with_columns(changed)}
    assert claim in [check.claim for check in report_of(broken, table=EARLIER).failures]


@pytest.mark.parametrize(("moved", "is_told"), [(0.0, False), (0.06, True), (-0.06, True)])
def test_a_model_whose_mean_probability_drifted_from_what_came_is_told_and_stops_nothing(
    moved: float, is_told: bool
) -> None:
    claim = "as many bought in the last four weeks as the model says of the day before them"
    since = AS_OF - timedelta(days=28)
    bought = tables()["customer_purchase_day"].filter(pl.col("event_date") > since)["user_id"].implode()
    came = pl.col("user_id").is_in(bought).mean().over(Prediction.days_before)
    drifted = with_earlier()[EARLIER].with_columns((came + moved).alias(Prediction.purchase_28d))
    report = report_of({EARLIER: drifted}, table=EARLIER)
    assert report.passed and (claim in [check.claim for check in report.warnings]) == is_told


def test_features_of_a_healthy_day_pass() -> None:
    report = report_of(table="feat_customer")
    assert report.passed and report.warnings == ()


@pytest.mark.parametrize(
    ("changed", "claim"),
    [
        (pl.lit(0.0).alias(Customer.purchase_days), "customers have bought something"),
        (pl.lit(900.0).alias(Customer.days_since_last), "nobody's last purchase lies before the first"),
        (pl.lit(1.5).alias(Customer.purchase_rate), "at most one purchase day per day"),
        (pl.lit(5000.0).alias(Customer.purchase_days_90d), "no window holds more days than all of the past"),
        (pl.lit(80.0).alias(Customer.purchase_days_28d), "28 days hold no more purchase days than 90"),
    ],
)
def test_features_that_contradict_each_other_fail(changed: pl.Expr, claim: str) -> None:
    broken = {"feat_customer": tables()["feat_customer"].with_columns(changed)}
    assert claim in [check.claim for check in report_of(broken, table="feat_customer").failures]


def test_a_buyer_who_is_no_customer_fails_and_a_week_without_purchases_is_told() -> None:
    features = tables()["feat_customer"]
    lost = report_of({"feat_customer": features[1:]}, table="feat_customer")
    assert [check.claim for check in lost.failures] == ["whoever bought in the history is a customer"]
    quiet = features.with_columns(pl.lit(9.0).alias(Customer.days_since_last))
    quiet = quiet.with_columns(pl.col(Customer.days_since_first) + 9)
    told = report_of({"feat_customer": quiet}, table="feat_customer")
    assert told.passed and [check.claim for check in told.warnings] == ["somebody bought in the last seven days"]
