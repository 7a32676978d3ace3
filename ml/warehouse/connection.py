"""Connections to the DuckDB file, all with the same session settings.

The file is a cache of the landing files, so damage is never repaired: it is noticed, named and the file is
built anew. DuckDB keeps a checksum of every block and compares it whenever it reads one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import duckdb

from ml.durable import no_space, temporary_beside
from ml.errors import WarehouseBroken
from ml.settings import Settings

Connection = duckdb.DuckDBPyConnection
DatabaseError = duckdb.Error
MissingTable = duckdb.CatalogException
OutOfMemory = duckdb.OutOfMemoryException

_DAMAGE: Final = (
    *("Corrupt", "checksum", "not a valid DuckDB database", "Could not read enough bytes"),
    *("database file with version", "has been invalidated", "INTERNAL Error", "Failure while replaying WAL"),
    *("WAL file", "Serialization Error"),
)
"""Words of DuckDB's about a file that cannot be trusted; it has no class of exceptions for it."""
_GLOB: Final = re.compile(r"([*?\[])")
_IN_USE: Final = ("Could not set lock on file", "Permission denied", "Read-only file system", "is a directory")


@contextmanager
def connect(settings: Settings, path: Path | None = None, *, read_only: bool = False) -> Iterator[Connection]:
    """A connection with UTC as the session's time zone; checkpoints before it closes.

    Raises:
        WarehouseBroken: the file is not a database this version can read, or a part of it is damaged.
    """
    target = path or settings.warehouse_path
    target.parent.mkdir(parents=True, exist_ok=True)
    if not read_only and not target.exists():
        _create(target, settings)
    try:
        connection = duckdb.connect(str(target), read_only=read_only, config=_config(settings))
    except duckdb.Error as refused:
        if no_space(refused) or any(words in str(refused) for words in _IN_USE):
            raise
        raise broken(target.name, str(refused)) from refused
    with damage_named(target.name):
        try:
            connection.execute("set TimeZone = 'UTC'")
            yield connection
            if not read_only:
                connection.execute("checkpoint")
        finally:
            connection.close()


def _create(target: Path, settings: Settings) -> None:
    """An empty database, there at once or not at all: half a header would be no database."""
    temporary = temporary_beside(target)
    temporary.unlink(missing_ok=True)
    try:
        duckdb.connect(str(temporary), config=_config(settings)).close()
        target.with_name(f"{target.name}.wal").unlink(missing_ok=True)  # of a file that is gone
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def damage_named(name: str) -> Iterator[None]:
    """Turns what DuckDB says when it meets a damaged part of the file ``name`` into an error that can be acted on.

    Raises:
        WarehouseBroken: the file cannot be trusted.
    """
    try:
        yield
    except duckdb.Error as failed:
        if not is_damage(str(failed)):
            raise
        raise broken(name, str(failed)) from failed


def is_damage(message: str) -> bool:
    """Whether DuckDB's words mean that the file cannot be trusted; a full disk leaves it as it was."""
    return not no_space(message) and any(words in message for words in _DAMAGE)


def broken(name: str, message: str) -> WarehouseBroken:
    """The error about the warehouse file ``name``, with DuckDB's first words and without its path."""
    first = re.sub(r' "/[^"]*"', "", message.splitlines()[0]).split(" in block")[0][:120]
    return WarehouseBroken(
        name,
        expected="an undamaged DuckDB database of a version that can be read",
        found=first.rstrip(". "),
        remedy="No row is lost, the landing files have them all. Run: shelduck rebuild",
    )


def scan_path(path: Path) -> str:
    """The path of a file as the database takes it: a glob that matches this file alone."""
    return _GLOB.sub(r"[\1]", str(path))


def literal(path: Path) -> str:
    """The same inside the quotes of SQL."""
    return scan_path(path).replace("'", "''")


def memory(settings: Settings | None = None) -> Connection:
    """A database in memory, for files that are not the open warehouse; within the settings' limits, if given."""
    connection = duckdb.connect(":memory:", config=_config(settings) if settings else {})
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
