"""Neighbours and predictions are those of the textbook."""

from __future__ import annotations

import numpy as np
import pytest

from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.request import Request
from ml.recommend.models.user_cf import UserCosine, UserPearson
from tests.recommend.conftest import AS_OF


def predicted(kind: type, shop: Interactions, neighbours: int) -> np.ndarray:
    """Users x items by the recommender; NaN where it says nothing."""
    catalogue = Items.of(shop.encoded.items.ids)
    request = Request(shop.encoded.users.ids.to_list(), shop, catalogue, AS_OF, k=len(catalogue.frame))
    frame = kind(neighbours=neighbours).fit(shop, catalogue, AS_OF).recommend(request).frame
    frame = frame.filter(frame["candidate_source"] == kind.name)
    found = np.full(shop.encoded.counts.shape, np.nan)
    row, column = shop.encoded.users.codes(frame["user_id"]), shop.encoded.items.codes(frame["item_id"])
    found[row, column] = frame["score"].to_numpy()
    return found


def kept(similarity: np.ndarray, neighbours: int) -> np.ndarray:
    """The most similar others of each row, others zero."""
    np.fill_diagonal(similarity, -np.inf)
    least = np.sort(similarity, axis=1)[:, -neighbours][:, None]
    return np.where((similarity >= least) & (similarity > 0), similarity, 0.0)


def test_cosine_sums_the_neighbours_purchases(shop: Interactions) -> None:
    log_counts = np.log1p(shop.encoded.counts.toarray().astype(np.float64))
    unit = log_counts / np.linalg.norm(log_counts, axis=1, keepdims=True)
    expected = kept(unit @ unit.T, 7) @ log_counts
    np.testing.assert_allclose(predicted(UserCosine, shop, 7), np.where(expected > 0, expected, np.nan), rtol=1e-3)


@pytest.mark.parametrize("neighbours", [3, 10])
def test_pearson_is_the_correlation_and_predicts_from_the_means(shop: Interactions, neighbours: int) -> None:
    log_counts = np.log1p(shop.encoded.counts.toarray().astype(np.float64))
    weights = kept(np.corrcoef(log_counts), neighbours)
    mean = log_counts.mean(axis=1, keepdims=True)
    expected = mean + weights @ (log_counts - mean) / np.abs(weights).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(predicted(UserPearson, shop, neighbours), expected, rtol=1e-3, atol=1e-4)
