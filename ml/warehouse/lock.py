"""One writer at a time: an advisory file lock that says who holds it.

Airflow's one-slot pool queues the tasks politely; the lock holds where a pool does not reach
(``dag.test``, the command line, a task process that outlived its parent).

Locks are never nested: whoever holds one takes no other, so no two can wait for each other, and nobody for itself.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ml.errors import WarehouseLocked
from ml.settings import Settings

_POLL_SECONDS = 0.1

log = logging.getLogger(__name__)
_thread = threading.local()
"""``held``: the process id and the path of the lock that this thread holds. A forked child holds none of its own."""


class NestedLock(RuntimeError):
    """A programming error: this thread holds a lock and asks for another, or for the same one again."""


@contextmanager
def warehouse_lock(settings: Settings, holder: str) -> Iterator[None]:
    """Hold the warehouse for ``holder`` (a task attempt or a command).

    The kernel drops the lock with its process, so a killed holder blocks nobody.

    Raises:
        WarehouseLocked: somebody else held it for longer than ``settings.lock_timeout`` seconds.
    """
    asked = time.monotonic()
    with file_lock(settings.warehouse_path.with_suffix(".lock"), holder, settings.lock_timeout):
        taken = time.monotonic()
        log.info("warehouse taken by %s after waiting %.1f s", holder, taken - asked)
        try:
            yield
        finally:
            log.info("warehouse given back by %s after %.1f s", holder, time.monotonic() - taken)


@contextmanager
def file_lock(path: Path, holder: str, timeout: float) -> Iterator[None]:
    """Hold ``path`` exclusively; its content names the holder while it is held.

    A process that the holder forked shares the lock: should the holder be killed, the lock stays until that one,
    which could write on, has ended too. Leaving the block frees it for good.

    Raises:
        WarehouseLocked: somebody else held it for longer than ``timeout`` seconds; with 0 it is asked once.
        NestedLock: the calling thread holds a lock already.
    """
    _refuse_nesting(path, holder)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = _acquired(path, holder, timeout)
    _thread.held = os.getpid(), path
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"holder": holder, "pid": os.getpid()}).encode(), 0)
        yield
    finally:
        _thread.held = None
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _refuse_nesting(path: Path, holder: str) -> None:
    pid, held = getattr(_thread, "held", None) or (None, None)
    if held is not None and pid == os.getpid():
        raise NestedLock(f"{holder} asks for {path.name} while it holds {held.name}: take them one after the other")


def _acquired(path: Path, holder: str, timeout: float) -> int:
    """The descriptor of ``path``, locked."""
    deadline, parent = time.monotonic() + timeout, os.getppid()
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)  # less the process's mask
        try:
            _wait(descriptor, path, holder, timeout, deadline)
            if os.getppid() != parent:
                raise _orphaned(path, holder)
            if _is_still(path, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # deleted while this process waited: it would guard nothing


def _wait(descriptor: int, path: Path, holder: str, timeout: float, deadline: float) -> None:
    told = False
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
            if not told:
                log.info("%s waits for %s, held by %s", holder, path.name, held_by(path))
                told = True
            time.sleep(_POLL_SECONDS)
        else:
            return


def _orphaned(path: Path, holder: str) -> WarehouseLocked:
    """Whoever started this process is gone and may have started another attempt: this one must not write any more."""
    return WarehouseLocked(
        path.name,
        expected=f"the process that started {holder} to be there still",
        found="it ended while this one waited for the lock",
        remedy="Nothing was written; run it again unless a retry is under way",
    )


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def held_by(path: Path) -> str:
    """Who wrote its name into the lock file last."""
    try:
        owner = json.loads(path.read_text())
        gone = "" if _is_alive(owner["pid"]) else ", which is gone; a process that it started holds on"
        return f"{owner['holder']} (pid {owner['pid']}{gone})"
    except (OSError, ValueError, KeyError):
        return "an unknown process"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
