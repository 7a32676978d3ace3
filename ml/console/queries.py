"""``shelduck sql``: published tables of all capabilities, each in one version, for a person's SQL."""

from __future__ import annotations

import csv
import json
import math
import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import Any, Final, Protocol

from rich.console import Console
from rich.table import Table

from ml.errors import NotPublished, QueryRefused
from ml.escape import visible
from ml.publish.chosen import Chosen, files_of
from ml.publish.readers import manifest, not_kept, not_kept_error
from ml.publish.removed import removed_tables
from ml.settings import Settings
from ml.tables import Table as Published
from ml.warehouse.queries import Answer, ask, database_of

SHOWN_ROWS: Final = 50


class Writer(Protocol):
    """What text is written to."""

    def write(self, text: str, /) -> int:
        """Write text."""


class Form(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def answer(settings: Settings, chosen: Chosen, query: str, write: Callable[[Answer], None]) -> None:
    """Answer ``query`` over the tables of the chosen versions, and have the answer written.

    Raises:
        QueryRefused: it cannot be answered as it is.
        NotPublished: a table's file cannot be read, or a table of the query is no longer kept.
    """
    with database_of(settings, files_of(chosen)) as database:
        try:
            write(ask(database, query))
        except QueryRefused as refused:
            raise _not_kept(chosen, query) or refused from refused


def _not_kept(chosen: Chosen, query: str) -> NotPublished | None:
    """An error about a table that the query names and whose version holds it no longer."""
    for capability, version in chosen.items():
        for name in removed_tables(version.folder):
            if name in query:
                return not_kept_error(capability, version, name)
    return None


def writer(console: Console, form: Form) -> Callable[[Answer], None]:
    """What writes an answer in ``form``."""
    out = StandardOutput()
    return {
        Form.TABLE: partial(write_table, console),
        Form.CSV: partial(write_csv, out),
        Form.JSON: partial(write_json, out),
    }[form]


def write_table(console: Console, found: Answer) -> None:
    """The first rows, and whether there are more."""
    rows = list(islice(found.rows, SHOWN_ROWS + 1))
    table = Table(box=None, pad_edge=False)
    for number, name in enumerate(found.columns):
        is_number = any(isinstance(row[number], int | float) for row in rows)
        table.add_column(name, justify="right" if is_number else "left")
    for row in rows[:SHOWN_ROWS]:
        table.add_row(*(_text(value) for value in row))
    console.print(table)
    if len(rows) > SHOWN_ROWS:
        console.print(f"the first {SHOWN_ROWS} rows of more; --format csv or json writes all of them", style="dim")


def write_csv(out: Writer, found: Answer) -> None:
    """Every row, under a line of column names; lists and structures as JSON, null as nothing."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(found.columns)
    writer.writerows([_text(value) for value in row] for row in found.rows)


def write_json(out: Writer, found: Answer) -> None:
    """Every row as an object in one list; numbers that JSON lacks are null, what it has no type for is text."""
    names, between = _distinct(found.columns), "["
    for row in found.rows:
        out.write(f"{between}\n{_json(dict(zip(names, row, strict=True)))}")
        between = ","
    out.write("\n]\n" if between == "," else "[]\n")


class StandardOutput:
    """On a terminal without control characters, in a pipe or file exactly as it is."""

    def write(self, text: str) -> int:
        """Write text."""
        return sys.stdout.write(visible(text, "\n\t") if sys.stdout.isatty() else text)


def list_tables(settings: Settings, console: Console, chosen: Chosen) -> None:
    """Every table with its rows, columns and what they hold."""
    for capability, version in chosen.items():
        console.print(f"{capability.name}  {version.id}", style="bold")
        rows = manifest(settings, capability, version.id).tables
        for table in (table for table in capability.outputs if table.name in rows):
            there = not_kept(capability, version, table.name) or f"{rows[table.name].rows:,} rows"
            console.print(f"\n{table.name}  {there}: {table.description}", highlight=False)
            console.print(_columns(table))


def _columns(published: Published) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2))
    for column in published.columns:
        key = " (key)" if column.name in published.key else ""
        table.add_row("", column.name, f"{column.kind.value}{key}", column.meaning)
    return table


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | list | dict):
        return _json(value)
    return value.hex() if isinstance(value, bytes) else str(value)


def _json(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False, default=str)


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _distinct(names: Iterable[str]) -> list[str]:
    """Names of columns, repeated ones with a number: no object has a name twice."""
    given: list[str] = []
    for name in names:
        free, number = name, 2
        while free in given:
            free, number = f"{name}_{number}", number + 1
        given.append(free)
    return given
