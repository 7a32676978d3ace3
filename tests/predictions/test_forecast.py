"""The figures of a customer agree with each other, whatever predicts them."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

from ml.churn import Churn
from ml.predictions.btyd.bg_nbd import BgNbd
from ml.predictions.columns import Customer, Prediction
from ml.predictions.contenders.mean import FittedMean
from ml.predictions.forecast import Predictor, agreed, days_to_next, rule_based
from ml.predictions.intervals import Intervals
from ml.predictions.outputs import CUSTOMER_PREDICTION
from ml.predictions.targets import TARGETS
from tests.predictions.people import AS_OF, ago, awkward, customers, row

AMOUNTS = st.floats(0, 1e6)
CHANCES = st.floats(0, 1)


def rows(predictor: Predictor) -> pl.DataFrame:
    return CUSTOMER_PREDICTION.checked(predictor.rows(awkward(), Churn(), "policy"))


def of(table: pl.DataFrame, user: str) -> dict[str, object]:
    return table.row(by_predicate=pl.col("user_id") == user, named=True)


@tried(deadline=None, max_examples=200)
@given(st.tuples(CHANCES, CHANCES, AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS, CHANCES), st.integers(7, 180))
def test_figures_that_were_predicted_apart_do_not_contradict_each_other(
    plain: tuple[float, ...], churned_after: int
) -> None:
    values = {target.name: np.array([value]) for target, value in zip(TARGETS, plain, strict=True)}
    found = {name: float(value[0]) for name, value in agreed(values, np.array([float(churned_after)])).items()}
    assert 0 <= found[Prediction.purchase_7d] <= found[Prediction.purchase_28d] <= 1
    assert found[Prediction.purchase_28d] <= found[Prediction.orders_28d] <= found[Prediction.orders_90d]
    assert found[Prediction.spend_28d] <= found[Prediction.spend_90d]
    assert churned_after < 28 or found[Prediction.churn] + found[Prediction.purchase_28d] <= 1 + 1e-12


@pytest.mark.parametrize(
    ("week", "month", "days"),
    [(0.5, 0.9, 7.0), (0.75, 0.9, 3.5), (0.0, 0.5, 28.0), (0.0, 0.75, 17.5), (0.0, 0.0, np.inf), (0.2, 0.2, np.inf)],
)
def test_the_next_order_comes_when_a_purchase_is_as_likely_as_not(week: float, month: float, days: float) -> None:
    assert days_to_next(np.array([week]), np.array([month]))[0] == pytest.approx(days)


def test_a_likelier_purchase_is_no_later_and_certainty_is_finite() -> None:
    chances = np.linspace(0, 1, 50)
    found = days_to_next(chances * 0.4, chances)
    assert (np.diff(found[1:]) <= 1e-9).all() and np.isfinite(found[1:]).all() and found[-1] > 0


def test_every_awkward_customer_has_a_complete_row_by_the_rules() -> None:
    table = rows(rule_based())
    figures = [target.name for target in TARGETS]
    assert len(table) == 11 and table.select(*figures, Prediction.spend_365d).null_count().sum_horizontal().item() == 0
    assert table.select(pl.min_horizontal(*figures)).min().item() >= 0
    assert of(table, "once, long ago")[Prediction.next_order_date] is None
    date = of(table, "every day")[Prediction.next_order_date]
    assert date == AS_OF + timedelta(days=1)


def test_the_past_is_told_as_it_is_and_the_whole_value_is_both() -> None:
    table = rows(rule_based())
    refunded = of(table, "refunded")
    assert (refunded[Prediction.historic_orders], refunded[Prediction.historic_clv]) == (2, -480.0)
    told = table.select(pl.col(Prediction.historic_clv) + pl.col(Prediction.spend_365d) - pl.col(Prediction.total_clv))
    assert told.to_series().abs().max() < 1e-5  # type: ignore[operator]


def test_no_interval_is_made_up_before_past_days_have_shown_one() -> None:
    table = rows(rule_based())
    ends = [name for name in table.columns if name.endswith(("_low", "_high"))]
    assert len(ends) == 6 and all(table[name].is_null().all() for name in ends)


def test_intervals_hold_the_published_value_also_where_that_was_raised() -> None:
    """28 days are predicted at 50 and 90 at 20, so that 50 is published for both."""
    fitted = {target.name: FittedMean(0.5) for target in TARGETS}
    fitted |= {Prediction.spend_28d: FittedMean(50.0), Prediction.spend_90d: FittedMean(20.0)}
    ranges = {name: Intervals((), (0.5,), (1.5,)) for name in (Prediction.spend_28d, Prediction.spend_90d)}
    first = of(rows(Predictor(fitted, ranges)), "regular")
    assert first[Prediction.spend_90d] == 50.0
    assert (first[Prediction.spend_90d_low], first[Prediction.spend_90d_high]) == (25.0, 75.0)
    assert first[Prediction.spend_365d_low] < first[Prediction.spend_365d] < first[Prediction.spend_365d_high]  # type: ignore[operator]


def test_a_year_is_extrapolated_by_how_purchases_thin_out_and_says_so() -> None:
    plain, thinned = rule_based(), Predictor(rule_based().fitted, beyond=BgNbd(0.6, 6.0, 0.9, 2.5))
    straight, bent = rows(plain), rows(thinned)
    ratio = straight[Prediction.spend_365d] / straight[Prediction.spend_90d]
    assert ratio.drop_nans().to_list() == pytest.approx([365 / 90] * len(ratio.drop_nans()), abs=1e-4)
    spends = straight[Prediction.spend_90d] > 0
    assert (bent[Prediction.spend_365d] < straight[Prediction.spend_365d]).filter(spends).all()
    assert (bent[Prediction.spend_365d] >= bent[Prediction.spend_90d]).all()
    assert bent[Prediction.is_extrapolated].all()


def test_a_shorter_definition_of_churn_is_published_with_its_days() -> None:
    one = customers([row("s", ago(3, 10))])
    long, short = (
        rule_based().rows(one, churn, "p").row(0, named=True) for churn in (Churn(), Churn(days=7, at_most=28))
    )
    assert (long[Prediction.churn_days], short[Prediction.churn_days]) == (90, 28)
    assert long[Prediction.churn] < short[Prediction.churn]
    assert one.numbers(Customer.expected_gap)[0] == pytest.approx(10.5)
