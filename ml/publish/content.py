"""Canonical content hashes of tables: of values and types, never of file bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from ml.tables import Table

_FORMAT = b"shelduck-table-1"


def table_hash(table: Table, frame: pl.DataFrame) -> str:
    """The sha256, in hex, of a frame as its table types and sorts it; see ``hash_of``.

    Raises:
        InvalidTable: the frame is not such a table.
    """
    return hash_of(table, table.checked(frame).lazy())


def hash_of(table: Table, rows: pl.LazyFrame) -> str:
    """The sha256, in hex, of rows that ``Table.scanned`` gave; one column after the other is read and held.

    Hashed per column: name, type, null mask, then numbers as little-endian bytes, texts as UTF-8 and
    bytes as they are behind their lengths, lists as lengths and elements. File layout, thread count and row order
    in the input do not matter.
    """
    digest = hashlib.sha256(_FORMAT)
    _add(digest, f"{table.name}:{rows.select(pl.len()).collect().item()}".encode())
    for name in table.schema:
        column = rows.select(name).collect().to_series()
        _add(digest, f"{column.name}:{column.dtype}".encode())
        _add_values(digest, column)
    return digest.hexdigest()


def content_hash(as_of: date, table_hashes: Mapping[str, str]) -> str:
    """One sha256, in hex, for all tables of a day."""
    digest = hashlib.sha256(_FORMAT)
    for part in (as_of.isoformat(), *(f"{name}:{table_hashes[name]}" for name in sorted(table_hashes))):
        _add(digest, part.encode())
    return digest.hexdigest()


def _add(digest: hashlib._Hash, part: bytes) -> None:
    digest.update(len(part).to_bytes(8, "little"))
    digest.update(part)


def _add_joined(digest: hashlib._Hash, texts: pl.Series, lengths: pl.Series) -> None:
    """``_add`` of all texts (or bytes), one after the other; no more than a chunk of them is copied."""
    digest.update(int(lengths.sum()).to_bytes(8, "little"))
    for chunk in texts.get_chunks():
        digest.update(_joined(chunk))


def _add_values(digest: hashlib._Hash, column: pl.Series) -> None:
    _add(digest, np.packbits(column.is_null().to_numpy()).tobytes())
    present = column.drop_nulls()
    if isinstance(present.dtype, pl.List):
        lengths = present.list.len()
        _add(digest, _little_endian(lengths))
        _add_values(digest, present.filter(lengths > 0).explode())
    elif present.dtype.is_float() or present.dtype.is_integer() or present.dtype.is_temporal():
        _add(digest, _little_endian(present.to_physical()))
    elif present.dtype == pl.Binary:
        lengths = present.bin.size()
        _add(digest, _little_endian(lengths))
        _add_joined(digest, present, lengths)
    else:
        texts = present.cast(pl.String)
        lengths = texts.str.len_bytes()
        _add(digest, _little_endian(lengths))
        _add_joined(digest, texts, lengths)


def _joined(texts: pl.Series) -> bytes | memoryview:
    """All texts (or bytes), one after the other: as Arrow lays them out, so that none becomes an object of Python's."""
    array = texts.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    _, _, data = array.buffers()
    if data is None:
        return b""
    first, last = array.offset, array.offset + len(array)
    offsets = np.frombuffer(array.buffers()[1], dtype=np.int64, count=last + 1)
    return memoryview(data)[offsets[first] : offsets[last]]


def _little_endian(numbers: pl.Series) -> bytes:
    values = numbers.to_numpy()
    if values.dtype.kind == "f":
        values = np.where(np.isnan(values), np.nan, values + 0.0)  # one NaN, and no -0.0
    return values.astype(values.dtype.newbyteorder("<")).tobytes()
