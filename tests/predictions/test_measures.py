"""Figures against their definitions, and intervals against what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from ml.predictions.intervals import Intervals, coverage, learned
from ml.predictions.measures import auc, bias, calibration_error, difference, losses, reliability
from ml.predictions.targets import Kind

DRAW = np.random.default_rng(9)
CHANCE = DRAW.random(4_000)
HAPPENED = (DRAW.random(4_000) < CHANCE).astype(float)


def test_auc_and_brier_are_those_of_scikit_learn_ties_included() -> None:
    tied = CHANCE.round(1)
    assert auc(tied, HAPPENED) == pytest.approx(roc_auc_score(HAPPENED, tied))
    assert losses(Kind.CHURN, CHANCE, HAPPENED).mean() == pytest.approx(brier_score_loss(HAPPENED, CHANCE))
    assert auc(CHANCE, np.ones(4_000)) == 0.5


def test_amounts_are_judged_by_absolute_error_and_their_total() -> None:
    predicted, outcome = np.array([3.0, 0.0, 5.0]), np.array([1.0, 2.0, 5.0])
    assert losses(Kind.SPEND, predicted, outcome).tolist() == [2.0, 2.0, 0.0]
    assert bias(predicted * 1.1, outcome) == pytest.approx(0.1)


def test_promises_that_hold_have_no_calibration_error_and_others_their_distance() -> None:
    assert calibration_error(CHANCE, HAPPENED) < 0.02
    assert calibration_error(np.full(4_000, 0.9), HAPPENED) == pytest.approx(0.9 - HAPPENED.mean(), abs=0.03)
    promised, observed, count = reliability(CHANCE, HAPPENED)
    assert (np.diff(promised) > 0).all() and len(observed) == 10 and count.sum() == 4_000


def test_a_difference_counts_shoppers_not_rows() -> None:
    """Three rows of each shopper say no more than one when they are alike."""
    per_shopper = DRAW.normal(0.1, 1.0, 500)
    once = difference(per_shopper, np.zeros(500), np.arange(500))
    thrice = difference(np.tile(per_shopper, 3), np.zeros(1_500), np.tile(np.arange(500), 3))
    assert thrice.mean == pytest.approx(once.mean)
    assert (thrice.low, thrice.high) == pytest.approx((once.low, once.high))
    assert once.high - once.low == pytest.approx(2 * 1.96 * per_shopper.std(ddof=1) / np.sqrt(500), rel=1e-3)


def _spends(customers: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Skewed amounts, a fifth of them nothing, and a prediction that is off by a factor."""
    draw = np.random.default_rng(seed)
    usual = draw.lognormal(3, 1, customers)
    return 0.7 * usual, usual * draw.gamma(2, 0.5, customers) * (draw.random(customers) > 0.2)


def test_four_fifths_of_new_amounts_lie_inside_in_every_fifth_of_the_customers() -> None:
    found = learned(*_spends(6_000, 1))
    assert found is not None
    predicted, outcome = _spends(6_000, 2)
    low, high = found.around(predicted)
    assert coverage(low, high, outcome) == pytest.approx(0.8, abs=0.02)
    for part in np.array_split(np.argsort(predicted), 5):
        assert coverage(low[part], high[part], outcome[part]) == pytest.approx(0.8, abs=0.05)
    assert (low <= predicted).all() and (predicted <= high).all() and (low >= 0).all()


def test_few_past_amounts_make_no_interval_and_a_prediction_of_nothing_has_one() -> None:
    assert learned(np.ones(20), np.ones(20)) is None
    nothing = learned(np.zeros(200), np.zeros(200))
    assert nothing is not None
    assert [end.tolist() for end in nothing.around(np.zeros(1))] == [[0.0], [0.0]]


def test_intervals_that_are_saved_are_the_same() -> None:
    found = learned(*_spends(600, 3))
    assert found is not None
    assert Intervals.restored(found.content) == found
