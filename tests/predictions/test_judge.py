"""Who wins, on what was known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from ml.churn import Churn
from ml.predictions import judge as judging
from ml.predictions.contenders.base import Contender, Lesson
from ml.predictions.customers import Reals
from ml.predictions.examples import Examples
from ml.predictions.judge import Judged, Past, choose, judge
from ml.predictions.targets import TARGETS, Target
from tests.predictions.people import AS_OF, Shop, known_by, purchase_days

SHOP = Shop(shoppers=160)
FIRST = AS_OF - timedelta(days=SHOP.days - 1)
MONTH = next(target for target in TARGETS if target.name == "purchase_probability_28d")
SPEND = next(target for target in TARGETS if target.name == "predicted_clv_28d")


@pytest.fixture(scope="module")
def past() -> Past:
    buys = SHOP.buys()
    days = [known_by(buys, AS_OF - timedelta(days=28 * age), FIRST) for age in range(6, 0, -1)]
    return Past(days, known_by(buys, AS_OF, FIRST), purchase_days(buys), Churn(), seed=3, threads=1)


def _judged(target: Target, **errors: tuple[float, float]) -> Judged:
    """Contenders whose errors have a mean and a spread, over 900 rows of 300 shoppers."""
    draw = np.random.default_rng(4)
    outcome = np.full(900, 100.0) if not target.kind.is_probability else np.zeros(900)
    predicted = {name: outcome + mean + spread * draw.choice([-1, 1], 900) for name, (mean, spread) in errors.items()}
    return Judged(target, np.repeat([0, 1, 2], 300), np.tile(np.arange(300), 3), outcome, predicted)


def test_the_simple_one_serves_until_another_is_significantly_better() -> None:
    alike = _judged(MONTH, simple=(0.3, 0.05), learned=(0.299, 0.06))
    assert choose(alike).contender == "simple"
    better = choose(_judged(MONTH, simple=(0.3, 0.05), learned=(0.2, 0.05)))
    assert better.contender == "learned" and "smaller than that of simple" in better.why


def test_what_serves_already_stays_until_another_is_significantly_better() -> None:
    alike = _judged(MONTH, simple=(0.3, 0.05), learned=(0.299, 0.06))
    kept = choose(alike, "learned")
    assert kept.contender == "learned" and "as before" in kept.why
    assert choose(_judged(MONTH, simple=(0.1, 0.0), learned=(0.4, 0.0)), "learned").contender == "simple"
    assert choose(alike, "no longer there").contender == "simple"


def test_amounts_whose_total_is_off_by_more_than_a_twentieth_serve_only_where_all_are() -> None:
    off = _judged(SPEND, low=(-8.0, 0.0), right=(0.0, 20.0))
    assert off.against("right", "low").low > 0, "its errors are smaller"
    assert choose(off).contender == "right"
    assert choose(_judged(SPEND, low=(-8.0, 0.0), lower=(-30.0, 0.0))).contender == "low"


def test_each_origin_learns_what_was_known_by_then_and_the_outcome_was_not(past: Past) -> None:
    origins = past.origins(MONTH)
    assert [test.customers.as_of for _, test in origins] == [AS_OF - timedelta(days=28 * age) for age in (3, 2, 1)]
    for lesson, test in origins:
        then = test.customers.as_of
        assert lesson.now.as_of == then
        assert lesson.examples.customers.as_of + timedelta(days=28) <= then


def test_nothing_that_happened_after_an_origin_changes_what_is_predicted_on_it(past: Past) -> None:
    """Purchases after the newest origin are replaced: its predictions and all earlier ones stay, outcomes do not."""
    since = AS_OF - timedelta(days=28)
    before = past.purchases.filter(pl.col("event_date") <= since)
    invented = pl.DataFrame({"user_id": past.now.users, "event_date": AS_OF, "revenue": 1e6})
    other = replace(past, purchases=pl.concat([before, invented]))
    plain, changed = judge(past, MONTH), judge(other, MONTH)
    assert plain is not None and changed is not None
    assert list(plain.predicted) == ["mean", "last_90_days", "recency_frequency", "bg_nbd"], "too few to boost"
    for name in plain.predicted:
        assert plain.predicted[name].tolist() == changed.predicted[name].tolist(), name
    assert plain.outcome.tolist() != changed.outcome.tolist()


def test_who_learns_from_shoppers_is_judged_on_others(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    overlaps: list[set[str]] = []

    class Memory(Contender):
        name, learns = "memory", True

        @classmethod
        def fit(cls, lesson: Lesson) -> Memory:
            made = cls()
            made.learned = set(lesson.examples.customers.users)  # type: ignore[attr-defined]
            return made

        @classmethod
        def restored(cls, content: object) -> Memory:  # type: ignore[override]
            raise NotImplementedError

        def predict(self, whom: object, ahead: Reals) -> Reals:
            overlaps.append(self.learned & set(whom.users))  # type: ignore[attr-defined]
            return np.zeros(len(ahead))

    monkeypatch.setattr(judging, "CONTENDERS", (Memory,))
    found = judge(past, MONTH)
    assert found is not None and len(found.predicted["memory"]) == len(found.outcome)
    assert len(overlaps) == 9 and not any(overlaps)


def test_of_a_large_shop_the_same_part_of_the_shoppers_is_learned_from_on_every_day(past: Past) -> None:
    few = past.sampled(60)
    users = set(few.now.users)
    assert 20 < len(users) < 100 and past.sampled(1_000) is past
    assert all(set(day.users) == users & set(whole.users) for day, whole in zip(few.days, past.days, strict=True))
    assert set(few.purchases["user_id"]) == users
    assert set(replace(past, seed=4).sampled(60).now.users) != users, "by the seed"
    assert set(few.now.turns(3, "fold")) == {0, 1, 2}, "also where a third is kept"


def test_a_shop_without_a_past_day_to_predict_from_is_not_judged(past: Past) -> None:
    assert judge(replace(past, days=past.days[-1:]), MONTH) is None
    assert judge(replace(past, days=[]), MONTH) is None


def test_figures_are_of_the_rows_and_rows_know_their_shopper(past: Past) -> None:
    found = judge(past, SPEND)
    assert found is not None and isinstance(past.lesson(SPEND).examples, Examples)  # type: ignore[union-attr]
    assert found.figures("mean")["mae"] == pytest.approx(np.abs(found.predicted["mean"] - found.outcome).mean())
    users = np.concatenate([test.customers.users.to_numpy() for _, test in past.origins(SPEND)])
    assert all(len(set(users[found.shopper == number])) == 1 for number in set(found.shopper))
    assert len(set(users)) == len(set(found.shopper))
