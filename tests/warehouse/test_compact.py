"""Compaction of the warehouse: smaller, equal, and whole after a kill at any of its steps."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from ml.errors import WarehouseBroken, WarehouseLocked
from ml.settings import Settings
from ml.warehouse import compact as module
from ml.warehouse.compact import compact
from ml.warehouse.connection import connect
from ml.warehouse.lock import warehouse_lock
from tests.holding import held

ROWS = 60_000


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home whose warehouse is mostly free blocks, with a key, a view and two schemas."""
    settings = Settings(home=tmp_path / "a 'quoted' home", lock_timeout=0.3)
    with connect(settings) as connection:
        connection.execute("create schema raw")
        connection.execute("create table raw.kept (id bigint primary key, name varchar, price decimal(9, 2))")
        connection.execute(f"insert into raw.kept select i, 'n' || i, i / 100 from range({ROWS}) as t (i)")
        connection.execute("create view kept_names as select name from raw.kept")
        connection.execute(
            "create table gone as select i, hash(i) as h, md5(i::varchar) as m from range(400000) as t (i)"
        )
    with connect(settings) as connection:
        connection.execute("drop table gone")
    return settings


def _content(settings: Settings) -> tuple[object, ...]:
    with connect(settings, read_only=True) as connection:
        rows = connection.execute("select count(*), sum(price), max(name), hash(list(id order by id)) from raw.kept")
        return (*rows.fetchall(), *connection.execute("select count(*) from kept_names").fetchall())


def test_the_file_becomes_smaller_and_holds_the_same(settings: Settings) -> None:
    before, content = settings.warehouse_path.stat().st_size, _content(settings)
    freed = compact(settings)
    after = settings.warehouse_path.stat().st_size
    assert after < before / 2 and freed.bytes == before - after
    assert _content(settings) == content
    with connect(settings) as connection, pytest.raises(Exception, match="Duplicate key"):
        connection.execute("insert into raw.kept values (7, 'again', 1)")


def test_nothing_is_written_where_the_command_was_started(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert compact(settings).count == 1
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_with_little_to_gain_is_left_alone(settings: Settings) -> None:
    compact(settings)
    inode = settings.warehouse_path.stat().st_ino
    freed = compact(settings)
    assert freed.count == 0 and "less than the 20%" in freed.note
    assert settings.warehouse_path.stat().st_ino == inode


def test_a_dry_run_estimates_and_changes_nothing(settings: Settings) -> None:
    inode = settings.warehouse_path.stat().st_ino
    freed = compact(settings, dry_run=True)
    assert freed.count == 1 and freed.bytes > 1_000_000
    assert settings.warehouse_path.stat().st_ino == inode


def test_without_a_warehouse_there_is_nothing_to_do(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert compact(settings).note == "there is none"
    assert not settings.warehouse_path.exists()


def test_it_waits_for_the_writer_and_says_who_that_is(settings: Settings) -> None:
    lock = warehouse_lock(settings, "build_shelves.build")
    with held(lock), pytest.raises(WarehouseLocked, match=r"build_shelves\.build"):
        compact(settings)


def test_a_copy_that_differs_is_thrown_away(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    content, real = _content(settings), module._contents
    monkeypatch.setattr(
        module, "_contents", lambda con, name: real(con, name) | ({"x": 1} if name == "compacted" else {})
    )
    with pytest.raises(WarehouseBroken, match="differences in x"):
        compact(settings)
    assert _content(settings) == content
    assert [path.name for path in settings.warehouse_path.parent.glob(".tmp-*")] == []


def _kill(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _after(real: Callable[..., object]) -> Callable[..., object]:
    def then_kill(*arguments: object, **named: object) -> object:
        real(*arguments, **named)
        _kill()

    return then_kill


@pytest.mark.parametrize("step", ["before comparing", "after comparing", "before the rename", "after the rename"])
def test_killed_at_any_step_it_leaves_one_whole_file(settings: Settings, step: str) -> None:
    content = _content(settings)
    child = os.fork()
    if child == 0:
        when, _, what = step.partition(" ")
        owner, name = (module, "_compare") if "comparing" in what else (Path, "replace")
        setattr(owner, name, _kill if when == "before" else _after(getattr(owner, name)))
        compact(settings)
        os._exit(3)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert _content(settings) == content
    compact(settings)
    assert _content(settings) == content
    assert list(settings.warehouse_path.parent.glob(".tmp-*")) == []
