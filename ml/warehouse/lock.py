"""One writer at a time: an advisory file lock that says who holds it.

Airflow's one-slot pool queues the tasks politely; the lock holds where a pool does not reach
(``dag.test``, the command line, a task process that outlived its parent).
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ml.errors import WarehouseLocked
from ml.settings import Settings

_POLL_SECONDS = 0.1


@contextmanager
def warehouse_lock(settings: Settings, holder: str) -> Iterator[None]:
    """Hold the warehouse for ``holder`` (a task attempt or a command).

    The kernel drops the lock with its process, so a killed holder blocks nobody.

    Raises:
        WarehouseLocked: somebody else held it for longer than ``settings.lock_timeout`` seconds.
    """
    with file_lock(settings.warehouse_path.with_suffix(".lock"), holder, settings.lock_timeout):
        yield


@contextmanager
def file_lock(path: Path, holder: str, timeout: float) -> Iterator[None]:
    """Hold ``path`` exclusively; its content names the holder while it is held."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _wait(descriptor, path, holder, timeout)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"holder": holder, "pid": os.getpid()}).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _wait(descriptor: int, path: Path, holder: str, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise WarehouseLocked(
                    path.name,
                    expected=f"to be free for {holder} within {timeout:.0f} s",
                    found=f"held by {held_by(path)}",
                    remedy="Wait for that task to end, or stop its process",
                ) from None
            time.sleep(_POLL_SECONDS)
        else:
            return


def held_by(path: Path) -> str:
    """Who wrote its name into the lock file last."""
    try:
        owner = json.loads(path.read_text())
        return f"{owner['holder']} (pid {owner['pid']})"
    except (OSError, ValueError, KeyError):
        return "an unknown process"
