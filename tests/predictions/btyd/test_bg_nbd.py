"""BG/NBD against the figures of its paper, against itself by another way, and on histories that break formulas."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from ml.predictions.btyd.bg_nbd import BgNbd, Histories, fitted

PUBLISHED = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
"""Of the CDNOW sample, in weeks (Fader, Hardie and Lee 2005)."""


def histories(*rows: tuple[float, float, float]) -> Histories:
    return Histories(*np.array(rows, dtype=float).T)


def drawn(truth: BgNbd, customers: int, seed: int = 1) -> Histories:
    """Customers of the model, who began within twelve weeks and were watched until week 39."""
    draw = np.random.default_rng(seed)
    rows = []
    for _ in range(customers):
        rate, leave = draw.gamma(truth.r, 1 / truth.alpha), draw.beta(truth.a, truth.b)
        age, now, x, t_x = 39 - draw.uniform(0, 12), 0.0, 0, 0.0
        while True:
            now += draw.exponential(1 / max(rate, 1e-12))
            if now > age:
                break
            x, t_x = x + 1, now
            if draw.random() < leave:
                break
        rows.append((x, t_x, age))
    return histories(*rows)


def test_the_papers_example_is_expected_to_buy_1_226_times() -> None:
    """Two repeat purchases, the last in week 30.43 of 38.86; the next 39 weeks."""
    expected = PUBLISHED.expected(histories((2, 30.43, 38.86)), np.array([39.0]))
    assert expected[0] == pytest.approx(1.226, abs=0.001)


def test_the_formula_is_the_mean_over_what_is_not_known() -> None:
    known = histories(*[(x, 20.0 if x else 0.0, 30.0) for x in range(0, 40, 3)])
    for model in (PUBLISHED, BgNbd(1.2, 8.0, 2.5, 3.0), BgNbd(0.6, 10.0, 1.0, 4.0), BgNbd(2.0, 5.0, 0.2, 0.5)):
        formula, counted = model._by_formula(known, np.full(14, 13.0)), model._by_integration(known, np.full(14, 13.0))
        usable = np.isfinite(formula) & (formula >= 0)
        assert usable.sum() > 10
        assert formula[usable] == pytest.approx(counted[usable], rel=0.02)


def test_it_finds_the_parameters_that_drew_the_customers() -> None:
    truth = BgNbd(r=0.6, alpha=6.0, a=0.9, b=2.5)
    known = drawn(truth, 6_000)
    found = fitted(known)
    assert (found.r, found.alpha) == pytest.approx((truth.r, truth.alpha), rel=0.15)
    assert found.a / (found.a + found.b) == pytest.approx(truth.a / (truth.a + truth.b), rel=0.15)
    once = np.ones(len(known))
    assert found.log_likelihood(known, once) >= truth.log_likelihood(known, once)


def test_the_unit_of_time_changes_nothing_but_alpha() -> None:
    weeks = drawn(PUBLISHED, 1_500)
    in_weeks, in_days = fitted(weeks), fitted(Histories(weeks.x, weeks.t_x * 7, weeks.age * 7))
    assert in_days.alpha == pytest.approx(in_weeks.alpha * 7, rel=1e-3)
    assert (in_days.r, in_days.a, in_days.b) == pytest.approx((in_weeks.r, in_weeks.a, in_weeks.b), rel=1e-3)


def test_who_bought_once_counts_as_alive_however_long_ago_but_is_not_expected_to_buy() -> None:
    """So the probability of being alive says nothing about one-time buyers, and nothing is made of it."""
    known = histories((0, 0.0, 1.0), (0, 0.0, 50.0), (0, 0.0, 2_000.0))
    assert PUBLISHED.alive(known).tolist() == [1.0, 1.0, 1.0]
    buys = PUBLISHED.any_purchase(known, np.full(3, 13.0))
    assert buys[0] > 5 * buys[1] > 50 * buys[2] > 0


def test_nothing_overflows_for_the_most_frequent_and_the_longest_gone() -> None:
    known = histories((5_000, 5_000.0, 5_001.0), (5_000, 100.0, 5_001.0), (0, 0.0, 0.0), (1, 0.0, 4_000.0))
    for model in (PUBLISHED, BgNbd(50.0, 60.0, 1e-4, 20.0), BgNbd(0.01, 1e4, 50.0, 1e-3), BgNbd(1.0, 1.0, 0.5, 0.5)):
        for found in (
            model.alive(known),
            model.any_purchase(known, np.full(4, 365.0)),
            model.expected(known, np.full(4, 365.0)),
        ):
            assert np.isfinite(found).all() and (found >= 0).all()
        assert (model.alive(known) <= 1).all()


def test_a_longer_span_brings_more() -> None:
    known = histories(*[(x, 10.0, 12.0) for x in range(1, 200, 7)])
    spans = [PUBLISHED.expected(known, np.full(len(known), float(days))) for days in (1, 4, 13, 52)]
    assert all((later > earlier).all() for earlier, later in pairwise(spans))
