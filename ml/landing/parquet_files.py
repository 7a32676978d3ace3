"""Looks through a Parquet file before the warehouse reads it.

A damaged or hostile file can claim any number of rows, unpack into any number of bytes, or break the
database that reads it. So it is read once in a database of its own, in memory and within the settings'
limits: whatever goes wrong there is the file's fault, except a disk that fails.
"""

from __future__ import annotations

import errno
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.landing.limits import Limits
from ml.landing.refusal import Refusal, RefusedFileError
from ml.landing.schema import LandingTable
from ml.settings import Settings
from ml.warehouse.connection import Connection, DatabaseError, OutOfMemory, literal, memory, scan_path

_MAGIC = b"PAR1"
_ENCRYPTED = b"PARE"
_DISK = tuple(
    os.strerror(number)
    for number in (errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOENT, errno.EACCES, errno.ESTALE, errno.ENOSPC)
)


@dataclass(frozen=True)
class ParquetFile:
    """What a file says of itself: its columns' warehouse types by name, and its rows."""

    types: dict[str, str]
    rows: int


class ParquetProbe:
    """A database in memory that reads files on trial; made when the first one comes, anew when one broke it."""

    def __init__(self, settings: Settings) -> None:
        self.limits = Limits.of(settings)
        self._settings = settings
        self._connection: Connection | None = None

    def close(self) -> None:
        """Let the database go."""
        if self._connection:
            with suppress(DatabaseError):
                self._connection.close()
        self._connection = None

    def describe(self, path: Path, table: LandingTable) -> ParquetFile:
        """Columns and rows, from the footer alone.

        Raises:
            RefusedFileError: it is no Parquet, is damaged, or claims more than the limits allow.
            OSError: the disk failed; the file may be good.
        """
        check_magic(path)
        try:
            return self._described(path, table)
        except (DatabaseError, MemoryError, UnicodeError) as broken:
            raise self._refusal(broken, path) from broken

    def read_through(self, path: Path, file: ParquetFile, columns: list[str]) -> None:
        """Read all values of these columns, and let go of them.

        Raises:
            RefusedFileError: they cannot be read, unpack into too many bytes, or are not of the rows that are claimed.
            OSError: the disk failed; the file may be good.
        """
        try:
            found, *lengths = self._one(f"select count(*), {sizes(file.types, columns)} from {scan(path)}")
        except (DatabaseError, MemoryError, UnicodeError) as broken:
            raise self._refusal(broken, path) from broken
        self.check_read(file.rows, found, sum(lengths))

    def check_read(self, claimed: int, found: int, size: int) -> None:
        """Refuse a file that was read through and holds other rows than ``claimed``, or values of too many bytes."""
        self.limits.check_bytes(size)
        if found != claimed:
            raise RefusedFileError(_damaged("its footer counts other rows than it holds"))

    def check_footer(self, rows: int | None, groups: tuple[int, int, int]) -> int:
        """Refuse a file whose footer is not to be believed or asks for too much; returns its rows.

        ``groups``: of its row groups, all rows, all bytes unpacked, and the least of either in one of them.
        """
        held, unpacked, worst = groups
        if rows is None or rows < 0 or worst < 0:
            raise RefusedFileError(_damaged("its footer counts less than nothing"))
        self.limits.check_rows(max(rows, held))
        self.limits.check_bytes(unpacked)
        if rows != held:
            raise RefusedFileError(_damaged("its footer counts other rows than it holds"))
        return rows

    def types(self, path: Path, table: LandingTable) -> dict[str, str]:
        """The warehouse types of a file's columns; refuses one that names a column of the contract twice."""
        _refuse_repeated(self._top_level(scan_path(path)), table)
        described = self.run("describe select * from read_parquet(?, hive_partitioning = false)", scan_path(path))
        return {name: kind for name, kind, *_ in described}

    def _described(self, path: Path, table: LandingTable) -> ParquetFile:
        rows = self._one("select sum(num_rows) from parquet_file_metadata(?)", scan_path(path))[0]
        grouped = "select row_group_num_rows as rows, sum(total_uncompressed_size) as bytes from parquet_metadata(?) "
        groups = self._one(
            f"select coalesce(sum(rows), 0), coalesce(sum(bytes), 0), coalesce(min(least(rows, bytes)), 0) "
            f"from ({grouped} group by row_group_id, row_group_num_rows)",
            scan_path(path),
        )
        believed = self.check_footer(rows, groups)  # before anything else is read of the file
        return ParquetFile(self.types(path, table), believed)

    def _top_level(self, path: str) -> list[str]:
        """The columns' names as they are written; the database numbers repeated ones."""
        names: list[str] = []
        inside = [0]
        for name, children in self.run("select name, num_children from parquet_schema(?)", path)[1:]:
            while inside and inside[-1] == 0 and len(inside) > 1:
                inside.pop()
            if len(inside) == 1:
                names.append(name)
            else:
                inside[-1] -= 1
            if children:
                inside.append(children)
        return names

    def _one(self, query: str, *values: str) -> tuple[Any, ...]:
        return self.run(query, *values)[0]

    def run(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query in the database in memory."""
        if self._connection is None:
            self._connection = memory(self._settings)
        return self._connection.execute(query, list(values)).fetchall()

    def _refusal(self, broken: Exception, path: Path) -> Exception:
        """The error to raise for one of the database's: the disk's, or a refusal of the file."""
        self.close()
        return refusal_of(broken, path)


def scan(*paths: Path) -> str:
    """SQL that reads the files in this order, with each row's number in its file from 0."""
    names = ", ".join(f"'{literal(path)}'" for path in paths)
    return f"read_parquet([{names}], file_row_number = true, hive_partitioning = false)"


def sizes(types: Mapping[str, str], columns: Sequence[str]) -> str:
    """SQL that reads every value of these columns: their bytes where they are texts, else 0."""
    return ", ".join(
        f'coalesce(sum(strlen("{name}")), 0)' if types[name] == "VARCHAR" else f'0 * count("{name}")'
        for name in columns
    )


def refusal_of(broken: Exception, path: Path) -> Exception:
    """What reading a Parquet file ended in, told apart: a disk that failed (OSError), or the file."""
    told = str(broken).replace(scan_path(path), "").replace(str(path), "").replace(path.name, "")
    disk = next((words for words in _DISK if words in told), None)
    if disk:
        return OSError(errno.EIO, disk)
    if isinstance(broken, OutOfMemory | MemoryError):
        reason = "reading the file takes more memory than SHELDUCK_MEMORY_LIMIT"
        return RefusedFileError(Refusal(None, "too many bytes", reason, "Write smaller row groups, or several files"))
    return RefusedFileError(_damaged(f"{type(broken).__name__}; was it cut off?"))


def _damaged(why: str) -> Refusal:
    return Refusal(None, "unreadable bytes", f"the file is no readable Parquet ({why})", "Write and upload it again")


def check_magic(path: Path) -> None:
    """Refuse a file that does not begin and end as Parquet."""
    with path.open("rb") as stream:
        begins = stream.read(4)
        stream.seek(-min(4, stream.seek(0, os.SEEK_END)), os.SEEK_END)
        ends = stream.read(4)
    if _ENCRYPTED in (begins, ends):
        raise RefusedFileError(Refusal(None, "an encrypted file", "the Parquet is encrypted", "Write it unencrypted"))
    if begins != _MAGIC:
        reason = "the file is no readable Parquet (it does not begin as one)"
        remedy = "Write it as Parquet, or let its name end in .csv or .jsonl, if it is that"
        raise RefusedFileError(Refusal(None, "unreadable bytes", reason, remedy))
    if ends != _MAGIC:
        raise RefusedFileError(_damaged("its end is missing; was it cut off?"))


def _refuse_repeated(names: list[str], table: LandingTable) -> None:
    repeated = [name for name, count in Counter(names).items() if count > 1 and name in table.names]
    if repeated:
        reason = f"the file names {repeated[0]} twice"
        raise RefusedFileError(Refusal(repeated[0], "a repeated column", reason, "Name each column once"))
