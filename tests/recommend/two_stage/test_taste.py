"""The taste generator: exact up to a size of the shop, of the items that are bought the most above it."""

from __future__ import annotations

import pytest

from ml.recommend.core.needs import ShopSize
from ml.recommend.models.ease import EASE
from ml.recommend.two_stage import taste
from tests.recommend.conftest import AS_OF, random_shop


@pytest.mark.parametrize(("exact", "known"), [(12, 30), (11, 5)])
def test_above_a_size_it_is_solved_for_the_most_bought_items(
    monkeypatch: pytest.MonkeyPatch, exact: int, known: int
) -> None:
    shop = random_shop(seed=5, users=12, items=30, events=900)
    monkeypatch.setattr(taste, "_EXACT", exact)
    monkeypatch.setattr(taste, "_MOST_BOUGHT", 5)
    assert (len(shop.encoded.users), len(shop.encoded.items)) == (12, 30)
    assert len(taste.taste_of(shop, AS_OF).fitted.items) == known


def test_a_large_shop_takes_a_quarter_of_what_ease_takes_of_it_by_default() -> None:
    exact, large = ShopSize(8000, 20_000, pairs=1000), ShopSize(200_000, 20_000, pairs=1000)
    assert taste.memory_of_taste(exact) == EASE().needs(exact).memory
    assert 0 < taste.memory_of_taste(large) < EASE().needs(large).memory / 3
