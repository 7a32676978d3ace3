"""What the command line prints when a command fails, and where the traceback of an unknown failure is kept."""

from __future__ import annotations

import contextlib
import os
import tempfile
import traceback
from datetime import datetime
from pathlib import Path

from ml.errors import ConditionRefused, ShelduckError
from ml.escape import visible
from ml.operations.causes import known_cause
from ml.operations.runs import Interrupted
from ml.settings import Settings
from ml.terminal import errors

_INTERRUPTED = 130
"""As a shell says of a command that Ctrl-C ended."""


class UnexpectedError(ShelduckError):
    """An error whose cause is not known: a fault of the program."""


def print_error(error: Exception) -> int:
    """Print ``error`` on one line of standard error, below it the place of a condition; returns the exit status."""
    told = known_cause(error) or _unknown(error)
    errors.print(visible(" ".join(str(told).splitlines())), style="red", highlight=False)
    if isinstance(told, ConditionRefused):
        errors.print(told.pointed, highlight=False, soft_wrap=True)
    return _INTERRUPTED if isinstance(told, Interrupted) else 1


def _unknown(error: Exception) -> UnexpectedError:
    where = _written("".join(traceback.format_exception(error)))
    first = next(iter(str(error).splitlines()), "")[:200]
    kept = f"Its traceback is in {where}" if where else "Its traceback could not be kept: no folder can be written"
    return UnexpectedError(
        "shelduck",
        expected="no fault in the program",
        found=f"{type(error).__name__}: {first}",
        remedy=f"{kept}. Run: shelduck doctor; if it finds nothing, report the fault with that file",
    )


def _written(text: str) -> str | None:
    """Keep ``text`` in the data home's logs, or in the temporary folder; says where."""
    name = f"error-{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.txt"
    with contextlib.suppress(Exception):
        settings = Settings()
        if settings.home.is_dir():
            return f"{_kept(settings.home / 'logs' / name, text)} of the data home"
    with contextlib.suppress(OSError):
        return f"{_kept(Path(tempfile.gettempdir()) / name, text)} of the temporary folder"
    return None


def _kept(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text.encode("utf-8", "backslashreplace").decode())
    return f"{path.parent.name}/{path.name}" if path.parent.name == "logs" else path.name
