"""A day of a shop that publishes nothing of what products are related to, for the assistant's own rules."""

from __future__ import annotations

from typing import cast

import polars as pl

from ml.day import Day

_RELATED = pl.DataFrame(
    schema={"relation": pl.String, "item_id": pl.String, "rank": pl.Int32, "related_item_id": pl.String}
)


class _Day:
    """What the assistant asks of a day about products."""

    def scan_published(self, capability: str, table: str) -> pl.LazyFrame:
        assert (capability, table) == ("recommend", "similar_item")
        return _RELATED.lazy()

    def has_upstream(self, capability: str) -> bool:
        assert capability == "reviews"
        return False


def day_of_shop() -> Day:
    """The day."""
    return cast(Day, _Day())
