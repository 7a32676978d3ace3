"""The shop on which growth is measured."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from ml.landing.load import land
from ml.settings import Settings
from testkit.synthetic_shop import SyntheticShop

SHOP = SyntheticShop(shoppers=60, items=80, days=9)


def test_all_that_it_writes_is_accepted(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    events = SHOP.write(settings.landing_dir)
    report = land(settings, SHOP.last_day)
    assert report.rows_read == report.rows_accepted == events + SHOP.items + SHOP.shoppers
    assert events > 100


def test_the_same_arguments_write_the_same_rows_and_shoppers_return_to_what_they_like(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        SHOP.write(tmp_path / folder)
    one, two = (pl.read_parquet(tmp_path / folder / "interactions/*/*.parquet") for folder in ("one", "two"))
    assert one.equals(two)
    again = one.group_by("user_id", "item_id").agg(pl.col("session_id").n_unique())
    assert (again["session_id"] > 1).mean() > 0.05
