"""Slices of the garden shop made from its files without a warehouse, for what only reads slices."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from ml.recommend.core.interactions import Interactions
from ml.settings import Settings
from ml.warehouse.slices import Slice, read_slice
from testkit.shop import TIMEZONE, write_shop
from testkit.slice_tables import layouts
from testkit.slice_tables import rules as dim_rule

DAYS = 70
EVALUATION_DAYS = 14


def garden_settings(home: Path) -> Settings:
    """The garden shop's settings, with landing files for ``DAYS`` days."""
    settings = Settings(
        home=home, timezone=TIMEZONE, evaluation_days=EVALUATION_DAYS, recipes=("popularity", "buy_it_again")
    )
    write_shop(settings.landing_dir, days=DAYS)
    return settings


def garden_slices(settings: Settings, days: Sequence[date], *rules: dict[str, Any]) -> list[Slice]:
    """History, catalogue and rules as of ``days``, in the settings' folder of slices."""
    return [_write(settings, day, rules) for day in days]


def _write(settings: Settings, day: date, rules: Sequence[dict[str, Any]]) -> Slice:
    folder = settings.slices_dir / f"{day}-by-hand"
    folder.mkdir(parents=True, exist_ok=True)
    events = pl.read_csv(settings.landing_dir / "interactions" / "*" / "*.csv", try_parse_dates=True)
    # the shop opens between nine and five (UTC), so Berlin's day is the stamp's
    sold = events.with_columns(pl.col("event_ts").dt.date().alias("event_date")).filter(pl.col("event_date") <= day)
    sold.group_by("user_id", "item_id", "event_date").agg(
        pl.len().alias("purchases"),
        pl.col("quantity").sum().cast(pl.Float64),
        pl.col("event_value").sum().cast(pl.Float64).alias("revenue"),
    ).sort("user_id", "item_id", "event_date").write_parquet(folder / "history.parquet")
    Interactions.empty().ratings.write_parquet(folder / "rating.parquet")
    dim_rule(*rules).write_parquet(folder / "dim_rule.parquet")
    layouts().write_parquet(folder / "dim_layout.parquet")
    users = pl.read_csv(settings.landing_dir / "users" / "*" / "*.csv")
    users.write_parquet(folder / "dim_user.parquet")
    items = pl.read_csv(settings.landing_dir / "items" / "*" / "*.csv")
    items.with_columns(pl.lit(True).alias("is_recommendable")).write_parquet(folder / "dim_item.parquet")
    record = {"as_of_date": day.isoformat(), "inputs_hash": f"{day:%Y%m%d}" * 8, "liked_from": 3.0, "inputs": []}
    (folder / "slice.json").write_text(json.dumps(record))
    return read_slice(folder)
