"""CSV and JSONL as text columns, record by record, so that one broken line costs one record.

Blank lines are no records. Every other physical line is a row of a chunk, a part of one (a quoted text
with line breaks) or a refused row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from ml.landing.column_names import holds_control, is_name, is_value
from ml.landing.csv_layout import Layout
from ml.landing.csv_records import Records, Values, csv_records, take_record
from ml.landing.header_hints import require_columns
from ml.landing.json_records import json_records
from ml.landing.limits import Limits
from ml.landing.refusal import Refusal, RefusedFileError, RefusedRow
from ml.landing.schema import LandingTable
from ml.landing.text_lines import Line, Lines

ROW = "_row"
_CHUNK_ROWS = 100_000
_CHUNK_BYTES = 64 << 20
_MAX_COLUMNS = 10_000
_SEPARATORS: tuple[str, ...] = (",", ";", "\t", "|")
_SEPARATOR_LINE = re.compile(rb'"?sep=(.)"?', re.IGNORECASE)


@dataclass
class Chunk:
    """Some consecutive records: parallel lists of row numbers and values, and what was refused among them."""

    columns: tuple[str, ...]
    numbers: list[int] = field(default_factory=list)
    rows: list[Values] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)

    @property
    def read(self) -> int:
        """Records seen."""
        return len(self.numbers) + len(self.refused)

    def frame(self) -> pl.DataFrame:
        """Row numbers and text columns."""
        schema = dict.fromkeys(self.columns, pl.String())
        texts = pl.DataFrame(self.rows, schema=schema, orient="row") if self.rows else pl.DataFrame(schema=schema)
        return texts.insert_column(0, pl.Series(ROW, self.numbers, dtype=pl.Int64))


@dataclass(frozen=True)
class TextFile:
    """A file's contract columns, its unknown columns and its records in chunks.

    ``unknown`` is complete once the chunks have been read: a JSON object may have names that no other has.
    """

    columns: tuple[str, ...]
    unknown: dict[str, None]
    chunks: Iterator[Chunk]


def open_text(path: Path, table: LandingTable, limits: Limits) -> TextFile:
    """The records of a CSV or JSONL file as text.

    Raises:
        RefusedFileError: now (its header is unusable) or while the chunks are read (it ends too early, or is too big).
    """
    if ".jsonl" in path.name.lower():
        unknown: dict[str, None] = {}
        lines = Lines(path, limits, quoted=False)
        return TextFile(table.names, unknown, _chunks(lines, table.names, json_records(lines, table, unknown)))
    return open_csv(path, table, limits)


def open_csv(path: Path, table: LandingTable, limits: Limits) -> TextFile:
    """The records of a CSV file as text, whatever its name.

    Raises:
        RefusedFileError: as ``open_text``.
    """
    lines, unknown = Lines(path, limits, quoted=True), dict[str, None]()
    layout = _layout(lines, table)
    unknown.update(dict.fromkeys(name for name in layout.header if name not in table.names))
    columns = tuple(column.name for column in layout.columns)
    return TextFile(columns, unknown, _with_rows(_chunks(lines, columns, csv_records(lines, layout)), unknown))


def _layout(lines: Lines, table: LandingTable) -> Layout:
    first, separators = _first_line(lines), _SEPARATORS
    told = _SEPARATOR_LINE.fullmatch(first[1].rstrip(b"\r")) if first else None
    if told:
        first, separators = _first_line(lines), (told[1].decode("latin-1"),)
    if first is None:
        raise RefusedFileError(Refusal(None, "nothing", "the file has no header line", "Write the column names first"))
    names, separator = _header(first, lines, table, separators)
    repeated = [name for name in names if name in table.names and names.count(name) > 1]
    if repeated:
        raise RefusedFileError(
            Refusal(repeated[0], "a repeated header", f"the header names {repeated[0]} twice", "Name each column once")
        )
    require_columns(names, table)
    return Layout.of(separator, names, table)


def _first_line(lines: Lines) -> Line | None:
    return next((line for line in lines if line[1].strip()), None)


def _header(first: Line, lines: Lines, table: LandingTable, separators: tuple[str, ...]) -> tuple[list[str], str]:
    """The column names and the separator that makes most of them the contract's."""
    best: tuple[tuple[int, int], list[str], str] | None = None
    taken_lines: list[Line] = []
    is_broken = False
    for separator in separators:
        taken = take_record(first, lines, separator)
        is_broken |= bool(taken.fault)
        if not taken.fault:
            names = [name.strip() for name in taken.fields]
            score = (len(set(names) & set(table.names)), len(names))
            if best is None or score > best[0]:
                best, taken_lines = (score, names, separator), taken.lines
        lines.give_back(taken.lines[1:])
    if best is None or (is_broken and not best[0][0]):
        raise RefusedFileError(_no_header("the header line is not comma-separated UTF-8", "Save it as CSV UTF-8"))
    for _ in taken_lines[1:]:
        lines.more()
    _, names, separator = best
    _refuse_odd_header(names, table)
    return names, separator


def _refuse_odd_header(names: list[str], table: LandingTable) -> None:
    """Refuse a first line that is no header, before any of its texts is shown as a name."""
    if any(0xD800 <= ord(letter) < 0xE000 for name in names for letter in name):
        raise RefusedFileError(_no_header("the header line is not UTF-8", "Save it as CSV UTF-8"))
    if any(holds_control(name) for name in names):
        reason = "the header line holds control characters; are the lines ended by something else than LF?"
        raise RefusedFileError(_no_header(reason, "End lines by LF or CR LF, and separate columns by commas"))
    if len(names) > _MAX_COLUMNS:
        raise RefusedFileError(
            _no_header(f"the header has more than {_MAX_COLUMNS:,} columns", "Leave out the columns nobody needs")
        )
    if not set(table.required) <= set(names) and any(is_value(name) for name in names):
        raise RefusedFileError(
            _no_header("the first line holds values, no column names", "Write the column names as the first line")
        )


def _no_header(reason: str, remedy: str) -> Refusal:
    return Refusal(None, "an unreadable header", reason, remedy)


def _chunks(lines: Lines, columns: tuple[str, ...], records: Records) -> Iterator[Chunk]:
    chunk, began = Chunk(columns), lines.consumed
    for number, values in records:
        if isinstance(values, Refusal):
            chunk.refused.append(RefusedRow(number, values))
        else:
            chunk.numbers.append(number)
            chunk.rows.append(values)
        if chunk.read >= _CHUNK_ROWS or lines.consumed - began > _CHUNK_BYTES:
            yield chunk
            chunk, began = Chunk(columns), lines.consumed
    yield chunk


def _with_rows(chunks: Iterator[Chunk], unknown: dict[str, None]) -> Iterator[Chunk]:
    """The chunks, unless the file is one line whose "names" beside the contract's look like values."""
    read = 0
    for chunk in chunks:
        read += chunk.read
        if not read and any(name and not is_name(name) for name in unknown):
            reason = "the file is one line, and holds more than column names"
            raise RefusedFileError(_no_header(reason, "End lines by LF or CR LF"))
        yield chunk
