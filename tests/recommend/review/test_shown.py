"""What a review keeps of the shelves that would change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import cast

import polars as pl

from ml.documents import Section, shown
from ml.recommend.changes.sections import ShelfChange
from ml.recommend.outputs import PURCHASE_PROBABILITY, RECOMMENDATION
from ml.recommend.review.shown import Shown
from ml.tables import Col
from ml.warehouse.slices import Slice
from testkit.published import tables

DAY = date(2024, 3, 31)


def test_a_review_names_no_shopper() -> None:
    published = tables(DAY, "word")
    shelf = published[RECOMMENDATION.name]
    after = shelf.with_columns(pl.Series(Col.item_id, [f"other-{place}" for place in range(len(shelf))]))
    change = ShelfChange(shelf, after, None, published[PURCHASE_PROBABILITY.name])
    shoppers = set(shelf[Col.user_id])
    assert shoppers & _cells(change.sections()), "the whole comparison shows some shelves"
    kept = Shown(DAY, True, change, cast("Slice", None)).sections()
    assert kept
    assert not shoppers & _cells(kept)


def _cells(sections: Iterable[Section]) -> set[str]:
    return {shown(cell) for section in sections for row in section.rows for cell in row}
