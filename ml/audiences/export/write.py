"""A file that is logged before anybody can see it, and is whole when somebody does."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import polars as pl

from ml.audiences.export.audit import Entry, export_lock, record
from ml.durable import TEMPORARY, no_space, sync, temporary_beside, writing
from ml.errors import ExportRefused
from ml.fingerprint import file_fingerprint
from ml.settings import Settings

_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700


def write_export(
    settings: Settings, target: Path, frame: pl.DataFrame, entry_of: Callable[[str], Entry], holder: str
) -> Entry:
    """Write ``frame`` as the suffix of ``target`` says, for its owner alone.

    The file is written under another name, logged, then renamed: whatever ends this, no file is seen that is not whole
    and logged. What a killed export left under such a name is removed by the next one of that
    file, in the home by tidying.

    Args:
        entry_of: the log's line for a file of this SHA-256.

    Raises:
        ExportRefused: the place can't be written.
        DiskFull: there is no room; nothing is left behind.
    """
    with writing(f"export {target.name}"), explained(target), export_lock(settings, holder):
        target.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        for left in target.parent.glob(f"{TEMPORARY}{glob.escape(target.name)}-*"):
            left.unlink()
        temporary = temporary_beside(target)
        try:
            _fill(temporary, frame, is_parquet=target.suffix == ".parquet")
            entry = entry_of(file_fingerprint(temporary))
            record(settings, entry)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        sync(target.parent)
    return entry


def _fill(path: Path, frame: pl.DataFrame, *, is_parquet: bool) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _MODE)
    with os.fdopen(descriptor, "wb") as file:
        if is_parquet:
            frame.write_parquet(file, compression="zstd")
        else:
            frame.write_csv(file)
    sync(path)


@contextmanager
def explained(target: Path) -> Iterator[None]:
    """Names a place that can't be written, without its absolute path.

    Raises:
        ExportRefused: the system refuses it, or no file can have that name.
    """
    try:
        yield
    except (OSError, ValueError) as refused:
        if isinstance(refused, OSError) and no_space(refused):
            raise
        raise ExportRefused(
            f"export {target.name[:100]}",
            expected="a place that this user can write",
            found=getattr(refused, "strerror", None) or "a name that no file can have",
            remedy="Give another --out",
        ) from refused
