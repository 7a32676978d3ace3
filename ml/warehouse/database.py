"""Small databases for people who read published tables with SQL."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ml.settings import Settings
from ml.warehouse.connection import connect, literal


def write_database(settings: Settings, path: Path, tables: Iterable[tuple[str, Path]]) -> None:
    """A new DuckDB file with one table per name and Parquet file, rows in the file's order; holds no table whole."""
    with connect(settings, path) as database:
        for name, file in tables:
            rows = f"read_parquet('{literal(file)}', hive_partitioning = false)"
            database.execute(f'create table "{name}" as select * from {rows}')
