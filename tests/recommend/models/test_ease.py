"""Both forms are the closed form, and too much data is refused."""

from __future__ import annotations

import numpy as np
import pytest

from ml.errors import TooLarge
from ml.recommend.core.interactions import Items
from ml.recommend.core.request import Request
from ml.recommend.models import ease
from ml.recommend.models.ease import EASE
from tests.recommend.conftest import AS_OF, random_shop


@pytest.mark.parametrize(("users", "items"), [(60, 20), (20, 60)], ids=["items fewer", "shoppers fewer"])
def test_scores_are_those_of_the_closed_form(users: int, items: int) -> None:
    history = random_shop(users=users, items=items)
    counts = history.encoded.counts.toarray().astype(np.float64)
    inverse = np.linalg.inv(np.log1p(counts).T @ np.log1p(counts) + 30.0 * np.eye(counts.shape[1]))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    expected = np.log1p(counts) @ weights
    catalogue = Items.of(history.encoded.items.ids)
    request = Request(history.encoded.users.ids.to_list(), history, catalogue, AS_OF, k=counts.shape[1])
    frame = EASE(penalty=30.0).fit(history, catalogue, AS_OF).recommend(request).frame
    found = np.zeros_like(expected)
    row, column = history.encoded.users.codes(frame["user_id"]), history.encoded.items.codes(frame["item_id"])
    found[row, column] = frame["score"].to_numpy()
    assert len(frame) == expected.size
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=2e-5)


def test_too_large_a_shop_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ease, "MOST", 10)
    history = random_shop()
    with pytest.raises(TooLarge, match=r"ease: expected at most 10 of one; found \d+ shoppers x \d+ items"):
        EASE().fit(history, Items.of(history.encoded.items.ids), AS_OF)
