"""Where shoppers and products are shown, from any page of the site."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

SHOPPER: Final = "shopper"
PRODUCT: Final = "product"
"""The look-ups of the page Shelves."""


def product_address(item_id: str) -> str:
    """Where a product is shown."""
    return _address(PRODUCT, item_id)


def shopper_address(user_id: str) -> str:
    """Where a shopper's shelves are shown."""
    return _address(SHOPPER, user_id)


def _address(look_up: str, record: str) -> str:
    return f"shelves.html#{look_up}={quote(record, safe='')}"
