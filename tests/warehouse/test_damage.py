"""A file that cannot be trusted is refused with the way out, wherever the damage is met; a full disk is no damage."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from ml.errors import BuildFailed, WarehouseBroken
from ml.settings import Settings
from ml.warehouse import dbt
from ml.warehouse.connection import DatabaseError, connect

ROWS = 200_000
READ = "select count(*), sum(number), max(word) from t"
REMEDY = "No row is lost, the landing files have them all. Run: shelduck rebuild"


@pytest.fixture
def warehouse(settings: Settings) -> Path:
    """A file of some blocks."""
    with connect(settings) as connection:
        connection.execute(f"create table t as select range as number, md5(range::varchar) as word from range({ROWS})")
    return settings.warehouse_path


def _overwrite(offset: int, content: bytes) -> Callable[[Path], object]:
    def damage(path: Path) -> None:
        with path.open("r+b") as file:
            file.seek(offset)
            file.write(content)

    return damage


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (lambda path: path.write_bytes(b""), "not a valid DuckDB database"),
        (lambda path: path.write_text("id,name\n1,a list of names\n" * 300), "not a valid DuckDB database"),
        (lambda path: path.write_bytes(path.read_bytes()[:100]), "Could not read enough bytes from file"),
        (_overwrite(12, (9_999).to_bytes(8, "little")), "Corrupt database file: computed checksum"),
        (_overwrite(4096, b"\xff" * 64), "Corrupt database file: computed checksum"),
        (_overwrite(8192 + 700, b"\xff" * 64), "Corrupt database file: computed checksum"),
        (_overwrite(3 * 4096 + 262144 + 5000, b"\xff" * 64), "Corrupt database file: computed checksum"),
        (_cut, "Could not read enough bytes from file"),
    ],
    ids=["empty", "foreign", "stub", "version", "header", "second header", "middle", "cut off"],
)
def test_a_damaged_file_is_refused_with_the_remedy(
    settings: Settings, warehouse: Path, damage: Callable[[Path], object], found: str
) -> None:
    damage(warehouse)
    with pytest.raises(WarehouseBroken) as refused, connect(settings) as connection:
        connection.execute(READ).fetchall()
    text = str(refused.value)
    assert text.startswith("WarehouseBroken: shelduck.duckdb: expected an undamaged DuckDB database") and found in text
    assert text.endswith(REMEDY) and str(settings.home) not in text


def test_a_file_of_an_older_storage_version_is_read(settings: Settings, tmp_path: Path) -> None:
    older = tmp_path / "older.duckdb"
    with connect(settings) as connection:
        connection.execute(f"attach '{older}' as older (storage_version 'v1.0.0')")
        connection.execute("create table older.t as select 7 as n")
        connection.execute("detach older")
    with connect(settings, older) as connection:
        assert connection.execute("select n from t").fetchall() == [(7,)]


def test_a_file_of_a_newer_storage_version_is_refused(
    settings: Settings, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def newer(*_: object, **__: object) -> None:
        raise DatabaseError("IO Error: Trying to read a database file with version number 99, but we can only read 64")

    monkeypatch.setattr("ml.warehouse.connection.duckdb.connect", newer)
    with pytest.raises(WarehouseBroken, match=r"file with version number 99.*shelduck rebuild"), connect(settings):
        pass


def _commit_and_die(path: Path) -> None:
    write = f"c = duckdb.connect({str(path)!r}); c.execute('create table late (n int)')"
    died = subprocess.run([sys.executable, "-c", f"import duckdb, os; {write}; os.kill(os.getpid(), 9)"], check=False)
    assert died.returncode == -9


def test_a_deleted_file_is_made_anew_and_its_old_log_is_not_replayed(settings: Settings, warehouse: Path) -> None:
    log = warehouse.with_name(f"{warehouse.name}.wal")
    _commit_and_die(warehouse)
    assert log.stat().st_size > 0
    warehouse.unlink()
    with connect(settings) as connection:
        assert connection.execute("select table_name from duckdb_tables()").fetchall() == []


def test_a_log_of_another_file_is_refused(settings: Settings, warehouse: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.duckdb"
    _commit_and_die(other)
    Path(f"{other}.wal").replace(f"{warehouse}.wal")
    with pytest.raises(WarehouseBroken, match="shelduck rebuild"), connect(settings):
        pass


def test_a_file_in_use_is_not_called_damaged(settings: Settings, warehouse: Path) -> None:
    hold = f"import duckdb; c = duckdb.connect({str(warehouse)!r}); print('open', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"open\n"
        with pytest.raises(DatabaseError, match="Could not set lock on file"), connect(settings):
            pass
        holder.kill()


def test_a_mistake_in_sql_is_not_called_damage(settings: Settings, warehouse: Path) -> None:
    with pytest.raises(DatabaseError, match="does not exist"), connect(settings) as connection:
        connection.execute("select * from nowhere")


def _ended(message: str) -> SimpleNamespace:
    node = SimpleNamespace(
        node=SimpleNamespace(name="feat_user"), status=SimpleNamespace(value="error"), execution_time=0, message=message
    )
    return SimpleNamespace(success=False, result=SimpleNamespace(results=[node]), exception=None)


def test_damage_that_dbt_meets_is_refused_the_same_and_other_failures_are_not(settings: Settings) -> None:
    with pytest.raises(WarehouseBroken, match=r"computed checksum 1 does not match.*shelduck rebuild"):
        dbt._report(settings, "build", _ended("Corrupt database file: computed checksum 1 does not match 2"))
    with pytest.raises(BuildFailed, match="feat_user: Binder Error"):
        dbt._report(settings, "build", _ended("Binder Error: no such column"))
    with pytest.raises(BuildFailed, match="No space left on device"):
        dbt._report(settings, "build", _ended("FATAL Error: has been invalidated: No space left on device"))
