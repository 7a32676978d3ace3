"""Snapshots of a shop of drawn customers, as the warehouse exports them."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import polars as pl

from expectations.gates import gate_draft
from ml.capabilities import named
from ml.day import compute_day
from ml.publish.versions import publish
from ml.settings import Settings
from ml.warehouse.slices import file_hash
from tests.predictions.people import AS_OF, Shop, known_by, purchase_days

PREDICTIONS: Final = named("predictions")
SHOP: Final = Shop(shoppers=200)
FIRST: Final = AS_OF - timedelta(days=SHOP.days - 1)
RECIPE: Final = {"code": "of a test", "contracts": ["interactions"]}


def snapshot(
    settings: Settings,
    day: date,
    buys: dict[str, dict[date, float]] | None = None,
    *,
    first: date = FIRST,
    arrivals: int = 0,
) -> Path:
    """The shop as of a day.

    Args:
        first: day of the shop's history.
        arrivals: days before ``AS_OF`` on which files arrived, counted back; those up to the day are in the record.
    """
    buys = SHOP.buys() if buys is None else buys
    folder = settings.slices_dir / f"{day}-abcdefabcdef"
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "feat_customer": known_by(buys, day, first).frame,
        "customer_purchase_day": purchase_days(buys, day),
        "daily_volume": pl.DataFrame({"arrival_date": [day]}),
    }
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet")
    arrived = [AS_OF - timedelta(days=ago) for ago in range(arrivals - 1, -1, -1)]
    record = {
        "as_of_date": day.isoformat(),
        "inputs_hash": "abc",
        "inputs": [_partition(each) for each in arrived if each <= day],
        "recipe": RECIPE,
        "history_days": 365,
        "tables": {name: len(table) for name, table in tables.items()},
        "files": {name: file_hash(folder / f"{name}.parquet") for name in tables},
    }
    (folder / "slice.json").write_text(json.dumps(record))
    return folder


def _partition(day: date) -> dict[str, Any]:
    return {"table": "interactions", "arrival_date": day.isoformat(), "content_hash": f"of {day}", "rows": 9}


def published(settings: Settings, folder: Path) -> str:
    """The version that becomes of a snapshot."""
    draft = compute_day(settings, PREDICTIONS, folder)
    gate_draft(settings, PREDICTIONS, draft)
    return publish(settings, PREDICTIONS, draft, provenance={}).version_id
