"""What is behind an exception that the code at hand did not expect: the machine, a database, a setting, a text.

Used where a person would otherwise read a traceback: the command line, the processes that it starts, tasks, the doctor.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from pydantic import ValidationError
from pydantic_settings import SettingsError

from ml.durable import no_space
from ml.errors import DiskFull, ShelduckError
from ml.operations.databases import database_cause
from ml.setting_forms import refused
from ml.settings import Settings

_ACCESS: Final = {
    errno.EACCES: ("this user to have the right to use it", "no permission", "Give this user the right"),
    errno.EPERM: ("this user to have the right to use it", "no permission", "Give this user the right"),
    errno.EROFS: ("a place that can be written", "a read-only file system", "Mount it writable, or set SHELDUCK_HOME"),
    errno.ENOENT: ("to be there", "no such file or folder", "Create it, or correct the path"),
    errno.ENOTDIR: ("a folder", "a file in its place", "Move that file away, or correct the path"),
    errno.EISDIR: ("a file", "a folder in its place", "Move that folder away, or correct the path"),
    errno.EEXIST: ("no file of that name", "one", "Move it away"),
    errno.ENAMETOOLONG: ("a path that the file system can hold", "a longer one", "Use a shorter name"),
    errno.ELOOP: ("a path", "links that lead in a circle", "Remove the links"),
    errno.EMFILE: ("files that can still be opened", "the limit of open files", "Raise it (ulimit -n), then run again"),
    errno.ENFILE: ("files that can still be opened", "the limit of open files", "Raise it, then run the same again"),
    errno.EIO: ("a disk that answers", "an input/output error", "Check the disk, then run the same again"),
    errno.ENOMEM: ("memory", "none left", "End other programs, then run the same again"),
}
_DAMAGED: Final = "parquet: File out of specification"
"""How Polars begins to say that a Parquet file cannot be read."""
_WORDS: Final = {"Permission denied": errno.EACCES, "Read-only file system": errno.EROFS}
"""What libraries keep of the system's number in their own exceptions."""


class RunWithoutDay(ShelduckError):
    """A DAG run that was triggered without a logical date, so that it is about no day."""

    def __init__(self) -> None:
        super().__init__(
            "this run",
            expected="a logical date, which is its day",
            found="none",
            remedy="Trigger it again with a logical date at 00:00 of that day in the shop's time zone, or run: "
            "shelduck run --as-of YYYY-MM-DD",
        )


class AccessRefused(ShelduckError):
    """A file or folder that this user or this machine cannot use."""


class MemoryShort(ShelduckError):
    """Work that found no memory."""


class TableDamaged(ShelduckError):
    """A Parquet file that cannot be read; which one, the library does not say."""


class ServerSilent(ShelduckError):
    """A server that does not answer."""


class InstallationIncomplete(ShelduckError):
    """A library that the environment lacks."""


class TextRefused(ShelduckError):
    """A text that is no Unicode text."""


def known_cause(error: BaseException) -> ShelduckError | None:
    """The error that says what to do about ``error``; None where its cause is not known."""
    if type(error).__name__ == "AirflowFailException":  # its text is a ShelduckError's already
        return None
    for each in _chain(error):
        for judge in _JUDGES:
            found = judge(each)
            if found is not None:
                return found
    return None


def told(error: BaseException) -> tuple[str, str]:
    """What ended a piece of work, on one line, and what to do; the latter is empty where the cause is not known."""
    known = known_cause(error)
    if known is None:
        first = next(iter(str(error).splitlines()), "")
        return f"{type(error).__name__}: {first}"[:300], ""
    found = f"{type(known).__name__}: {known.subject}: expected {known.expected}; found {known.found}"
    return found, known.remedy


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or getattr(following, "orig", None)


def _own(error: BaseException) -> ShelduckError | None:
    return error if isinstance(error, ShelduckError) else None


def _setting(error: BaseException) -> ShelduckError | None:
    if isinstance(error, SettingsError) or (isinstance(error, ValidationError) and error.title == Settings.__name__):
        return refused(error, Settings.model_fields)
    return None


def _space(error: BaseException) -> ShelduckError | None:
    found = no_space(error)
    if found is None:
        return None
    return DiskFull(
        "the data home or the temporary folder (TMPDIR)",
        expected="room on the disk",
        found=found,
        remedy="Free space (shelduck tidy), then run the same again: what was finished is kept",
    )


def _access(error: BaseException) -> ShelduckError | None:
    number = error.errno if isinstance(error, OSError) else None
    number = number or next((each for words, each in _WORDS.items() if words in str(error)), None)
    if number not in _ACCESS:
        return None
    expected, found, remedy = _ACCESS[number]
    name = getattr(error, "filename", None)
    return AccessRefused(
        place(name) if name else "a file", expected=expected, found=found, remedy=f"{remedy}. See: shelduck doctor"
    )


def _memory(error: BaseException) -> ShelduckError | None:
    if not isinstance(error, MemoryError) and type(error).__name__ != "OutOfMemoryException":
        return None
    return MemoryShort(
        "memory",
        expected="enough for this day",
        found="none left",
        remedy="Raise SHELDUCK_MEMORY_LIMIT (the warehouse's) where the machine has more, or lower SHELDUCK_THREADS",
    )


def _library(error: BaseException) -> ShelduckError | None:
    if not isinstance(error, ModuleNotFoundError):
        return None
    return InstallationIncomplete(
        f"library {error.name}", expected="to be installed", found="no such package", remedy="Run: make setup"
    )


def _table(error: BaseException) -> ShelduckError | None:
    if type(error).__name__ != "ComputeError" or not str(error).startswith(_DAMAGED):
        return None
    return TableDamaged(
        "a table of a snapshot, a draft or a published version",
        expected="a readable file",
        found=str(error).splitlines()[0],
        remedy="Run the day again: shelduck run --as-of YYYY-MM-DD. What is published is checked by: shelduck doctor",
    )


def _server(error: BaseException) -> ShelduckError | None:
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "MlflowException" in kinds and "API request to" in str(error):
        subject, remedy = "MLflow's server", "Start it, or correct SHELDUCK_MLFLOW_TRACKING_URI"
    elif kinds & {"ConnectionError", "ConnectTimeout", "MaxRetryError"}:
        subject, remedy = "a server", "Start it, or correct its address in the settings. See: shelduck doctor"
    else:
        return None
    return ServerSilent(subject, expected="an answer", found="none", remedy=remedy)


def _text(error: BaseException) -> ShelduckError | None:
    if not isinstance(error, UnicodeEncodeError | UnicodeDecodeError):
        return None
    return TextRefused(
        "a name or an argument", expected="text in UTF-8", found="other bytes", remedy="Correct it, then run again"
    )


def place(path: object) -> str:
    """A file's name with its folder's: enough to find it, and no path of this machine."""
    text = path.decode("utf-8", "replace") if isinstance(path, bytes) else str(path)
    shown = "/".join(Path(text).parts[-2:]).lstrip("/") or text
    return "".join(each if each.isprintable() else "?" for each in shown[-200:])


_JUDGES: Final[tuple[Callable[[BaseException], ShelduckError | None], ...]] = (
    *(_own, _setting, _space, database_cause, _access, _memory, _library, _table, _server, _text),
)
