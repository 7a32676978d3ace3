"""A product of vectors on grids is exact: no order of adding, no block and no neighbour changes a bit of it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ml.recommend.core.best import NO_OPINION, best_of
from ml.recommend.core.products import Products, on_grid, products
from ml.recommend.core.topk import Limits, Mask, top_k

numbers = st.one_of(
    st.floats(-1e3, 1e3, width=32), st.floats(-(2.0**-100), 2.0**-100, width=32), st.sampled_from([0.0, 1e15])
)


def vectors(rows: int, terms: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((rows, terms)).astype(np.float32)


def loud(users: np.ndarray, items: np.ndarray) -> Products:
    return Products(users, items, np.zeros(len(users), dtype=np.bool_), np.zeros(len(items), dtype=np.bool_))


@given(hnp.arrays(np.float32, st.tuples(st.integers(1, 3), st.integers(1, 70)), elements=numbers))
def test_a_product_on_grids_is_the_exact_one_rounded_once(drawn: np.ndarray) -> None:
    grid = on_grid(drawn)
    for row in range(len(grid)):
        exact = sum(Fraction(float(a)) * Fraction(float(b)) for a, b in zip(grid[0], grid[row], strict=True))
        assert products(grid, grid)[0, row] == np.float32(float(exact))


@pytest.mark.parametrize(("terms", "error"), [(1, 2e-7), (64, 2e-7), (2500, 2e-6), (20_000, 4e-6)])
def test_the_grid_is_as_fine_as_the_number_of_terms_allows(terms: int, error: float) -> None:
    drawn = vectors(4, terms)
    moved = np.abs(on_grid(drawn) - drawn).max(axis=1) / np.abs(drawn).max(axis=1)
    assert moved.max() <= error


@pytest.mark.parametrize("terms", [3, 64, 2500, 20_000])
def test_the_order_of_adding_changes_nothing(terms: int) -> None:
    left, right = on_grid(vectors(3, terms)), on_grid(vectors(5, terms, seed=2))
    shuffled = np.random.default_rng(3).permutation(terms)
    assert np.array_equal(products(left[:, shuffled], right[:, shuffled]), products(left, right))
    assert not np.array_equal(vectors(3, terms) @ right.T, products(left, right)) or terms == 3


def test_a_vectors_grid_is_its_own() -> None:
    drawn = vectors(5, 8)
    assert np.array_equal(on_grid(drawn)[3:4], on_grid(drawn[3:4]))
    assert np.array_equal(on_grid(np.vstack([drawn, drawn * np.float32(1e6)]))[:5], on_grid(drawn))


@pytest.mark.parametrize("rows", [1, 2, 3, 5, 7, 12, 48, 131])
def test_a_row_is_the_same_in_every_block(rows: int) -> None:
    scorer = loud(on_grid(vectors(131, 64)), on_grid(vectors(3001, 64, seed=2)))
    whole = scorer(slice(0, 131))
    parts = [scorer(slice(start, min(start + rows, 131))) for start in range(0, 131, rows)]
    assert np.array_equal(np.concatenate(parts), whole)


def test_single_cells_are_those_of_the_block() -> None:
    scorer = loud(on_grid(vectors(90, 64)), on_grid(vectors(120, 64, seed=2)))
    row, column = np.divmod(np.arange(90 * 120), 120)
    assert np.array_equal(scorer.exact(row, column), scorer(slice(0, 90)).ravel())


def test_a_rough_score_is_within_its_slack() -> None:
    scorer = loud(on_grid(vectors(200, 64)), on_grid(vectors(3000, 64, seed=2)))
    rows = slice(10, 200)
    error = np.abs(scorer.rough(rows).astype(np.float64) - scorer(rows)).max(axis=1)
    assert error.max() > 0
    assert (error <= scorer.slack(rows)).all()


@pytest.mark.parametrize("spread", [1.0, 1e-3, 1e-6])
def test_the_rough_way_leads_to_the_exact_lists(spread: float) -> None:
    """Also where scores differ by less than a rough one's error: the first two factors cancel each other."""
    users, items = vectors(60, 8), vectors(2000, 8, seed=2)
    users[:, 0], users[:, 1], items[:, :2] = 1000.0, -1000.0, 1000.0
    items[:, 2:] *= np.float32(spread)
    scorer = loud(on_grid(users), on_grid(items))
    seen = Mask((60, 2000))
    top, exact = top_k(10, scorer, seen, Limits(memory=10**6)), best_of(scorer(slice(0, 60)), 10)
    assert np.array_equal(top.column, exact.column)
    assert np.array_equal(top.score, exact.score)


def test_who_and_what_is_silent_has_no_opinion() -> None:
    users, items = on_grid(vectors(3, 4)), on_grid(vectors(5, 4, seed=2))
    scorer = Products(users, items, np.array([False, True, False]), np.arange(5) == 2)
    for block in (scorer(slice(0, 3)), scorer.rough(slice(0, 3))):
        silent = block == NO_OPINION
        assert silent[1].all()
        assert silent[:, 2].all()
        assert silent.sum() == 5 + 2
