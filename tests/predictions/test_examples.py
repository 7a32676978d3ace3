"""What came of customers: counted in the days after, once these have passed."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from ml.churn import Churn
from ml.predictions.examples import Examples, examples
from ml.predictions.targets import TARGETS, Kind, Target, churn_days
from tests.predictions.people import AS_OF, Buys, ago, awkward, customers, purchase_days, row

AFTER = AS_OF + timedelta(days=400)
ORDERS = Target("orders", Kind.ORDERS, 28)
SPEND = Target("spend", Kind.SPEND, 28)
PURCHASE = Target("purchase", Kind.PURCHASE, 28)
CHURNED = next(target for target in TARGETS if target.kind == Kind.CHURN)


def later(*days: int, paid: float = 10.0) -> Buys:
    """Purchases so many days after."""
    return ago(*(-day for day in days), paid=paid)


def outcome(target: Target, known: int = 400, churn: Churn | None = None, **buys: Buys) -> dict[str, float]:
    """By shopper what counts, ``known`` days after."""
    day = customers([row(user, ago(3, 10)) for user in buys])
    found = examples([day], purchase_days(buys, AFTER), target, churn or Churn(), AS_OF + timedelta(days=known))
    return {} if found is None else dict(zip(found.customers.users, found.outcome.tolist(), strict=True))


def test_days_and_money_of_the_days_after_are_counted_the_last_one_too() -> None:
    buys = {"s": {**ago(0), **later(1, 28, 29)}, "idle": ago(3)}
    assert outcome(ORDERS, **buys) == {"s": 2, "idle": 0}
    assert outcome(SPEND, **buys) == {"s": 20, "idle": 0}
    assert outcome(PURCHASE, **buys) == {"s": 1, "idle": 0}


def test_more_returned_than_bought_counts_as_nothing_spent() -> None:
    assert outcome(SPEND, s={**later(1, paid=5.0), **later(2, paid=-30.0)}) == {"s": 0}


def test_an_outcome_counts_when_its_days_have_passed_and_not_before() -> None:
    assert outcome(PURCHASE, known=27, s=later(1)) == {}
    assert outcome(PURCHASE, known=28, s=later(1)) == {"s": 1}


def test_churn_that_cannot_be_seen_yet_is_left_out_whether_or_not_the_customer_came_back() -> None:
    slow = row("slow", ago(0, 40, 80))
    quick, back = row("quick", ago(1, 3, 5)), row("back", ago(0, 40, 80))
    day = customers([slow, quick, back])
    assert dict(zip(day.users, churn_days(day, Churn()), strict=True)) == {"back": 94, "quick": 90, "slow": 94}
    found = examples([day], purchase_days({"back": later(5)}, AFTER), CHURNED, Churn(), AS_OF + timedelta(days=93))
    assert found is not None
    assert found.customers.users.to_list() == ["quick"] and found.outcome.tolist() == [1.0]


@pytest.mark.parametrize(
    ("churn", "days"),
    [
        (Churn(), {"regular": 90, "every day": 90, "forgotten": 180}),
        (Churn(days=30, intervals=4, at_most=60), {"regular": 56, "every day": 30, "forgotten": 60}),
        (Churn(days=28, intervals=0, at_most=28), {"regular": 28, "every day": 28, "forgotten": 28}),
    ],
)
def test_when_a_customer_has_churned_can_be_set(churn: Churn, days: dict[str, int]) -> None:
    whom = awkward()
    found = dict(zip(whom.users, churn_days(whom, churn).tolist(), strict=True))
    assert {user: found[user] for user in days} == days


def test_a_definition_whose_most_is_below_its_least_is_refused() -> None:
    with pytest.raises(ValueError, match="at_most not below days"):
        Churn(days=90, at_most=60)


def test_days_are_put_together_and_each_keeps_its_own_outcome() -> None:
    earlier = customers([row("s", ago(40))], AS_OF - timedelta(days=28))
    found = examples([earlier, customers([row("s", ago(3))])], purchase_days({"s": ago(3)}), ORDERS, Churn(), AFTER)
    assert isinstance(found, Examples)
    assert found.outcome.tolist() == [1.0, 0.0]
    assert found.where(np.array([False, True])).outcome.tolist() == [0.0]


def test_purchases_of_nobody_known_count_nowhere() -> None:
    assert outcome(ORDERS, s=ago(3)) == {"s": 0}
    day = customers([row("s", ago(3))])
    strangers = purchase_days({"stranger": later(1)}, AFTER)
    assert isinstance(strangers, pl.DataFrame) and len(strangers) == 1
    found = examples([day], strangers, ORDERS, Churn(), AFTER)
    assert found is not None and found.outcome.tolist() == [0.0]
