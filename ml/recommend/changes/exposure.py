"""Who gains and who loses the places of the shelves: items, brands, categories."""

from __future__ import annotations

from typing import Final

import polars as pl

from ml.tables import Col

GAINED: Final = "gained"
"""Change of the share of all exposure, in points of 1."""
SHARE_BEFORE, SHARE_AFTER = "share_before", "share_after"
_EXPOSURE: Final = "exposure"


def exposure(lists: pl.DataFrame, by: str) -> pl.DataFrame:
    """``by`` and its share of all exposure; a place is worth 1 / log2(rank + 1), as in DCG (Järvelin, Kekäläinen 2002).

    Args:
        lists: rank and the column ``by``; rows without a value of it are of nobody, and count.
    """
    worth = (1.0 / (pl.col(Col.rank).cast(pl.Float64) + 1.0).log(2)).round(6)
    found = lists.group_by(by).agg(worth.sort().sum().alias(_EXPOSURE))
    return found.select(by, pl.col(_EXPOSURE) / pl.col(_EXPOSURE).sort().sum()).drop_nulls(by)


def exposure_changes(before: pl.DataFrame, after: pl.DataFrame, by: str) -> pl.DataFrame:
    """``by``, SHARE_BEFORE, SHARE_AFTER, GAINED: who gained most first; equal ones by name."""
    shares = [
        exposure(before, by).rename({_EXPOSURE: SHARE_BEFORE}),
        exposure(after, by).rename({_EXPOSURE: SHARE_AFTER}),
    ]
    both = shares[0].join(shares[1], on=by, how="full", coalesce=True).with_columns(pl.exclude(by).fill_null(0.0))
    gained = (pl.col(SHARE_AFTER) - pl.col(SHARE_BEFORE)).round(9)
    return both.with_columns(gained.alias(GAINED)).sort([GAINED, by], descending=[True, False])
