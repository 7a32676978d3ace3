"""What can be said of the warehouse file by opening it."""

from __future__ import annotations

from ml.settings import Settings
from ml.warehouse.connection import connect


def storage_version(settings: Settings) -> str:
    """The oldest DuckDB that can read the file, such as ``v1.4.0+``; the caller holds the warehouse's lock.

    Raises:
        WarehouseBroken: the file is damaged, or of a version that cannot be read.
    """
    with connect(settings, read_only=True) as connection:
        query = "select tags['storage_version'] from duckdb_databases() where path is not null and not internal"
        ((found,),) = connection.execute(query).fetchall()
    return str(found or "unknown")
