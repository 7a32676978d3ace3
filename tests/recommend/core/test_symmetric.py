"""The inverse of a Gram matrix, made in place, and a symmetric matrix as one half."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from scipy import sparse

from ml.recommend.core import symmetric
from ml.recommend.core.encoding import Matrix
from ml.recommend.core.symmetric import halved, inverse_of_gram, whole


def vectors(rows: int, terms: int = 40) -> Matrix:
    return sparse.random(rows, terms, 0.2, format="csr", dtype=np.float32, random_state=5)


@pytest.mark.parametrize("rows", [0, 1, 7, 8, 30])
@pytest.mark.parametrize("columns", [7, 512])
def test_it_is_the_inverse_however_many_columns_are_made_at_a_time(
    rows: int, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(symmetric, "_COLUMNS", columns)
    found = inverse_of_gram(vectors(rows), 2.0)
    dense = vectors(rows).toarray().astype(np.float64)
    np.testing.assert_allclose(found, np.linalg.inv(dense @ dense.T + 2.0 * np.eye(rows)), rtol=1e-5, atol=1e-7)
    assert np.array_equal(found, found.T)


@pytest.mark.parametrize("rows", [0, 1, 7, 8, 30])
def test_the_half_holds_the_whole(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(symmetric, "_COLUMNS", 7)
    square = inverse_of_gram(vectors(rows), 2.0)
    half = halved(square)
    assert half.dtype == np.float32 and half.shape == (rows * (rows + 1) // 2,)
    assert np.array_equal(whole(half), square.astype(np.float32))


def test_an_inverse_takes_little_more_than_its_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(symmetric, "_COLUMNS", 32)
    rows = 500
    given = vectors(rows)
    tracemalloc.start()
    inverse_of_gram(given, 2.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 8 * rows**2 <= peak < 1.25 * 8 * rows**2
