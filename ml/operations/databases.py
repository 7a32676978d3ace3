"""The metadata databases of Airflow and MLflow: of another version, locked, damaged; told by what the tools say."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from ml.errors import ShelduckError


class DatabaseUnusable(ShelduckError):
    """A tool's database that is locked, damaged or of another version of the tool."""


@dataclass(frozen=True)
class Tool:
    """A tool with a database of its own: its package, the folder of its migrations, and what a new file loses."""

    name: str
    package: str
    migrations: str
    file: str
    lost: str
    upgrade: str


AIRFLOW: Final = Tool(
    name="Airflow",
    package="airflow",
    migrations="migrations/versions",
    file="airflow/airflow.db",
    lost="the history of runs is lost, no published day is",
    upgrade="Run: airflow db migrate",
)
MLFLOW: Final = Tool(
    name="MLflow",
    package="mlflow",
    migrations="store/db_migrations/versions",
    file="mlflow/mlflow.db",
    lost="the models are lost, no published day is",
    upgrade="Back mlflow/ up, then run: mlflow db upgrade sqlite:///PATH_OF_THE_FILE",
)
_REVISIONS: Final = {
    AIRFLOW: re.compile(r"Can't locate revision identified by '(\w+)'"),
    MLFLOW: re.compile(r"out-of-date database schema \(found version (\w+)"),
}
_DAMAGED: Final = ("file is not a database", "disk image is malformed", "database schema is corrupt")


def knows(tool: Tool, revision: str) -> bool:
    """Whether the installed version of ``tool`` has a migration of that name; read from its files, not imported."""
    spec = find_spec(tool.package)
    if spec is None or spec.origin is None:
        return True
    told = re.compile(rf"^revision\b[^=\n]*=\s*['\"]{re.escape(revision)}['\"]", re.MULTILINE)
    scripts = (Path(spec.origin).parent / tool.migrations).glob("*.py")
    return any(told.search(script.read_text(encoding="utf-8")) for script in scripts)


def revision(connection: sa.Connection) -> str | None:
    """The migration that a database was brought to last; None where the tool has not written any."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(sa.text("select version_num from alembic_version")).scalar()
    return None if found is None else str(found)


def newer(tool: Tool, found: str) -> DatabaseUnusable:
    """The error about a database that a newer version of its tool has written."""
    return DatabaseUnusable(
        f"{tool.name}'s database",
        expected=f"one of the installed version of {tool.name} or an older one",
        found=f"one of a newer version (its migration {found} is unknown)",
        remedy=f"Install the version that wrote it, or restore {tool.file} from a backup. Without either, move the "
        f"file away: {tool.lost}",
    )


def database_cause(error: BaseException) -> DatabaseUnusable | None:
    """What is wrong with a tool's database, by the words of an exception; None for any other exception."""
    text = str(error)
    for tool, words in _REVISIONS.items():
        if found := words.search(text):
            return _of_another_version(tool, found.group(1))
    if isinstance(error, sqlite3.Error | sa.exc.DBAPIError) or "(sqlite3." in text:
        return _of_sqlite(_tool_of(error), text)
    return None


def _of_another_version(tool: Tool, found: str) -> DatabaseUnusable:
    if not knows(tool, found):
        return newer(tool, found)
    return DatabaseUnusable(
        f"{tool.name}'s database",
        expected=f"one of the installed version of {tool.name}",
        found="one of an older version",
        remedy=tool.upgrade,
    )


def _of_sqlite(tool: Tool | None, text: str) -> DatabaseUnusable | None:
    subject = f"{tool.name}'s database" if tool else "a database in the data home"
    file = tool.file if tool else "the file"
    if "is locked" in text:
        remedy = "Wait until the other program has written, or end it; then run the same again"
        return DatabaseUnusable(subject, expected="to be free", found="in use by another program", remedy=remedy)
    if "readonly database" in text or "unable to open database file" in text:
        remedy = f"Give this user the right to write {file} and its folder. See: shelduck doctor"
        return DatabaseUnusable(subject, expected="a file that can be written", found="no permission", remedy=remedy)
    if any(words in text for words in _DAMAGED):
        lost = f": {tool.lost}" if tool else ""
        remedy = f"Restore {file} from a backup, or move it away{lost}"
        return DatabaseUnusable(subject, expected="a SQLite database", found="a damaged file", remedy=remedy)
    return None


def _tool_of(error: BaseException) -> Tool | None:
    """The tool whose code was nearest to where ``error`` was raised."""
    for folders in reversed(list(_folders(error))):
        for tool in (MLFLOW, AIRFLOW):
            if tool.package in folders:
                return tool
    return MLFLOW if type(error).__module__.startswith(MLFLOW.package) else None


def _folders(error: BaseException) -> Iterator[tuple[str, ...]]:
    trace = error.__traceback__
    while trace is not None:
        yield Path(trace.tb_frame.f_code.co_filename).parts
        trace = trace.tb_next
