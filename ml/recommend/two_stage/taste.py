"""What a shopper might like, whatever they bought: EASE, at any size of the shop."""

from __future__ import annotations

from datetime import date

from threadpoolctl import threadpool_limits

from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.needs import ShopSize
from ml.recommend.models.ease import EASE


def taste_of(history: Interactions, as_of: date) -> EASE:
    """The same whichever items are asked for."""
    with threadpool_limits(1, user_api="blas"):  # a day's lists are of this fit
        return EASE().fit(history, Items.of([]), as_of)


def memory_of_taste(shop: ShopSize) -> int:
    """Bytes that it takes, in a shop of a size."""
    return EASE().needs(shop).memory
