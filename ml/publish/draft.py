"""A draft: a day's computed tables before they are published."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

import polars as pl
from pydantic import BaseModel, ConfigDict, JsonValue

from ml.capability import Capability
from ml.durable import sync_tree, temporary_beside, write_parquet, write_parquet_in_blocks, write_text
from ml.errors import InvalidTable, NotPublished
from ml.tables import Col, Table

RECORD = "draft.json"

Rows: TypeAlias = pl.DataFrame | Iterable[pl.DataFrame]
"""A table; or a large one as blocks of rows in the order of its key, so that it need not be in memory whole."""


class Input(BaseModel):
    """One landing partition that a day was computed from."""

    model_config = ConfigDict(frozen=True)
    table: str
    arrival_date: date
    content_hash: str
    rows: int


class DraftRecord(BaseModel):
    """What ``draft.json`` says about the tables beside it.

    Attributes:
        slice: the snapshot's folder relative to the data home.
        code_revision: hash of the capability's code (``ml.code.revision``).
        upstream: by capability, the version whose tables it read.
        policy: what decided beside code and settings, such as a model; empty where nothing does.
        counts: what a reader of the manifest wants to know, such as how many lists are short.
        landed: what of the day's arrivals was refused, noticed and waived.
    """

    model_config = ConfigDict(frozen=True)
    capability: str
    as_of_date: date
    slice: str
    inputs_hash: str
    code_revision: str
    inputs: tuple[Input, ...] = ()
    upstream: dict[str, str] = {}
    policy: dict[str, JsonValue] = {}
    counts: dict[str, JsonValue] = {}
    landed: dict[str, JsonValue] = {}


@dataclass(frozen=True)
class Draft:
    """A draft that was read and checked."""

    record: DraftRecord
    tables: Mapping[str, pl.DataFrame]


def write_draft(folder: Path, capability: Capability, record: DraftRecord, tables: Mapping[str, Rows]) -> Path:
    """Write a draft in one step: the folder appears whole, in place of an earlier draft of that name.

    Raises:
        InvalidTable: a table breaks its declaration.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(folder)
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    for table in capability.outputs:
        rows, path = tables[table.name], temporary / f"{table.name}.parquet"
        if isinstance(rows, pl.DataFrame):
            write_parquet(table.checked(rows), path)
        else:
            write_parquet_in_blocks(_checked(table, rows), path)
    write_text(temporary / RECORD, record.model_dump_json(indent=2))
    sync_tree(temporary)
    shutil.rmtree(folder, ignore_errors=True)
    temporary.replace(folder)
    return folder


def _checked(table: Table, blocks: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """``blocks`` with the columns of ``table``, each above the one before by its key; an empty one if there is none."""
    last: tuple[Any, ...] | None = None
    yield table.empty()
    for block in blocks:
        if len(typed := table.checked(block)):
            first = typed.select(table.key).row(0)
            if last is not None and first <= last:
                raise _invalid_blocks(table, last, first)
            last = typed.select(table.key).row(-1)
            yield typed


def read_draft(capability: Capability, folder: Path) -> Draft:
    """The draft in ``folder``, every table checked against its schema and held in memory.

    Raises:
        NotPublished: there is no such draft.
        InvalidTable: a table is missing, unreadable, breaks its schema or is of another day.
    """
    record, tables = scan_draft(capability, folder)
    return Draft(record, {table.name: table.checked(tables[table.name].collect()) for table in capability.outputs})


def scan_draft(capability: Capability, folder: Path) -> tuple[DraftRecord, dict[str, pl.LazyFrame]]:
    """The draft in ``folder``, its tables to be read lazily: of their rows only the day has been looked at.

    Raises:
        NotPublished: there is no such draft.
        InvalidTable: a table is missing, unreadable, has other columns or is of another day.
    """
    if not (folder / RECORD).exists():
        raise NotPublished(
            f"draft {folder.name}", expected=RECORD, found="no such file", remedy=f"Run: {_again(folder.name[:10])}"
        )
    record = DraftRecord.model_validate_json((folder / RECORD).read_text(encoding="utf-8"))
    return record, {table.name: _scanned(folder, table, record.as_of_date) for table in capability.outputs}


def _scanned(folder: Path, table: Table, as_of: date) -> pl.LazyFrame:
    try:
        rows = pl.scan_parquet(folder / f"{table.name}.parquet", glob=False)
        there = rows.collect_schema()
        missing = ", ".join(name for name in table.schema if name not in there)
        if not missing and Col.as_of_date in table.schema:
            _require_day(table.name, rows.select(pl.col(Col.as_of_date).unique().sort()).collect(), as_of)
    except (OSError, pl.exceptions.PolarsError) as unreadable:
        raise _invalid(table.name, as_of, "a Parquet file in the draft", type(unreadable).__name__) from unreadable
    if missing:
        raise _invalid(table.name, as_of, f"columns {sorted(table.schema)}", f"no {missing}")
    return rows


def _require_day(name: str, frame: pl.DataFrame, as_of: date) -> None:
    days: list[Any] = frame[Col.as_of_date].to_list()
    if days not in ([], [as_of]):
        raise _invalid(name, as_of, f"rows as of {as_of}", f"rows as of {', '.join(map(str, days))}")


def _invalid_blocks(table: Table, last: tuple[Any, ...], first: tuple[Any, ...]) -> InvalidTable:
    return InvalidTable(
        table.name,
        expected=f"blocks in the order of {table.key}",
        found=f"{first} after {last}",
        remedy="Mend the code",
    )


def _invalid(name: str, as_of: date, expected: str, found: str) -> InvalidTable:
    return InvalidTable(name, expected=expected, found=found, remedy=f"Run: {_again(as_of.isoformat())}")


def _again(day: str) -> str:
    return f"shelduck run --as-of {day}"
