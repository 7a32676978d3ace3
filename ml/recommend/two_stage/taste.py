"""What a shopper might like, whatever they bought: EASE, at any size of the shop."""

from __future__ import annotations

from datetime import date
from typing import Final

from threadpoolctl import threadpool_limits

from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.needs import ShopSize
from ml.recommend.models.ease import EASE

_EXACT: Final = 8000
"""Shoppers or items up to which EASE is solved for every item."""
_MOST_BOUGHT: Final = 4000
"""Items that it is solved for where both are more: a seventh of the cost of twice as many; the lists rank the same."""


def taste_of(history: Interactions, as_of: date) -> EASE:
    """The same whichever items are asked for."""
    encoded = history.encoded
    with threadpool_limits(1, user_api="blas"):  # a day's lists are of this fit
        return _ease(len(encoded.users), len(encoded.items)).fit(history, Items.of([]), as_of)


def memory_of_taste(shop: ShopSize) -> int:
    """Bytes that it takes, in a shop of a size."""
    return _ease(shop.shoppers, shop.items).needs(shop).memory


def _ease(shoppers: int, items: int) -> EASE:
    return EASE(most_rows=_EXACT if min(shoppers, items) <= _EXACT else _MOST_BOUGHT)
