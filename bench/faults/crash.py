"""Work in processes that die: forked from a server that has imported and parsed everything, so that one costs little."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from functools import cache
from multiprocessing.context import ForkServerContext
from typing import Any

KILLED = -signal.SIGKILL


@cache
def _server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.faults.warm"])
    return context


def in_child(work: Callable[..., Any], *args: Any, kill_after: float | None = None) -> int:
    """Call ``work(*args)`` in a process of its own, which is killed after so many seconds; returns its exit code."""
    child = _server().Process(target=work, args=args)
    child.start()
    child.join(kill_after)
    if child.is_alive():
        child.kill()
        child.join()
    assert child.exitcode is not None
    return child.exitcode


def seconds_in_child(work: Callable[..., Any], *args: Any) -> float:
    """How long a child takes for the work when nobody kills it.

    Raises:
        RuntimeError: it did not end well.
    """
    started = time.perf_counter()
    code = in_child(work, *args)
    if code != 0:
        raise RuntimeError(f"{work.__name__} ended with exit code {code} though nothing was done to it")
    return time.perf_counter() - started


def die() -> None:
    """kill -9 of this very process."""
    os.kill(os.getpid(), signal.SIGKILL)
