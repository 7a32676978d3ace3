"""What is kept beside a model, and what earlier versions kept."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from ml.recommend.core.interactions import Interactions
from ml.recommend.history import read_history, write_history
from tests.recommend.conftest import AS_OF, history_of


def test_a_history_is_read_back_with_what_was_disliked(tmp_path: Path) -> None:
    frame = history_of([("ann", "tea", 1, 1)]).frame
    ratings = pl.DataFrame({"user_id": ["ann"], "item_id": ["jam"], "event_date": [AS_OF], "rating": [1.0]})
    write_history(tmp_path, Interactions(frame, ratings, 3.0))
    found = read_history(tmp_path, AS_OF, 3.0)
    assert found.frame.equals(frame) and found.disliked.rows() == [("ann", "jam")]


def test_a_history_that_an_earlier_version_kept_has_no_ratings(tmp_path: Path) -> None:
    frame = history_of([("ann", "tea", 1, 1)]).frame
    frame.write_parquet(tmp_path / "history.parquet")
    found = read_history(tmp_path, AS_OF, 0.0)
    assert found.frame.equals(frame) and found.ratings.is_empty() and found.disliked.is_empty()
