"""Compares CSV parsers as readers of landing files: speed, and what becomes of rows in files that went wrong.

Run: uv run python -m bench.csv_parsers [mutated files, default 1000]
"""

from __future__ import annotations

import csv
import random
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.csv as pacsv
from rich.console import Console
from rich.table import Table

from ml.landing.contract import CONTRACT
from ml.landing.limits import Limits
from ml.landing.text_files import open_text
from ml.settings import Settings
from testkit.faults.mutations import COLUMNS, Mutated, Row, broken_line, rows
from testkit.faults.odd_files import unbalanced, with_notes

_CLEAN_ROWS = 300_000
Read = tuple[list[tuple[str | None, ...]], int]
"""Accepted rows in the order of COLUMNS, and how many were refused."""


@dataclass
class _Tally:
    failed: int = 0
    lost: int = 0
    invented: int = 0
    unaccounted: int = 0


def _own(path: Path) -> Read:
    source = open_text(path, CONTRACT["interactions"], Limits.of(Settings()))
    places = [source.columns.index(name) for name in COLUMNS]
    accepted: list[tuple[str | None, ...]] = []
    refused = 0
    for chunk in source.chunks:
        accepted += [tuple(row[place] for place in places) for row in chunk.rows]
        refused += len(chunk.refused)
    return accepted, refused


def _stdlib(path: Path) -> Read:
    """Python's csv module, one record after the other; one that it refuses is skipped."""
    accepted: list[tuple[str | None, ...]] = []
    refused = 0
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as stream:
        reader = csv.reader(stream, strict=True)
        header = next(reader)
        places = [header.index(name) for name in COLUMNS]
        while True:
            try:
                fields = next(reader)
            except StopIteration:
                return accepted, refused
            except csv.Error:
                refused += 1
                continue
            if len(fields) == len(header):
                accepted.append(tuple(fields[place] for place in places))
            else:
                refused += bool(fields)


def _arrow(path: Path) -> Read:
    skipped: list[object] = []

    def skip(row: object) -> str:
        skipped.append(row)
        return "skip"

    table = pacsv.read_csv(
        path,
        parse_options=pacsv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
        convert_options=pacsv.ConvertOptions(column_types=dict.fromkeys(_names(path), pa.string())),
    )
    return list(zip(*(table[name].to_pylist() for name in COLUMNS), strict=True)), len(skipped)


def _names(path: Path) -> list[str]:
    return path.read_bytes().split(b"\n", 1)[0].decode().strip().replace('"', "").split(",")


def _duckdb(path: Path) -> Read:
    columns = ", ".join(f"'{name}': 'varchar'" for name in _names(path))
    options = f"columns = {{{columns}}}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"'"
    connection = duckdb.connect()
    query = f"select {', '.join(COLUMNS)} from read_csv(?, {options}, null_padding = false, store_rejects = true)"
    accepted = connection.execute(query, [str(path)]).fetchall()
    refused = connection.execute("select count(distinct line) from reject_errors").fetchall()[0][0]
    connection.close()
    return accepted, refused


def _polars(path: Path) -> Read:
    frame = pl.read_csv(path, infer_schema=False, ignore_errors=True, truncate_ragged_lines=True)
    return frame.select(COLUMNS).rows(), 0


PARSERS: dict[str, Callable[[Path], Read]] = {
    "ml.landing (csv, line by line)": _own,
    "csv, records skipped": _stdlib,
    "pyarrow, invalid_row_handler": _arrow,
    "DuckDB, store_rejects": _duckdb,
    "polars, ignore_errors": _polars,
}


def main() -> None:
    """Time each parser on a clean file, then judge what it makes of the same mutated files."""
    warnings.simplefilter("ignore")  # polars tells of malformed chunks
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    grid = Table(title=f"{_CLEAN_ROWS:,} clean rows; {count:,} mutated files of 6 rows")
    headings = (
        "parser",
        "rows per CPU second",
        "files failed",
        "good rows lost",
        "rows nobody wrote",
        "rows unaccounted",
    )
    for heading in headings:
        grid.add_column(heading, justify="left" if heading == "parser" else "right")
    with tempfile.TemporaryDirectory(prefix="shelduck-bench-") as scratch:
        files = _mutated(Path(scratch), count)
        clean = _clean(Path(scratch))
        for name, parse in PARSERS.items():
            began = time.process_time()
            assert len(parse(clean)[0]) == _CLEAN_ROWS
            speed = _CLEAN_ROWS / (time.process_time() - began)
            tally = _judged(parse, files)
            numbers = (tally.failed, tally.lost, tally.invented, tally.unaccounted)
            grid.add_row(name, f"{speed:,.0f}", *(f"{number:,}" for number in numbers))
    Console(width=130).print(grid)


def _clean(folder: Path) -> Path:
    path, chance = folder / "clean.csv", random.Random(1)
    some = rows(chance)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for number in range(_CLEAN_ROWS):
            writer.writerow({**some[number % len(some)], "event_id": f"e{number}"})
    return path


def _mutated(folder: Path, count: int) -> list[tuple[Path, Mutated, list[Row]]]:
    chance = random.Random(20)
    files: list[tuple[Path, Mutated, list[Row]]] = []
    while len(files) < count:
        sent = rows(chance)
        file = chance.choice((broken_line, with_notes, unbalanced))(chance, sent)
        header = file.content.split(b"\n", 1)[0]
        if file.ending == "csv" and b"\r" not in header[:-1] and b"," in header:
            path = folder / f"{len(files)}.csv"
            path.write_bytes(file.content)
            files.append((path, file, sent))
    return files


def _judged(parse: Callable[[Path], Read], files: list[tuple[Path, Mutated, list[Row]]]) -> _Tally:
    tally = _Tally()
    for path, file, sent in files:
        try:
            accepted, refused = parse(path)
        except Exception:  # each library has its own
            tally.failed += 1
            continue
        found = {row[0] for row in accepted}
        tally.lost += sum(row["event_id"] not in found for row in file.safe)
        tally.invented += sum(not _is_row(row, sent) for row in accepted)
        if file.records is not None:
            tally.unaccounted += abs(file.records - len(accepted) - refused)
    return tally


def _is_row(found: tuple[str | None, ...], sent: list[Row]) -> bool:
    """Whether the first ids are those of a row, perhaps cut off or with the quote that was put into one."""
    event, user, item = ((text or "").replace('"', "") for text in found[:3])
    return any(
        row["event_id"].startswith(event) and row["user_id"].startswith(user) and row["item_id"].startswith(item)
        for row in sent
    )


if __name__ == "__main__":
    main()
