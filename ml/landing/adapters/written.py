"""Landing files of a source: all of them are made first, then moved into their partitions one by one.

A file appears complete or not at all; a day that is closed is never changed. ``_adapted/<name>/written.json`` in the
landing folder lists the files of a source, so that those it no longer gives are removed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from ml.durable import TEMPORARY, sync, temporary_beside, write_parquet, write_text
from ml.errors import LandingError
from ml.landing.adapters.settled import Partition
from ml.landing.folder import is_closed
from ml.settings import Settings
from ml.warehouse.connection import Connection

FOLDER: Final = "_adapted"
_LIST: Final = "written.json"
_FILE_ROWS: Final = 1_000_000
"""Rows of one file, which are in memory together: polars writes equal frames as equal bytes, DuckDB does not."""


@dataclass(frozen=True)
class Output:
    """Where the files of one source go. ``name`` begins every file's name, and is the folder of its own records."""

    settings: Settings
    name: str
    replaced: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, settings: Settings, kind: str, source: Path) -> Output:
        """The output for a source, known by its name without endings."""
        path = source.expanduser().absolute()
        bare = path.name if path.is_dir() else Path(path.name.removesuffix(".gz")).stem
        plain = re.sub(r"[^A-Za-z0-9_-]+", "-", bare).strip("-")[:60]
        if plain != bare:
            plain = f"{plain}-{hashlib.sha256(bare.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}".lstrip("-")
        return cls(settings, f"{kind}-{plain}")

    @property
    def folder(self) -> Path:
        """The source's own records, which landing ignores."""
        return self.settings.landing_dir / FOLDER / self.name

    @contextmanager
    def held(self) -> Iterator[Path]:
        """An empty folder for work in progress, while no other process adapts the same source.

        Raises:
            LandingError: another process does.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with _locked(self.folder / ".lock", self.name):
            for left in self.folder.glob(f"{TEMPORARY}*"):  # of a run that was killed
                shutil.rmtree(left, ignore_errors=True)
            work = temporary_beside(self.folder / "work")
            work.mkdir()
            try:
                yield work
            finally:
                shutil.rmtree(work, ignore_errors=True)

    def write(self, connection: Connection, partitions: list[Partition], work: Path) -> int:
        """Write every partition's files; returns how many files there are.

        Raises:
            LandingError: a day that is closed would change; nothing was written then.
        """
        made = dict(self._made(connection, partitions, work))
        before = self._listed()
        gone = [name for name in before if name not in made and (self.settings.landing_dir / name).exists()]
        changed = [name for name, sha256 in made.items() if self._sha256(name) != sha256]
        self._refuse_closed([*changed, *gone])
        self.replaced.extend(sorted({*gone, *(name for name in changed if self._sha256(name))}))
        self._list({**before, **made})
        for name in changed:
            self._move(work / name, self.settings.landing_dir / name)
        for name in gone:
            (self.settings.landing_dir / name).unlink()
        self._list(made)
        return len(made)

    def _move(self, made: Path, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        sync(made)
        made.replace(path)
        sync(path.parent)

    def _list(self, files: Mapping[str, str]) -> None:
        write_text(self.folder / _LIST, json.dumps(files, indent=1, sort_keys=True) + "\n")

    def _made(self, connection: Connection, partitions: list[Partition], work: Path) -> Iterator[tuple[str, str]]:
        """Each file's name in the landing folder and its hash, as it is made in ``work``."""
        most = min(self.settings.max_file_rows, _FILE_ROWS)
        for partition in partitions:
            for number, offset in enumerate(range(0, partition.rows, most)):
                part = f"-{number}" if number else ""
                name = f"{partition.table.name}/dt={partition.arrival}/{self.name}{part}.parquet"
                path = work / name
                path.parent.mkdir(parents=True, exist_ok=True)
                write_parquet(connection.sql(partition.query(most, offset)).pl(), path)
                yield name, _sha256(path)

    def _refuse_closed(self, names: list[str]) -> None:
        closed = sorted({day for name in names if self._is_final(name, day := _day(name))})
        if closed:
            more = f" and {len(closed) - 1} more days" if closed[1:] else ""
            raise LandingError(
                f"day {closed[0]}{more}",
                expected="an open day, or the very bytes that it holds already",
                found="a closed day, whose files would change",
                remedy="Late records arrive on a later day: --arrived YYYY-MM-DD. To correct the day itself, remove "
                "its mark in _closed, adapt again and close it; published days from it on become stale",
            )

    def _is_final(self, name: str, day: date) -> bool:
        """Whether a file may not come, change or go: its day has a mark; or it is there, and its hour has passed."""
        if self.settings.closed_mark(day).exists():
            return True
        return (self.settings.landing_dir / name).exists() and is_closed(self.settings, day)

    def _listed(self) -> Mapping[str, str]:
        try:
            listed = json.loads((self.folder / _LIST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {name: sha for name, sha in listed.items() if _PLACE.fullmatch(name)} if isinstance(listed, dict) else {}

    def _sha256(self, name: str) -> str | None:
        path = self.settings.landing_dir / name
        return _sha256(path) if path.exists() else None


_PLACE: Final = re.compile(r"[a-z_]+/dt=\d{4}-\d\d-\d\d/[A-Za-z0-9_-]+\.parquet")


@contextmanager
def _locked(path: Path, name: str) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)  # less the process's mask (ml.access)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as held:
        raise LandingError(
            name,
            expected="one process at a time",
            found="another one that adapts this source",
            remedy="Wait until it has ended, then run the same again",
        ) from held
    finally:
        os.close(descriptor)


def _day(name: str) -> date:
    return date.fromisoformat(name.split("/")[1].removeprefix("dt="))


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
