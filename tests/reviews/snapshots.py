"""Snapshots of the made-up shop, as the warehouse exports them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl

from expectations.gates import gate_draft
from ml.capabilities import named
from ml.day import compute_day
from ml.publish.versions import publish
from ml.settings import Settings
from ml.warehouse.slices import file_hash
from tests.reviews.made_reviews import ASPECTS, items

REVIEWS = named("reviews")


def snapshot(settings: Settings, day: date, landed: pl.DataFrame, history_days: int = 365) -> Path:
    """The shop as of a day: the reviews that were written by then."""
    folder = settings.slices_dir / f"{day}-abcdefabcdef"
    folder.mkdir(parents=True)
    tables = {
        "fct_review": landed.filter(pl.col("created_date") <= day),
        "dim_review_aspect": pl.DataFrame(schema=ASPECTS),
        "dim_item": items(),
    }
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet")
    record = {
        "as_of_date": day.isoformat(),
        "inputs_hash": "abc",
        "inputs": [{"table": "reviews", "arrival_date": day.isoformat(), "content_hash": f"of {day}", "rows": 9}],
        "recipe": {"code": "of a test", "contracts": ["reviews"]},
        "history_days": history_days,
        "tables": {name: len(table) for name, table in tables.items()},
        "files": {name: file_hash(folder / f"{name}.parquet") for name in tables},
    }
    (folder / "slice.json").write_text(json.dumps(record))
    return folder


def published(settings: Settings, folder: Path) -> str:
    """The version that becomes of a snapshot."""
    draft = compute_day(settings, REVIEWS, folder)
    gate_draft(settings, REVIEWS, draft)
    return publish(settings, REVIEWS, draft, provenance={}).version_id
