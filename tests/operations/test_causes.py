"""What a person reads instead of a traceback, by causing the failures for real where that is possible."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from pydantic import BaseModel, ValidationError

from ml.errors import DayNotClosed, DiskFull, ShelduckError
from ml.operations.causes import (
    AccessRefused,
    InstallationIncomplete,
    MemoryShort,
    ServerSilent,
    TableDamaged,
    TextRefused,
    known_cause,
    place,
    told,
)
from ml.operations.child_reports import last_words, reported
from ml.operations.databases import AIRFLOW, MLFLOW, DatabaseUnusable, Tool, knows
from ml.registry.client import connect as connect_mlflow
from ml.setting_forms import SettingRefused
from ml.settings import Settings
from testkit.damaged_files import damage_rows

pytestmark = pytest.mark.slow


def _raised(work: Callable[[], object]) -> BaseException:
    with pytest.raises(BaseException) as caught:
        work()
    return caught.value


def _cause(work: Callable[[], object]) -> ShelduckError:
    found = known_cause(_raised(work))
    assert found is not None
    return found


def _os_error(number: int) -> None:
    raise OSError(number, os.strerror(number), "/srv/shop/landing/items")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENOENT])
def test_what_the_system_refuses_names_the_file_without_its_path(number: int) -> None:
    found = _cause(lambda: _os_error(number))
    assert isinstance(found, AccessRefused) and found.subject == "landing/items"
    assert "/srv" not in str(found) and "shelduck doctor" in found.remedy


def test_a_table_that_cannot_be_read_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pl.DataFrame({"item_id": ["a", "b"]}).write_parquet(path)
    damage_rows(path)
    found = _cause(lambda: pl.scan_parquet(path).collect())
    assert isinstance(found, TableDamaged) and found.found.startswith("parquet: ") and str(tmp_path) not in str(found)
    assert "shelduck run --as-of" in found.remedy and "shelduck doctor" in found.remedy


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_one_whoever_noticed_it(number: int) -> None:
    assert isinstance(_cause(lambda: _os_error(number)), DiskFull)
    wrapped = sa.exc.OperationalError("insert", {}, sqlite3.OperationalError("database or disk is full"))
    assert isinstance(known_cause(wrapped), DiskFull)


def test_a_folder_in_place_of_a_file_and_the_other_way_round(tmp_path: Path) -> None:
    assert "a folder in its place" in _cause(tmp_path.read_text).found
    (tmp_path / "file").touch()
    assert "a file in its place" in _cause((tmp_path / "file" / "x").mkdir).found


def test_a_wrong_setting_is_told_as_one_and_another_models_fault_is_not() -> None:
    assert isinstance(_cause(lambda: Settings(k=0)), SettingRefused)

    class Pin(BaseModel):
        version: str

    other = _raised(lambda: Pin(version=1))  # type: ignore[arg-type]
    assert isinstance(other, ValidationError) and known_cause(other) is None


def test_memory_a_missing_library_a_silent_server_and_bytes_that_are_no_text_are_known(tmp_path: Path) -> None:
    assert isinstance(known_cause(MemoryError()), MemoryShort)
    assert isinstance(_cause(lambda: __import__("no_such_library")), InstallationIncomplete)
    assert isinstance(_cause(lambda: (tmp_path / "x").write_text("\udcff", encoding="utf-8")), TextRefused)
    refusing = Settings(home=tmp_path, mlflow_tracking_uri="http://127.0.0.1:9")
    silent = _cause(lambda: connect_mlflow(refusing).search_experiments())
    assert isinstance(silent, ServerSilent) and "SHELDUCK_MLFLOW_TRACKING_URI" in silent.remedy


def test_a_cause_is_found_behind_other_errors_and_an_own_error_stays_what_it_is() -> None:
    own = DayNotClosed("day 2025-07-01", expected="its mark", found="none", remedy="Run: shelduck close 2025-07-01")
    wrapped = RuntimeError("a library's own words")
    wrapped.__cause__ = own
    assert known_cause(wrapped) is known_cause(own) is own
    assert told(own) == ("DayNotClosed: day 2025-07-01: expected its mark; found none", own.remedy)
    assert told(KeyError("x")) == ("KeyError: 'x'", "")


@pytest.mark.parametrize("tool", [AIRFLOW, MLFLOW], ids=lambda tool: tool.name)
def test_the_installed_version_knows_its_own_migrations_and_no_later_one(tool: Tool) -> None:
    heads = {"Airflow": "d2f4e1b3c5a7", "MLflow": "dc11669786a5"}
    assert knows(tool, heads[tool.name])
    assert not knows(tool, "ffffffffffff") and not knows(tool, ".*")


@contextlib.contextmanager
def _mlflow_database(settings: Settings, *statements: str) -> Iterator[sqlite3.Connection]:
    connect_mlflow(settings).search_experiments()
    with contextlib.closing(sqlite3.connect(settings.mlflow_database)) as database:
        for statement in statements:
            database.execute(statement)
            database.commit()
        yield database


@pytest.mark.parametrize(
    ("revision", "found", "remedy"),
    [
        ("ffffffffffff", "newer version (its migration ffffffffffff is unknown)", "restore mlflow/mlflow.db"),
        ("90e64c465722", "an older version", "mlflow db upgrade"),
    ],
)
def test_mlflows_database_of_another_version_is_told_apart(
    tmp_path: Path, revision: str, found: str, remedy: str
) -> None:
    settings = Settings(home=tmp_path)
    with _mlflow_database(settings, f"update alembic_version set version_num = '{revision}'"):
        from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

        address = f"{settings.tracking_uri}?fresh={revision}"  # MLflow keeps engines by address
        cause = _cause(lambda: SqlAlchemyStore(address, str(tmp_path)))
    assert isinstance(cause, DatabaseUnusable) and cause.subject == "MLflow's database"
    assert found in cause.found and remedy in cause.remedy


def test_a_locked_database_is_told_with_its_tool() -> None:
    from mlflow.exceptions import MlflowException

    locked = MlflowException("(sqlite3.OperationalError) database is locked\n[SQL: UPDATE runs SET ...]")
    cause = known_cause(locked)
    assert isinstance(cause, DatabaseUnusable)
    assert (cause.subject, cause.found) == ("MLflow's database", "in use by another program")
    assert "SQL" not in str(cause) and "run the same again" in cause.remedy


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"no database at all" * 100)
    with contextlib.closing(sqlite3.connect(tmp_path / "x.db")) as database:
        assert "damaged" in _cause(lambda: database.execute("select * from x")).found


def test_a_child_tells_its_parent_what_ended_it(capfd: pytest.CaptureFixture[str]) -> None:
    assert reported(lambda: None) == 0 and capfd.readouterr().err == ""
    assert reported(lambda: _os_error(errno.ENOSPC)) == 1
    found, remedy = last_words(b"Airflow's own words\n" + capfd.readouterr().err.encode(), 1)
    assert found.startswith("DiskFull: ") and "Free space" in remedy


@pytest.mark.parametrize(
    ("output", "code", "found", "remedy"),
    [
        (b"", 1, "its process ended early and wrote nothing", "See: shelduck doctor"),
        (b"Traceback\nOddError: no idea\n\n", 1, "its process ended early: OddError: no idea", ""),
        (b"whatever", -9, "its process was ended by SIGKILL", "SHELDUCK_MEMORY_LIMIT"),
        (b"whatever", -15, "its process was ended by SIGTERM", "Run the same command again"),
    ],
)
def test_a_child_that_could_not_tell_is_described_by_what_it_left(
    output: bytes, code: int, found: str, remedy: str
) -> None:
    words = last_words(output, code)
    assert words[0] == found and remedy in words[1]


def test_a_place_is_two_names_without_control_characters() -> None:
    assert place("/home/ana/shop/landing/\x1b[31mitems") == "landing/?[31mitems"
    assert place(b"x\xff") == "x\ufffd" and place("/") == "/"
