"""Every contender on every kind of awkward customer, and what each may know."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from ml.churn import Churn
from ml.predictions.btyd import bg_nbd, gamma_gamma
from ml.predictions.contenders import BY_NAME, CONTENDERS, restored
from ml.predictions.contenders.base import DAYS_AHEAD, Contender, Fitted, Lesson, tempered
from ml.predictions.contenders.buy_till_you_die import BuyTillYouDie
from ml.predictions.customers import Customers
from ml.predictions.examples import examples
from ml.predictions.targets import TARGETS, Kind, Target, horizon
from ml.predictions.words import FEATURES
from tests.predictions.people import AS_OF, Shop, ago, awkward, customers, known_by, purchase_days, row

SHOP = Shop(shoppers=320)
FIRST = AS_OF - timedelta(days=SHOP.days - 1)
PAIRS = [(each, target) for each in CONTENDERS for target in TARGETS if target.kind in each.kinds]
EACH = pytest.mark.parametrize(("contender", "target"), PAIRS, ids=lambda each: each.name)


@cache
def shop() -> tuple[list[Customers], pl.DataFrame]:
    """Customers of three past days and of the last one, and what they bought."""
    buys = SHOP.buys()
    days = [known_by(buys, AS_OF - timedelta(days=age), FIRST) for age in (224, 196, 168, 0)]
    return days, purchase_days(buys)


@cache
def lesson(target: Target) -> Lesson:
    (*days, now), purchases = shop()
    known = examples(days, purchases, target, Churn(), AS_OF)
    assert known is not None
    return Lesson(target, known, now, seed=7, threads=1)


@cache
def fitted(contender: type[Contender], target: Target) -> Fitted:
    found = contender.fit(lesson(target))
    assert found is not None
    return found


def predicted(contender: type[Contender], target: Target, whom: Customers) -> dict[str, float]:
    """By shopper."""
    found = fitted(contender, target).predict(whom, horizon(target, whom, Churn()))
    return dict(zip(whom.users, found.tolist(), strict=True))


@EACH
def test_no_customer_gets_anything_but_a_number_from_zero(contender: type[Contender], target: Target) -> None:
    found = predicted(contender, target, awkward())
    assert len(found) == 11
    assert all(np.isfinite(value) and value >= 0 for value in found.values()), found
    if target.kind.is_probability:
        assert max(found.values()) <= 1
    if target.kind == Kind.ORDERS and contender.name != "boosted":
        assert max(found.values()) <= (target.days or 0), "a day counts once"


@EACH
def test_what_is_saved_predicts_the_same(contender: type[Contender], target: Target) -> None:
    made = fitted(contender, target)
    again = restored(contender.name, json.loads(json.dumps(made.content)))
    whom, ahead = awkward(), horizon(target, awkward(), Churn())
    assert again.predict(whom, ahead).tolist() == made.predict(whom, ahead).tolist()


@EACH
def test_the_parts_of_a_prediction_make_it_and_have_names(contender: type[Contender], target: Target) -> None:
    made, regular = fitted(contender, target), customers([row("regular", ago(*range(3, 360, 14)))])
    ahead = horizon(target, regular, Churn())
    terms = made.terms(regular, ahead)
    assert all(term.name in FEATURES for term in terms.terms)
    if contender.name in ("boosted", "recency_frequency"):
        assert terms.link is not None and terms.total is not None and len(terms.terms) >= 3
        assert terms.link(terms.total) == pytest.approx(made.predict(regular, ahead)[0], rel=1e-6)
    else:
        assert terms.total is None and all(term.amount is None for term in terms.terms)
        known = {term.name: term.value for term in terms.terms}
        assert contender.name == "mean" or known[DAYS_AHEAD] == ahead[0]
        assert contender.name != "bg_nbd" or (known["frequency"], known["age"]) == (25, 353)


@pytest.mark.parametrize("contender", [each for each in CONTENDERS if each.name != "mean"], ids=lambda each: each.name)
def test_who_buys_every_fortnight_is_told_from_who_came_once_a_year_ago(contender: type[Contender]) -> None:
    for target in TARGETS:
        if target.kind in contender.kinds:
            found = predicted(contender, target, awkward())
            regular, gone = found["regular"], found["once, long ago"]
            assert (regular < gone) if target.kind == Kind.CHURN else (regular > gone), (target.name, found)


def test_a_one_time_buyer_of_long_ago_has_churned_though_bg_nbd_calls_everybody_alive_who_bought_once() -> None:
    churn = next(target for target in TARGETS if target.kind == Kind.CHURN)
    found = predicted(BY_NAME["bg_nbd"], churn, awkward())
    assert found["forgotten"] > 0.9 > found["newcomer of yesterday"]
    everybody = BY_NAME["bg_nbd"].fit(lesson(churn))
    assert everybody.purchases.alive(_once_long_ago()) == 1.0  # type: ignore[union-attr]


def _once_long_ago():  # type: ignore[no-untyped-def]
    from ml.predictions.contenders.buy_till_you_die import histories

    return histories(customers([row("forgotten", ago(1_500))]))


def test_the_last_90_days_go_on() -> None:
    found = {target.name: predicted(BY_NAME["last_90_days"], target, awkward()) for target in TARGETS}
    regular = 7  # purchase days in 90
    assert found["expected_orders_90d"]["regular"] == pytest.approx(regular)
    assert found["expected_orders_28d"]["regular"] == pytest.approx(regular * 28 / 90)
    assert found["predicted_clv_90d"]["regular"] == pytest.approx(10.0 * regular)
    assert found["predicted_clv_90d"]["refunded"] == 0.0
    assert found["purchase_probability_28d"]["regular"] == pytest.approx(1 - np.exp(-regular * 28 / 90))


def test_in_a_young_shop_all_of_its_days_go_on() -> None:
    young = customers([row("s", ago(0, 10, 20), shop_days=30)])
    orders = next(target for target in TARGETS if target.name == "expected_orders_90d")
    assert predicted(BY_NAME["last_90_days"], orders, young)["s"] == pytest.approx(9.0)


@pytest.mark.parametrize("name", ["mean", "boosted", "bg_nbd"])
def test_a_bulk_buyer_moves_nobody_elses_expected_spend_by_more_than_a_tenth(name: str) -> None:
    target = next(target for target in TARGETS if target.name == "predicted_clv_28d")
    plain, outcome = lesson(target), lesson(target).examples.outcome.copy()
    outcome[5] = 1e7
    known = plain.examples
    moved = Lesson(target, type(known)(known.customers, known.horizon, outcome), plain.now, plain.seed, plain.threads)
    whom = plain.now
    ahead = horizon(target, whom, Churn())
    before, after = (BY_NAME[name].fit(each).predict(whom, ahead).sum() for each in (plain, moved))  # type: ignore[union-attr]
    assert after == pytest.approx(before, rel=0.1)


def test_only_amounts_are_tempered_and_only_the_absurd_ones() -> None:
    outcome = np.append(np.linspace(0, 100, 199), 1e6)
    assert tempered(outcome, Kind.SPEND).max() == pytest.approx(500, rel=0.02)
    assert tempered(outcome[:-1], Kind.SPEND).tolist() == outcome[:-1].tolist()
    assert tempered(outcome, Kind.ORDERS).max() == 1e6


def test_learning_twice_gives_the_same_whatever_the_threads() -> None:
    target = TARGETS[1]
    plain = lesson(target)
    busier = Lesson(target, plain.examples, plain.now, plain.seed, threads=3)
    one, other = (BY_NAME["boosted"].fit(each).content for each in (plain, busier))  # type: ignore[union-attr]
    assert one == other


def test_too_little_to_learn_from_is_no_model() -> None:
    target = TARGETS[0]
    few = lesson(target).examples.where(np.arange(len(lesson(target).examples)) < 30)
    nobody = customers([row("s", ago(3))])
    for name in ("boosted", "recency_frequency", "bg_nbd"):
        assert BY_NAME[name].fit(Lesson(target, few, nobody, 1, 1)) is None, name


def test_the_history_models_are_fitted_with_one_blas_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """More would spin, waiting for each other; the caller's threads are left as they were."""
    seen: list[set[int]] = []

    def threads() -> set[int]:
        return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}

    def watched(fit: Callable[..., Any]) -> Callable[..., Any]:
        def fit_and_note(*data: Any) -> Any:
            seen.append(threads())
            return fit(*data)

        return fit_and_note

    for module in (bg_nbd, gamma_gamma):
        monkeypatch.setattr(module, "fitted", watched(module.fitted))
    *_, now = shop()[0]
    with threadpool_limits(2, user_api="blas"):
        assert BuyTillYouDie.of(now.where(np.arange(len(now)) >= 0)) is not None  # a copy: nothing is kept of it yet
        assert threads() == {2}
    assert seen == [{1}, {1}]
