"""What of an item is encoded."""

from __future__ import annotations

import polars as pl
import pytest

from ml.recommend.text_vectors.texts import texts_of


def text(**columns: str | None) -> str:
    frame = pl.DataFrame([{"item_id": "i"} | columns], schema_overrides=dict.fromkeys(columns, pl.String))
    return str(texts_of(frame)["text"].item())


def test_packages_of_one_product_have_one_text(cellar: pl.DataFrame) -> None:
    told = dict(texts_of(cellar).iter_rows())
    assert told["w2"] == told["w3"] == "Merlot red wine. WINE"
    assert len(set(told.values())) == 5


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"item_name": "Tea, green", "item_brand": "Ahmad"}, "Tea, green. Ahmad"),
        ({"item_name": "Tea", "item_brand": "Private 69"}, "Tea"),
        ({"item_name": "  Tea \n bags ", "item_category": "Tea bags"}, "Tea bags"),
        ({"item_name": "Tea", "item_category": "Food", "item_category3": "Tea bags"}, "Tea. Tea bags. Food"),
        ({"item_name": "Tea", "description": "x" * 600}, "Tea. " + "x" * 500),
        ({"item_name": ", 12 OZ", "item_category": None}, ", 12 OZ"),
        ({"item_name": None, "item_brand": None}, ""),
        ({}, ""),
    ],
)
def test_each_part_is_said_once_and_codes_and_sizes_are_not(columns: dict[str, str | None], expected: str) -> None:
    assert text(**columns) == expected
