"""Shelves to look at: a few that changed, from the least to the most, the same whenever they are chosen."""

from __future__ import annotations

import hashlib

import polars as pl

from ml.recommend.changes.lists import LIST, OVERLAP
from ml.tables import Col

_DRAW = "_draw"


def telling(changes: pl.DataFrame, number: int) -> pl.DataFrame:
    """``number`` of the lists that changed, spread evenly from small changes to large ones; the largest come first.

    Lists that changed as much are taken by a hash of the shopper's id, so that no group of ids is shown more often.
    """
    changed = changes.filter(pl.col(OVERLAP) < 1).with_columns(
        pl.col(Col.user_id).map_elements(_hash, pl.String).alias(_DRAW)
    )
    ordered = changed.sort(OVERLAP, _DRAW, *LIST).drop(_DRAW)
    if len(ordered) <= number:
        return ordered
    return ordered[[round(place * (len(ordered) - 1) / (number - 1)) for place in range(number)]]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
