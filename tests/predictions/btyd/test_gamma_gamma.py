"""What a purchase brings: drawn towards everybody's mean, never negative."""

from __future__ import annotations

import numpy as np
import pytest

from ml.predictions.btyd.gamma_gamma import GammaGamma, fitted

TRUTH = GammaGamma(p=6.0, q=3.8, gamma=15.0)


def drawn(customers: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(3)
    count = draw.integers(1, 12, customers).astype(float)
    rate = draw.gamma(TRUTH.q, 1 / TRUTH.gamma, customers)
    return count, draw.gamma(TRUTH.p * count, 1 / (rate * count))


def test_it_finds_the_mean_of_those_that_it_was_drawn_from() -> None:
    count, mean = drawn(8_000)
    found = fitted(count, mean)
    everybody = np.zeros(1), np.zeros(1)
    assert found.expected(*everybody)[0] == pytest.approx(TRUTH.expected(*everybody)[0], rel=0.05)
    assert found.expected(count, mean) == pytest.approx(TRUTH.expected(count, mean), rel=0.1)


def test_few_purchases_say_less_than_many() -> None:
    usual = TRUTH.expected(np.zeros(1), np.zeros(1))[0]
    once, often = TRUTH.expected(np.array([1.0, 100.0]), np.array([300.0, 300.0]))
    assert usual < once < often < 300


def test_refunds_above_purchases_are_no_negative_purchase() -> None:
    found = TRUTH.expected(np.array([2.0, 2.0]), np.array([-400.0, np.nan]))
    assert (found > 0).all() and found[0] == found[1]


def test_a_bulk_buyer_moves_what_the_others_are_worth_by_less_than_a_twentieth() -> None:
    count, mean = drawn(1_000)
    plain = fitted(count, mean).expected(count, mean)
    bulk = fitted(np.append(count, 1.0), np.append(mean, 1_000 * mean.max())).expected(count, mean)
    assert bulk.sum() == pytest.approx(plain.sum(), rel=0.05)


def test_where_nobody_paid_nothing_is_expected() -> None:
    found = fitted(np.ones(50), np.zeros(50)).expected(np.ones(2), np.array([0.0, 0.0]))
    assert found.tolist() == [0.0, 0.0]
