"""A backfill asked for in the UI waits for the laptop's database instead of failing as locked."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from airflow.plugins_manager import ensure_plugins_loaded
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError

from dags.common.waiting_sqlite import _begin_to_write


@pytest.fixture
def database(tmp_path: Path) -> Engine:
    ensure_plugins_loaded()  # as every Airflow process does
    engine = create_engine(f"sqlite:///{tmp_path / 'metadata.db'}", connect_args={"timeout": 20})
    with engine.begin() as connection:
        connection.execute(text("pragma journal_mode = wal"))
        connection.execute(text("create table run (day text)"))
    return engine


def _read_then_write(database: Engine, reads: threading.Event, go_on: threading.Event) -> None:
    """What Airflow does for each run of a backfill."""
    with database.connect() as connection, connection.begin(), connection.begin_nested():
        connection.execute(text("select count(*) from run")).scalar()
        reads.set()
        go_on.wait(1)
        connection.execute(text("insert into run values ('2025-06-01')"))


def _meanwhile_written(database: Engine) -> int:
    """Another process writes between the reading and the writing; returns the rows in the end."""
    reads, go_on = threading.Event(), threading.Event()
    failures: list[BaseException] = []

    def beat() -> None:
        reads.wait(5)
        try:
            with database.begin() as connection:
                connection.execute(text("insert into run values ('heartbeat')"))
        except BaseException as failure:
            failures.append(failure)
        go_on.set()

    other = threading.Thread(target=beat)
    other.start()
    try:
        _read_then_write(database, reads, go_on)
    finally:
        other.join()
    assert failures == []
    with database.connect() as connection:
        return int(connection.execute(text("select count(*) from run")).scalar_one())


def test_a_savepoint_that_reads_and_then_writes_is_not_refused(database: Engine) -> None:
    assert _meanwhile_written(database) == 2


def test_without_it_sqlite_refuses_whatever_the_timeout(database: Engine) -> None:
    event.remove(Engine, "savepoint", _begin_to_write)
    try:
        with pytest.raises(OperationalError, match="database is locked"):
            _meanwhile_written(database)
    finally:
        event.listen(Engine, "savepoint", _begin_to_write)


def test_a_savepoint_within_a_transaction_joins_it(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text("insert into run values ('first')"))
        with connection.begin_nested() as nested:
            connection.execute(text("insert into run values ('second')"))
            nested.rollback()
    with database.connect() as connection:
        found: Any = connection.execute(text("select day from run")).scalars().all()
    assert found == ["first"]
