"""A small shop of wine, tea and soap."""

from __future__ import annotations

import polars as pl
import pytest

WINE = [
    ("w1", "Rioja red wine, 0.75 L", "Casa", "WINE"),
    ("w2", "Merlot red wine, 0.75 L", "National 12", "WINE"),
    ("w3", "Merlot red wine, 1.5 L", "National 12", "WINE"),
    ("t1", "Green tea, 20 CT", "National 7", "TEA"),
    ("t2", "Black tea, 20 CT", "National 7", "TEA"),
    ("s1", "Washing powder, 3 LB", "Clean", "HOUSEHOLD"),
]


@pytest.fixture
def cellar() -> pl.DataFrame:
    """Six recommendable items, w2 and w3 of one text."""
    frame = pl.DataFrame(WINE, schema=["item_id", "item_name", "item_brand", "item_category"], orient="row")
    return frame.with_columns(is_recommendable=True)
