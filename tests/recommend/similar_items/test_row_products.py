"""Products of chosen pairs of rows, against the whole dense product."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from ml.recommend.similar_items import row_products as products
from ml.recommend.similar_items.row_products import row_products


def rows() -> sparse.csr_matrix:
    """Some long, some short, one without a cell."""
    draw = np.random.default_rng(9)
    filled = draw.random((30, 50)) < draw.random((30, 1))
    filled[7] = False
    return sparse.csr_matrix(np.where(filled, draw.random((30, 50)), 0.0))


@pytest.mark.parametrize(("dense_bytes", "cells"), [(1, 1), (3 * 8 * 50, 40), (2**20, 10**6)])
def test_they_are_those_of_the_whole_product_whatever_fits_into_memory(
    dense_bytes: int, cells: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(products, "_DENSE_BYTES", dense_bytes)
    monkeypatch.setattr(products, "_CELLS", cells)
    held = rows()
    first, second = (axis.ravel().astype(np.int32) for axis in np.meshgrid(np.arange(30), np.arange(30)))
    found = row_products(held, first, second)
    assert found == pytest.approx((held @ held.T).toarray()[first, second])
    assert found.max() > 1 and found[first == 7].max() == 0


def test_of_no_pairs_there_are_none() -> None:
    none = np.empty(0, dtype=np.int32)
    assert row_products(rows(), none, none).tolist() == []
