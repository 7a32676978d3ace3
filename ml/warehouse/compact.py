"""Gives the warehouse file's free blocks back to the disk: DuckDB reuses them, but never shrinks a file."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from ml.cleanup import Cleanup
from ml.durable import TEMPORARY, sync, temporary_beside, writing
from ml.errors import WarehouseBroken
from ml.settings import Settings
from ml.warehouse.connection import Connection, connect, damage_named, memory
from ml.warehouse.lock import warehouse_lock

WHAT: Final = "warehouse files with free space"
_WORTH_IT: Final = 0.2
"""The share of free blocks from which a copy is worth its time."""
_OLD, _NEW = "shelduck", "compacted"  # views name no database, but the file is called like the first


def compact(settings: Settings, *, dry_run: bool = False, holder: str = "shelduck") -> Cleanup:
    """Copy the warehouse into a new file, compare every table's rows, put it in place with one rename.

    Killed at any point it leaves the old file or the new one, both whole. Does nothing when less than a fifth
    of the file is free.

    Raises:
        WarehouseBroken: the file is damaged, or the copy is not equal to it.
        WarehouseLocked: another writer did not finish in time.
        DiskFull: there is no room for the copy.
    """
    path = settings.warehouse_path
    with warehouse_lock(settings, holder):
        for leftover in path.parent.glob(f"{TEMPORARY}{path.name}-*"):
            leftover.unlink()
        if not path.exists():
            return Cleanup(WHAT, note="there is none")
        before, share = path.stat().st_size, _free_share(settings)
        if share < _WORTH_IT:
            return Cleanup(WHAT, note=f"{share:.0%} of it is free, less than the {_WORTH_IT:.0%} that are worth a copy")
        if dry_run:
            return Cleanup(WHAT, 1, round(before * share), "an estimate")
        with writing(f"compact {path.name}"):
            _swap(settings, path)
        return Cleanup(WHAT, 1, max(before - path.stat().st_size, 0), f"{share:.0%} of it was free")


def _free_share(settings: Settings) -> float:
    """Of all blocks; what a killed writer left in the log is settled first."""
    with connect(settings) as connection:
        connection.execute("checkpoint")
        query = "select total_blocks, free_blocks from pragma_database_size()"
        ((total, free),) = connection.execute(query).fetchall()
    return free / total if total else 0.0


def _swap(settings: Settings, path: Path) -> None:
    copy = temporary_beside(path)
    try:
        with damage_named(path.name), memory(settings) as connection:
            connection.execute(f"attach '{_quoted(path)}' as {_OLD} (read_only)")
            connection.execute(f"attach '{_quoted(copy)}' as {_NEW} (storage_version 'v1.4.0')")
            connection.execute(f"copy from database {_OLD} to {_NEW}")
            _compare(connection, path.name)
            connection.execute(f"checkpoint {_NEW}")
            connection.execute(f"detach {_NEW}")
        sync(copy)
        copy.replace(path)
        sync(path.parent)
    finally:
        for leftover in path.parent.glob(f"{copy.name}*"):
            leftover.unlink()


def _compare(connection: Connection, name: str) -> None:
    old, new = _contents(connection, _OLD), _contents(connection, _NEW)
    if old != new:
        wrong = sorted(table for table in old.keys() | new.keys() if old.get(table) != new.get(table))
        raise WarehouseBroken(
            f"copy of {name}",
            expected="the tables, views and rows of the original",
            found=f"differences in {', '.join(wrong)}",
            remedy="The original was kept. Run: shelduck rebuild",
        )


def _contents(connection: Connection, database: str) -> dict[str, int]:
    """Rows per table; views with -1."""
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables() where database_name = ? and not internal", [database]
    ).fetchall()
    views = connection.execute(
        "select schema_name, view_name from duckdb_views() where database_name = ? and not internal", [database]
    ).fetchall()
    counted = {
        f"{schema}.{table}": connection.execute(f'select count(*) from {database}."{schema}"."{table}"').fetchall()
        for schema, table in tables
    }
    return {name: int(rows[0][0]) for name, rows in counted.items()} | {f"{s}.{v}": -1 for s, v in views}


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
