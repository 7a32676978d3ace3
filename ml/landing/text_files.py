"""CSV and JSONL as text columns, line by line, so that one broken line costs one record.

A record is one physical line. Blank lines are no records. Every other line is either a row of a
chunk or a refused row.
"""

from __future__ import annotations

import csv
import difflib
import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

import polars as pl

from ml.landing.contract import MAX_LINE_BYTES
from ml.landing.refusal import Refusal, RefusedFileError, RefusedRow
from ml.landing.schema import LandingTable

ROW = "_row"
_CHUNK_ROWS = 100_000
_READ_BYTES = 1 << 20
_BOM = b"\xef\xbb\xbf"
_LINE_BREAK_REMEDY = "Check its quotes; texts with line breaks need JSONL or Parquet"

Values = list[str | None]


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
    """A file's contract columns, its unknown columns and its records in chunks."""

    columns: tuple[str, ...]
    unknown: tuple[str, ...]
    chunks: Iterator[Chunk]


def open_text(path: Path, table: LandingTable) -> TextFile:
    """The records of a CSV or JSONL file as text.

    Raises:
        RefusedFileError: now (its header is unusable) or while the chunks are read (it ends too early).
    """
    lines = _lines(path)
    if ".jsonl" in path.name:
        return TextFile(table.names, (), _chunks(lines, table.names, _json_parser(table)))
    header = _header(lines, table)
    known = tuple(name for name in header if name in table.names)
    unknown = tuple(name for name in header if name not in table.names)
    return TextFile(known, unknown, _chunks(lines, known, _csv_parser(header, known)))


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Numbered lines without their ends; blank ones are left out."""
    number = 0
    with _opened(path) as stream:
        for number, line in enumerate(_raw_lines(stream), start=1):
            text = line.removeprefix(_BOM) if number == 1 else line
            text = text.removesuffix(b"\r")
            if text.strip():
                yield number, text


def _raw_lines(stream: BinaryIO) -> Iterator[bytes]:
    tail = b""
    try:
        while block := stream.read(_READ_BYTES):
            *whole, tail = (tail + block).split(b"\n")
            yield from whole
            if len(tail) > MAX_LINE_BYTES:
                raise RefusedFileError(
                    Refusal(None, "a line without an end", "a line is longer than 16 MiB", "End records with a newline")
                )
    except (EOFError, OSError, zlib.error) as broken:
        if isinstance(broken, OSError) and broken.errno is not None:
            raise  # the disk's fault; the file may be good (gzip's own errors carry no number)
        raise RefusedFileError(
            Refusal(
                None, "unreadable bytes", f"the file cannot be read to its end ({_cause(broken)})", "Upload it again"
            )
        ) from broken
    if tail:
        yield tail


def _cause(broken: Exception) -> str:
    return "truncated" if isinstance(broken, EOFError) else type(broken).__name__


def _opened(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if path.name.endswith(".gz") else path.open("rb")


def _header(lines: Iterator[tuple[int, bytes]], table: LandingTable) -> list[str]:
    first = next(lines, None)
    if first is None:
        raise RefusedFileError(Refusal(None, "nothing", "the file has no header line", "Write the column names first"))
    try:
        names = [name.strip() for name in _fields(first[1].decode())]
    except (UnicodeDecodeError, csv.Error) as broken:
        raise RefusedFileError(
            Refusal(
                None, "an unreadable header", "the header line is not comma-separated UTF-8", "Save it as CSV UTF-8"
            )
        ) from broken
    repeated = [name for name in names if name in table.names and names.count(name) > 1]
    if repeated:
        raise RefusedFileError(
            Refusal(repeated[0], "a repeated header", f"the header names {repeated[0]} twice", "Name each column once")
        )
    require_columns(names, table)
    return names


def require_columns(names: list[str], table: LandingTable) -> None:
    """Refuse a file without one of the table's required columns.

    Raises:
        RefusedFileError: naming the first one that is missing, and a header that looks like it.
    """
    missing = [name for name in table.required if name not in names]
    if not missing:
        return
    spare = {name.lower(): name for name in names if name not in table.names}
    similar = difflib.get_close_matches(missing[0], spare, 1)
    hint = f"; rename {spare[similar[0]]}?" if similar else ""
    separator = "; separate columns by commas" if len(names) == 1 and (";" in names[0] or "\t" in names[0]) else ""
    reason = f"required column {missing[0]} is missing" + (f" (also {', '.join(missing[1:])})" if missing[1:] else "")
    raise RefusedFileError(Refusal(missing[0], "no column", reason, f"Add the column {missing[0]}{hint}{separator}"))


def _chunks(
    lines: Iterator[tuple[int, bytes]], columns: tuple[str, ...], parse: Callable[[str], Values | Refusal]
) -> Iterator[Chunk]:
    chunk = Chunk(columns)
    for number, line in lines:
        try:
            values = parse(line.decode())
        except UnicodeDecodeError:
            values = Refusal(None, "bytes that are no UTF-8", "the line is not UTF-8", "Save the file as UTF-8")
        if isinstance(values, Refusal):
            chunk.refused.append(RefusedRow(number, values))
        else:
            chunk.numbers.append(number)
            chunk.rows.append(values)
        if chunk.read >= _CHUNK_ROWS:
            yield chunk
            chunk = Chunk(columns)
    yield chunk


def _fields(line: str) -> list[str]:
    """A CSV line's fields; raises csv.Error where quotes do not close on it."""
    return next(csv.reader([line], strict=True)) if '"' in line else line.split(",")


def _csv_parser(header: list[str], known: tuple[str, ...]) -> Callable[[str], Values | Refusal]:
    places = [header.index(name) for name in known]
    width = len(header)

    def parse(line: str) -> Values | Refusal:
        try:
            fields = _fields(line)
        except csv.Error as broken:
            cause = "a quote does not close on its line" if "end of data" in str(broken) else f"no CSV: {broken}"
            return Refusal(None, f"a line of {len(line)} characters", cause, _LINE_BREAK_REMEDY)
        if len(fields) != width:
            reason = f"the line has {len(fields)} fields where the header has {width}"
            return Refusal(None, f"a line of {len(line)} characters", reason, "Quote texts that hold commas")
        return [fields[place] for place in places]

    return parse


def _json_parser(table: LandingTable) -> Callable[[str], Values | Refusal]:
    decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_object)
    names = table.names

    def parse(line: str) -> Values | Refusal:
        kind = f"a line of {len(line)} characters"
        try:
            record = decoder.decode(line)
        except (ValueError, RecursionError):
            return Refusal(None, kind, "the line is not JSON", "Write one JSON object per line, each name once")
        if not isinstance(record, dict):
            return Refusal(None, kind, "the line is JSON but no object", 'Write objects: {"column": value}')
        nested = [name for name in names if isinstance(record.get(name), dict | list)]
        if nested:
            return Refusal(nested[0], "an object or a list", f"{nested[0]} is nested", "Write plain values")
        values = [_json_text(record.get(name)) for name in names]
        if "\\u" in line and not _encodable(values):
            return Refusal(None, kind, "the line holds half a character", "Write characters beyond U+FFFF as UTF-8")
        return values

    return parse


def _encodable(values: Values) -> bool:
    try:
        "".join(filter(None, values)).encode()
    except UnicodeEncodeError:
        return False
    return True


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record = dict(pairs)
    if len(record) != len(pairs):
        raise ValueError("a name is repeated")
    return record


def _json_text(value: object) -> str | None:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
