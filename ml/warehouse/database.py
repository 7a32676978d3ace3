"""Small databases for people who read published tables with SQL."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from ml.settings import Settings
from ml.warehouse.connection import connect


def write_database(settings: Settings, path: Path, tables: Mapping[str, pl.DataFrame]) -> None:
    """A new DuckDB file with one table per frame, rows in the frame's order."""
    with connect(settings, path) as database:
        for name, frame in sorted(tables.items()):
            database.register("frame", frame.to_arrow())
            database.execute(f'create table "{name}" as select * from frame')
            database.unregister("frame")
