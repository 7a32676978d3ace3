"""Connections to the DuckDB file, all with the same session settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from ml.errors import WarehouseBroken
from ml.settings import Settings

Connection = duckdb.DuckDBPyConnection
DatabaseError = duckdb.Error


@contextmanager
def connect(settings: Settings, path: Path | None = None, *, read_only: bool = False) -> Iterator[Connection]:
    """A connection with UTC as the session's time zone; checkpoints before it closes.

    Raises:
        WarehouseBroken: the file is not a database this version can read.
    """
    target = path or settings.warehouse_path
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = duckdb.connect(str(target), read_only=read_only, config=_config(settings))
    except (duckdb.SerializationException, duckdb.InvalidInputException, duckdb.IOException) as broken:
        if "lock" in str(broken).lower():
            raise
        raise WarehouseBroken(
            target.name, expected="a DuckDB database", found=type(broken).__name__, remedy="Run: shelduck rebuild"
        ) from broken
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield connection
        if not read_only:
            connection.execute("checkpoint")
    finally:
        connection.close()


def memory() -> Connection:
    """A database in memory, for reading files that are not the warehouse's."""
    connection = duckdb.connect(":memory:")
    connection.execute("set TimeZone = 'UTC'")
    return connection


def _config(settings: Settings) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "threads": settings.threads,
        "memory_limit": settings.memory_limit,
        "storage_compatibility_version": "v1.4.0",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
