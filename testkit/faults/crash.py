"""Work in processes that die. They are forked from a server that has imported and parsed everything: cheap ones."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import tempfile
import time
from collections.abc import Callable
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

KILLED = -signal.SIGKILL
_POLL_SECONDS = 0.005


@cache
def server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["testkit.faults.warm"])
    return context


def in_child(work: Callable[..., Any], *args: Any, kill_at: float | None = None) -> int:
    """Call ``work(*args)`` in a process of its own; returns its exit code.

    It is killed once it has used ``kill_at`` CPU seconds: on a busy machine a better moment than a time of the clock.
    """
    child = server().Process(target=work, args=args)
    child.start()
    while kill_at is not None and child.is_alive():
        if cpu_seconds(child.pid) >= kill_at:
            child.kill()
        time.sleep(_POLL_SECONDS)
    child.join()
    assert child.exitcode is not None
    return child.exitcode


def cpu_seconds(pid: int | None) -> float:
    """What a process and its threads have used so far; 0 when it is gone (Linux: clock_getcpuclockid)."""
    try:
        return time.clock_gettime((~(pid or 0) << 3) | 2)
    except OSError:
        return 0.0


def attempt(work: Callable[..., Any], *args: Any) -> dict[str, Any]:
    """Call ``work(*args)`` in a child that lives: ``{"result", "cpu"}``, or ``{"error", "kind"}``."""
    with tempfile.NamedTemporaryFile(suffix=".json") as answer:
        code = in_child(_tell, answer.name, work, *args)
        told = Path(answer.name).read_text(encoding="utf-8")
    return json.loads(told) if told else {"error": f"exit code {code}", "kind": "Died"}


def _tell(answer: str, work: Callable[..., Any], *args: Any) -> None:
    started = time.process_time()
    try:
        told = {"result": work(*args), "cpu": time.process_time() - started}
    except Exception as failed:
        told = {"error": str(failed), "kind": type(failed).__name__}
    Path(answer).write_text(json.dumps(told), encoding="utf-8")


def die() -> None:
    """kill -9 of this very process."""
    os.kill(os.getpid(), signal.SIGKILL)
