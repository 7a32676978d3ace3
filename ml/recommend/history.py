"""What a day's slice says of the past: what shoppers chose, liked and rated, and what is due again."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from ml.placements import DUE_FROM
from ml.recommend.core.interactions import Interactions
from ml.tables import Col
from ml.warehouse.slices import FEAT_USER_ITEM, HISTORY, RATING, Tables


def history_of(day: Tables) -> Interactions:
    """Everything that was known at the end of the slice's day."""
    return Interactions(day.table(HISTORY), day.table(RATING), float(day.record["liked_from"]))


def due_pairs(day: Tables) -> pl.DataFrame:
    """user_id and item_id of what is due again (``feat_user_item.due_ratio``), sorted."""
    due = day.scan(FEAT_USER_ITEM).filter(pl.col(Col.due_ratio) >= DUE_FROM)
    return due.select(Col.user_id, Col.item_id).sort(Col.user_id, Col.item_id).collect()


def write_history(folder: Path, history: Interactions) -> None:
    """Keep a history beside a model that is to answer where no day is published."""
    history.frame.write_parquet(folder / f"{HISTORY}.parquet")
    history.ratings.write_parquet(folder / f"{RATING}.parquet")


def read_history(folder: Path, liked_from: float) -> Interactions:
    """What ``write_history`` wrote; without ratings where an earlier version did."""
    frame, ratings = pl.read_parquet(folder / f"{HISTORY}.parquet", glob=False), folder / f"{RATING}.parquet"
    if not ratings.exists():
        return Interactions(frame)
    return Interactions(frame, pl.read_parquet(ratings, glob=False), liked_from)
