"""Parquet files of one schema, looked through together before the warehouse reads them in one statement.

To plan a statement takes longer than to read a small file, so many small days are read at once. It is for good files
alone: whenever anything is odd, each file is looked at by itself, and that says what is wrong with which.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ml.landing.parquet_files import ParquetFile, ParquetProbe, check_magic, scan, sizes
from ml.landing.refusal import RefusedFileError
from ml.landing.schema import LandingTable
from ml.warehouse.connection import DatabaseError, scan_path

_MOST_ROWS: Final = 2_000_000
_MOST_BYTES: Final = 1 << 30
"""Unpacked. Files that hold more are read one by one."""
_ELEMENT: Final = (
    "name, type, type_length, repetition_type, num_children, converted_type, scale, precision, field_id, logical_type, "
    "duckdb_type, column_id"
)
_OUR_NAMES: Final = frozenset({"file_index", "file_row_number", "filename"})


def look_through(probe: ParquetProbe, paths: Sequence[Path], table: LandingTable) -> list[ParquetFile] | None:
    """What each file says of itself, once all its values were read; None where one of them wants a closer look."""
    try:
        for path in paths:
            check_magic(path)
        rows = _rows(probe, [scan_path(path) for path in paths])
        types = probe.types(paths[0], table)
        if rows is None or not _OUR_NAMES.isdisjoint(name.lower() for name in types):
            return None
        _read(probe, paths, rows, sizes(types, [name for name in table.names if name in types]))
        return [ParquetFile(types, rows[str(path)]) for path in paths]
    except (DatabaseError, MemoryError, UnicodeError, OSError, KeyError, RefusedFileError):
        probe.close()
        return None


def _rows(probe: ParquetProbe, names: list[str]) -> dict[str, int] | None:
    """By file, its rows as the footer counts them; None where schemas differ or there is much to read."""
    query = f"select 1 from parquet_schema(?) group by {_ELEMENT} having count(*) <> ? limit 1"
    if probe.run(query, names, len(names)):
        return None
    claimed = dict(probe.run("select file_name, sum(num_rows) from parquet_file_metadata(?) group by 1", names))
    groups = probe.run(
        "select file_name, sum(rows), sum(bytes), min(least(rows, bytes)) from ("
        "select file_name, row_group_num_rows as rows, sum(total_uncompressed_size) as bytes from parquet_metadata(?) "
        "group by file_name, row_group_id, row_group_num_rows) group by 1",
        names,
    )
    held = {name: (rows, size, worst) for name, rows, size, worst in groups}
    rows = {name: probe.check_footer(count, held.get(name, (0, 0, 0))) for name, count in claimed.items()}
    is_much = sum(rows.values()) > _MOST_ROWS or sum(size for _, size, _ in held.values()) > _MOST_BYTES
    return None if is_much else rows


def _read(probe: ParquetProbe, paths: Sequence[Path], rows: dict[str, int], lengths: str) -> None:
    """Read all values, and let go of them; refuses a file that holds other rows than it claims."""
    read = probe.run(f"select filename, count(*), {lengths} from {scan(*paths)} group by 1")
    found = {name: (count, sum(held)) for name, count, *held in read}
    for name, claimed in rows.items():
        probe.check_read(claimed, *found.get(name, (0, 0)))
