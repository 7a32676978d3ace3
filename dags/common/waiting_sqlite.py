"""Lets a transaction of SQLite that begins with a savepoint wait for its turn to write.

Airflow makes a backfill's runs each in a savepoint that reads first and writes then. SQLite refuses such a
transaction at once, whatever its timeout, when anybody wrote in between (the heartbeat of the scheduler is
enough), and the UI shows "Database is locked". A transaction that asks to write from the beginning waits.
"""

from __future__ import annotations

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine


def wait_at_savepoints() -> None:
    """From now on, in this process; other databases than SQLite are left alone. Calling it again changes nothing."""
    if not event.contains(Engine, "savepoint", _begin_to_write):
        event.listen(Engine, "savepoint", _begin_to_write)


def _begin_to_write(connection: Connection, _name: str) -> None:
    if connection.dialect.name != "sqlite":
        return
    database = connection.connection.dbapi_connection
    if database is not None and not getattr(database, "in_transaction", True):
        database.cursor().execute("begin immediate")
