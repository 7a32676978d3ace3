"""SQL of a person over Parquet files: a database in memory that knows these files and nothing else.

DuckDB gets the files as Arrow datasets and scans the columns and rows that a query needs; it opens no file itself.
So its access to files is off for good before the query comes: the query can neither read nor write any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from ml.errors import NotPublished, QueryRefused
from ml.settings import Settings
from ml.warehouse.connection import Connection, memory

_CONFINED: Final = (
    "set python_enable_replacements = false",  # names in a query are not this process's variables
    "set temp_directory = ''",  # what exceeds the memory limit is refused, not written somewhere
    "set enable_external_access = false",
    "set lock_configuration = true",
)
_READING: Final = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN, duckdb.StatementType.MULTI)
"""SHOW, DESCRIBE and SUMMARIZE count as SELECT; a PIVOT is MULTI."""
_BATCH: Final = 2_000


@dataclass(frozen=True)
class Answer:
    """The result of a query: names of columns, and rows that are fetched while they are read."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[Any, ...]]


@contextmanager
def database_of(settings: Settings, files: Mapping[tuple[str, str], Path]) -> Iterator[Connection]:
    """A database with a view per file.

    Args:
        settings: limits of memory and threads.
        files: by schema and table. A view is called ``schema.table``, and ``table`` where no other schema has one.

    Raises:
        NotPublished: a file cannot be read.
    """
    connection = memory(settings)
    try:
        names = Counter(table for _, table in files)
        for schema in dict.fromkeys(schema for schema, _ in files):
            connection.execute(f'create schema "{schema}"')
        for (schema, table), path in files.items():
            connection.register(f"{schema}.{table}", _dataset(path))
            connection.execute(f'create view "{schema}"."{table}" as select * from "{schema}.{table}"')
            if names[table] == 1:
                connection.execute(f'create view "{table}" as select * from "{schema}"."{table}"')
        for statement in _CONFINED:
            connection.execute(statement)
        yield connection
    finally:
        connection.close()


def ask(connection: Connection, query: str, values: Mapping[str, object] | None = None) -> Answer:
    """Run one statement that reads.

    Args:
        values: of its parameters, which it writes as ``$name``.

    Raises:
        QueryRefused: it is no SQL, not one statement, would change something, or fails; also while rows are read.
    """
    with _refusals(connection):
        statements = connection.extract_statements(query)
        if len(statements) != 1 or statements[0].type not in _READING:
            found = "none" if not statements else "several" if len(statements) > 1 else statements[0].type.name
            raise _refused(connection, f"{found}" if found in ("none", "several") else f"a statement {found}")
        columns = tuple(name for name, *_ in connection.execute(statements[0], values).description)
    return Answer(columns, _rows(connection))


def _rows(connection: Connection) -> Iterator[tuple[Any, ...]]:
    while True:
        with _refusals(connection):
            batch = connection.fetchmany(_BATCH)
        if not batch:
            return
        yield from batch


def _dataset(path: Path) -> Any:
    import pyarrow
    import pyarrow.dataset
    from pyarrow.fs import LocalFileSystem

    try:
        return pyarrow.dataset.dataset(str(path), format="parquet", filesystem=LocalFileSystem())
    except (OSError, pyarrow.ArrowException) as unreadable:
        version = path.parent.name
        raise NotPublished(
            f"{path.stem} of version {version}",
            expected="a readable file",
            found=type(unreadable).__name__,
            remedy=f"Run: shelduck run --as-of {version[:10]}",
        ) from unreadable


@contextmanager
def _refusals(connection: Connection) -> Iterator[None]:
    try:
        yield
    except duckdb.OutOfMemoryException as failed:
        raise _refused(connection, "one that needs more memory", "Ask for less, or raise SHELDUCK_MEMORY_LIMIT") from (
            failed
        )
    except (duckdb.Error, ValueError) as failed:  # ValueError: text that is no UTF-8, dates outside of Python's years
        hints = [line.strip() for line in str(failed).splitlines() if line.strip() and not line.startswith("LINE")]
        raise _refused(connection, " ".join(line for line in hints[:2]).rstrip("?.!")) from failed


def _refused(connection: Connection, found: str, remedy: str = "Tables and columns: shelduck sql") -> QueryRefused:
    listed = "select table_name from information_schema.tables where table_schema = 'main' order by all"
    with connection.cursor() as cursor:
        tables = ", ".join(name for (name,) in cursor.execute(listed).fetchall())
    return QueryRefused("query", expected=f"one SELECT over {tables}", found=found, remedy=remedy)
