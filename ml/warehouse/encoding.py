"""How a slice's tables are written as Parquet: for size and for reading a few shoppers of many."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from ml.durable import no_space

_LEVEL: Final = 6
_ROWS: Final = 1 << 17
"""Of a row group: whoever asks for some shoppers reads only the groups that hold them."""
_PAGE_BYTES: Final = 1 << 26
"""A page per row group: what repeats is found within a page."""


def write_slice_table(frame: pl.DataFrame, path: Path) -> None:
    """Write a table of a slice; equal frames give equal bytes on every machine.

    Each column has a dictionary if its first row group takes fewer bytes so.

    Raises:
        OSError: the disk is full.
    """
    table = _plain_texts(frame.to_arrow()).combine_chunks()
    first = table.slice(0, _ROWS)
    with_dictionary = [name for name in table.column_names if _has_dictionary(first.select([name]))]
    try:
        _write(table, path, with_dictionary)
    except pa.ArrowException as failed:
        if no_space(failed):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from failed
        raise


def _has_dictionary(column: pa.Table) -> bool:
    return _size(column, column.column_names) < _size(column, [])


def _size(table: pa.Table, with_dictionary: list[str]) -> int:
    sink = pa.BufferOutputStream()
    _write(table, sink, with_dictionary)
    return int(sink.tell())


def _write(table: pa.Table, sink: object, with_dictionary: list[str]) -> None:
    pq.write_table(
        table,
        sink,
        compression="zstd",
        compression_level=_LEVEL,
        use_dictionary=with_dictionary,
        row_group_size=_ROWS,
        max_rows_per_page=_ROWS,
        data_page_size=_PAGE_BYTES,
        dictionary_pagesize_limit=_PAGE_BYTES,
        store_schema=False,
    )


def _plain_texts(table: pa.Table) -> pa.Table:
    """Without Arrow's other layouts of texts, which the file would not keep."""
    schema = pa.schema(
        [pa.field(each.name, pa.string() if _is_text(each.type) else each.type) for each in table.schema]
    )
    return table.cast(schema)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
