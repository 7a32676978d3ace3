"""Small databases for people who read published tables with SQL."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from ml.settings import Settings
from ml.warehouse.connection import connect


def write_database(settings: Settings, path: Path, tables: Iterable[tuple[str, pl.DataFrame]]) -> None:
    """A new DuckDB file with one table per name and frame, rows in the frame's order; holds one frame at a time."""
    with connect(settings, path) as database:
        for name, frame in tables:
            database.register("frame", frame.to_arrow())
            database.execute(f'create table "{name}" as select * from frame')
            database.unregister("frame")
