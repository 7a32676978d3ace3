"""What a child process says, or leaves, when it ends early; and how its parent understands it."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable

from ml.operations.causes import told

_MARK = "shelduck-failure "


def reported(work: Callable[[], None]) -> int:
    """Do ``work``; returns the exit status, after the cause of a failure as the last line of standard error."""
    try:
        work()
    except Exception as error:
        found, remedy = told(error)
        sys.stderr.write(f"\n{_MARK}{json.dumps([found, remedy])}\n")
        return 1
    return 0


def last_words(output: bytes, code: int) -> tuple[str, str]:
    """What ended a child that printed ``output`` at last, and what to do; the latter may be empty."""
    if code < 0:
        name = signal.Signals(-code).name
        remedy = "Out of memory? Give the machine more, or lower SHELDUCK_MEMORY_LIMIT and SHELDUCK_THREADS"
        return f"its process was ended by {name}", remedy if name == "SIGKILL" else "Run the same command again"
    lines = [line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    if not lines:
        return "its process ended early and wrote nothing", "See: shelduck doctor"
    if lines[-1].startswith(_MARK):
        found, remedy = json.loads(lines[-1].removeprefix(_MARK))
        return str(found), str(remedy)
    return f"its process ended early: {lines[-1][:300]}", ""
