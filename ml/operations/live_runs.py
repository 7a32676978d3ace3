"""Which runs without a scheduler live: Airflow's metadata alone cannot tell.

Airflow believes that ``dag.test`` runs until it says otherwise. So its process holds a lock for its day: the kernel
frees it however the process ends, and forks of it do not share it.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from ml.errors import ShelduckError
from ml.settings import Settings


class RunUnderway(ShelduckError):
    """A day that another process runs at this moment."""


@contextmanager
def alive(settings: Settings, dag_id: str, day: date) -> Iterator[None]:
    """Show that this process runs ``day``.

    Raises:
        RunUnderway: another process does.
    """
    path = _lock(settings, dag_id, day)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise RunUnderway(
            f"DAG {dag_id} of {day}",
            expected="to run once at a time",
            found="another process that runs it",
            remedy="Wait until that one has ended, then run the same command again",
        ) from None
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()
        os.close(descriptor)


def is_alive(settings: Settings, dag_id: str, day: date) -> bool:
    """Whether another process runs ``day`` with ``dag.test``; asked in that process, it would free the lock."""
    try:
        descriptor = os.open(_lock(settings, dag_id, day), os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _lock(settings: Settings, dag_id: str, day: date) -> Path:
    return settings.home / "run" / f"{dag_id}-{day}.lock"
