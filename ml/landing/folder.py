"""The landing folder on disk: which partitions and files lie in it, and which days are closed."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from ml.errors import DayNotClosed, LandingError
from ml.home import enter
from ml.landing.contract import CONTRACT, FIRST_YEAR, LAST_YEAR, SUFFIXES
from ml.landing.refusal import Refusal
from ml.settings import Settings

FileKey = tuple[str, int, int]
"""A file's path in the landing folder, its size and its modification time in nanoseconds."""


@dataclass(frozen=True)
class LandedFile:
    """One file of a partition. ``name`` is its path relative to the landing folder."""

    path: Path
    name: str
    size: int
    mtime_ns: int
    refusal: Refusal | None = None

    @property
    def key(self) -> FileKey:
        """What identifies this state of the file without reading it."""
        return (self.name, self.size, self.mtime_ns)

    @property
    def is_parquet(self) -> bool:
        """Whether its name says that it is Parquet."""
        return self.name.lower().endswith(".parquet")

    def digest(self) -> str:
        """SHA-256 of the content; of the reason where the file must not be opened.

        Raises:
            LandingError: the file cannot be read.
        """
        if self.refusal:
            return hashlib.sha256(f"refused: {self.refusal.reason}".encode()).hexdigest()
        try:
            with self.path.open("rb") as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as closed:
            raise LandingError(
                self.name,
                expected="a file that can be read",
                found=type(closed).__name__,
                remedy="Give this user the right to read it, or finish moving files, and land again",
            ) from closed

    def is_unchanged(self) -> bool:
        """Whether the file still has the size and modification time with which it was found."""
        try:
            state = self.path.stat()
        except OSError:
            return False
        return (state.st_size, state.st_mtime_ns) == (self.size, self.mtime_ns)


@dataclass(frozen=True)
class Partition:
    """What arrived of one table on one day, its files sorted by name."""

    table: str
    arrival: date
    files: tuple[LandedFile, ...]


@dataclass(frozen=True)
class Landed:
    """Everything in a landing folder that the contract knows, and notices about the rest."""

    partitions: dict[tuple[str, date], Partition]
    notices: tuple[str, ...]


def scan(landing: Path) -> Landed:
    """All partitions under ``landing``; names that begin with ``.`` or ``_`` are ignored.

    Raises:
        LandingError: there is no such folder, which is not the same as a shop without files.
    """
    if not landing.is_dir():
        raise LandingError(
            "landing folder",
            expected="a folder of landing files",
            found="no such folder",
            remedy="Set SHELDUCK_LANDING, or create it and drop files into it (shelduck contract)",
        )
    root = landing.resolve()
    partitions: dict[tuple[str, date], Partition] = {}
    notices: list[str] = []
    for folder in _visible(landing):
        if not folder.is_dir():
            notices.append(f"{folder.name}: ignored, files belong into <table>/dt=YYYY-MM-DD/")
        elif folder.name not in CONTRACT:
            notices.append(f"{folder.name}/: ignored, the contract has no such table (shelduck contract)")
        else:
            for partition in _partitions(folder, landing, root, notices):
                partitions[partition.table, partition.arrival] = partition
    return Landed(partitions, tuple(notices))


def content_hash(partition: Partition, digests: Mapping[FileKey, str]) -> str:
    """SHA-256 over the partition's file names and content hashes."""
    lines = sorted(f"{file.path.name} {digests[file.key]}\n" for file in partition.files)
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def is_closed(settings: Settings, day: date) -> bool:
    """Whether ``day``'s files are final: its mark exists, or the closing hour of the next day has passed."""
    if settings.closed_mark(day).exists():
        return True
    if settings.closing_hour is None:
        return False
    closes = datetime.combine(day + timedelta(days=1), time(settings.closing_hour), settings.zone)
    return datetime.now(settings.zone) >= closes


def require_closed(settings: Settings, day: date) -> None:
    """Refuse a day whose files may still change.

    Raises:
        DayNotClosed: neither its mark nor its closing hour says that it is complete.
    """
    if is_closed(settings, day):
        return
    raise DayNotClosed(
        f"day {day}",
        expected=f"the mark {settings.closed_mark(day).relative_to(settings.landing_dir)} in the landing folder",
        found="no such file, so more files may come",
        remedy=f"When all files have arrived, run: shelduck close {day} "
        "(it writes the mark; or set SHELDUCK_CLOSING_HOUR)",
    )


def close_day(settings: Settings, day: date) -> Path:
    """Write the mark that closes ``day``; returns its path."""
    enter(settings)
    mark = settings.closed_mark(day)
    if not mark.parent.is_dir():
        mark.parent.mkdir(parents=True)
        if not mark.is_relative_to(settings.home):  # whoever may write the shop's folder may close its days
            mark.parent.chmod(stat.S_IMODE(mark.parent.parent.stat().st_mode))
    mark.touch()
    return mark


def day_ends(day: date, settings: Settings) -> datetime:
    """The first instant after ``day`` in the shop's time zone."""
    return datetime.combine(day + timedelta(days=1), time(), settings.zone)


def _visible(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.iterdir() if path.name[0] not in "._")


def _partitions(folder: Path, landing: Path, root: Path, notices: list[str]) -> Iterable[Partition]:
    for path in _visible(folder):
        arrival = _arrival(path.name)
        if arrival is None or not path.is_dir():
            notices.append(f"{folder.name}/{path.name}: ignored, expected a folder dt=YYYY-MM-DD")
            continue
        files = tuple(_landed(Path(entry.path), landing, root) for entry in _entries(path, notices))
        if files:
            yield Partition(folder.name, arrival, files)


def _entries(folder: Path, notices: list[str]) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        visible = sorted((entry for entry in entries if entry.name[0] not in "._"), key=lambda entry: entry.name)
    if any(_is_litter(entry.name) for entry in visible):
        notices.append(f"{folder.parent.name}/{folder.name}: ignored files that systems and office programs leave")
    return [entry for entry in visible if not _is_litter(entry.name)]


def _is_litter(name: str) -> bool:
    """Files that nobody drops on purpose: locks of office programs, backups of editors, settings of folders."""
    return name.startswith(("~$", "#")) or name.endswith("~") or name.lower() in ("desktop.ini", "thumbs.db")


def _arrival(name: str) -> date | None:
    try:
        arrival = date.fromisoformat(name.removeprefix("dt="))
    except ValueError:
        return None
    plausible = FIRST_YEAR <= arrival.year <= LAST_YEAR and name == f"dt={arrival.isoformat()}"
    return arrival if plausible else None


def _landed(path: Path, landing: Path, root: Path) -> LandedFile:
    name = path.relative_to(landing).as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    inside = path.resolve().is_relative_to(root)
    try:
        state = path.stat() if inside else path.lstat()
    except OSError:
        state, inside = path.lstat(), False
    return LandedFile(path, name, state.st_size, state.st_mtime_ns, _refusal(path, state, inside))


def _refusal(path: Path, state: os.stat_result, inside: bool) -> Refusal | None:
    if not inside:
        return Refusal(None, "a link", "the link leads out of the landing folder, or nowhere", "Copy the file itself")
    if not stat.S_ISREG(state.st_mode):
        return Refusal(None, "no regular file", "only regular files are read", "Put files directly into dt=YYYY-MM-DD/")
    if not path.name.isprintable():
        reason = "the file's name holds bytes that are no UTF-8, or control characters"
        return Refusal(None, "a name that cannot be shown", reason, "Rename the file")
    if not path.name.lower().endswith(SUFFIXES):
        return Refusal(None, "a file of another format", "the format is unknown", _format_remedy(path.name.lower()))
    if state.st_size == 0:
        return Refusal(
            None, "nothing", "the file is empty", "Upload it again; a day without rows needs a header only, or no file"
        )
    return None


def _format_remedy(name: str) -> str:
    """What to do about a file of another format, by what its name says."""
    advice = next((words for endings, words in _FORMATS if name.endswith(endings)), None)
    return f"{advice}; use one of {', '.join(SUFFIXES)}" if advice else f"Use one of {', '.join(SUFFIXES)}"


_FORMATS = (
    ((".zip", ".7z", ".rar", ".tar", ".tgz", ".tar.gz"), "Unpack the archive"),
    ((".zst", ".bz2", ".xz", ".snappy", ".lz4", ".br", ".parquet.gz"), "Pack it by gzip, Parquet not at all"),
    ((".xlsx", ".xls", ".xlsm", ".ods", ".numbers"), "Save the sheet as CSV UTF-8"),
    ((".ndjson", ".ndjson.gz", ".json", ".json.gz"), "Write one JSON object per line and let the name end in .jsonl"),
    ((".txt", ".txt.gz", ".dat", ".tab", ".psv"), "Let the name of a table of text end in .csv"),
    ((".part", ".tmp", ".crdownload", ".filepart", ".partial"), "Finish the upload and rename the file"),
)
