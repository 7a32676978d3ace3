"""Writes that a crash cannot tear: synced, then made visible by one rename, or appended as a whole line."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ml.errors import DiskFull, JournalBroken

if TYPE_CHECKING:
    import polars as pl

TEMPORARY = ".tmp-"
_NO_SPACE = {number: os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)}

_SQLITE_FULL = "database or disk is full"
_LEVEL = 1
"""Of zstd: what is written here is read once or twice, and the default level is no smaller on published tables."""


@contextmanager
def writing(what: str) -> Iterator[None]:
    """Names a full disk, whichever library noticed it while ``what`` was done.

    Raises:
        DiskFull: the disk, a quota or a limit of file sizes has no room for what was to be written.
    """
    try:
        yield
    except DiskFull:
        raise
    except Exception as broken:
        found = no_space(broken)
        if found is None:
            raise
        raise DiskFull(
            what,
            expected="room on the disk",
            found=found,
            remedy="Free space in the data home (shelduck tidy), then run the same again: what was finished is kept",
        ) from broken


def no_space(broken: BaseException | str) -> str | None:
    """The system's words for a full disk in an error, however it was wrapped; None for any other error."""
    if isinstance(broken, OSError) and broken.errno in _NO_SPACE:
        return _NO_SPACE[broken.errno]
    told = next((words for words in (*_NO_SPACE.values(), _SQLITE_FULL) if words in str(broken)), None)
    cause = getattr(broken, "__cause__", None)
    return told or (no_space(cause) if cause else None)


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write a frame that is in memory; equal frames give equal bytes.

    Raises:
        OSError: the disk is full; polars hides the system's words when it is the file's footer that finds no room.
    """
    from polars.exceptions import ComputeError

    try:
        frame.write_parquet(path, compression="zstd", compression_level=_LEVEL)
    except ComputeError as failed:
        if no_space(failed) or "transport error" in str(failed):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from failed
        raise


def write_parquet_in_blocks(blocks: Iterable[pl.DataFrame], path: Path) -> None:
    """Write frames of one schema, at least one, one after the other; no two of them need be in memory at once.

    Raises:
        OSError: the disk is full.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    tables = (block.to_arrow() for block in blocks)
    first = next(tables)
    try:
        with pq.ParquetWriter(path, first.schema, compression="zstd", compression_level=_LEVEL) as file:
            for table in chain([first], tables):
                file.write_table(table)
    except pa.ArrowException as failed:
        if no_space(failed):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from failed
        raise


def temporary_beside(path: Path) -> Path:
    """A name for work in progress in ``path``'s folder; whoever holds that folder's lock may sweep it."""
    return path.with_name(f"{TEMPORARY}{path.name}-{os.getpid()}")


def sync(path: Path) -> None:
    """Ask the disk to keep a file's bytes, or a folder's entries."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """``sync`` everything below ``folder``, the folder itself last."""
    for path in sorted(folder.rglob("*"), reverse=True):
        sync(path)
    sync(folder)


def write_text(path: Path, text: str) -> None:
    """Replace a file's content; a reader sees the old text or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    temporary.write_text(text, encoding="utf-8")
    sync(temporary)
    temporary.replace(path)
    sync(path.parent)


def touch(path: Path) -> None:
    """Make an empty file with the rights that the process's mask allows; SQLite alone gives its group none to write."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o666))


def point(link: Path, target: str) -> bool:
    """Let the symbolic link ``link`` name ``target``; returns whether it named something else before."""
    if link.is_symlink() and str(link.readlink()) == target:
        return False
    link.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(link)
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)
    sync(link.parent)
    return True


def append_line(path: Path, record: Mapping[str, Any]) -> None:
    """Append one JSON line and wait until the disk has it; the caller holds the journal's lock.

    What a crash left of an earlier line is cut off first: it was never acknowledged.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(record, sort_keys=True, ensure_ascii=False).encode() + b"\n"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)  # less the process's mask (ml.access)
    try:
        end = len(_whole_lines(path))
        os.ftruncate(descriptor, end)
        os.pwrite(descriptor, line, end)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync(path.parent)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The records of a journal, oldest first; empty when there is none.

    Raises:
        JournalBroken: a line that is not the last one is no JSON object.
    """
    records: list[dict[str, Any]] = []
    for number, line in enumerate(_whole_lines(path).splitlines(), start=1):
        record = _parsed(line)
        if record is None:
            raise JournalBroken(
                f"{path.name} line {number}", expected="a JSON object", found="something else", remedy=_RESTORE
            )
        records.append(record)
    return records


_RESTORE = "Restore the file from a backup, or move it away so that it is rebuilt"


def _whole_lines(path: Path) -> bytes:
    """The content without a torn tail: a last line that has no end or cannot be parsed."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return b""
    content = content[: content.rfind(b"\n") + 1]
    start_of_last = content[:-1].rfind(b"\n") + 1
    return content if _parsed(content[start_of_last:]) is not None else content[:start_of_last]


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
