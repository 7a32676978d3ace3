"""Airflow's four processes as one: when one of them ends, all end, so half an Airflow never looks like a whole one.

Unlike ``airflow standalone`` it opens no log servers. Run by ``shelduck up`` as the leader of a process group.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

import psutil

AIRFLOW = (sys.executable, str(Path(sys.executable).parent / "airflow"))
COMPONENTS = {
    "scheduler": (*AIRFLOW, "scheduler", "--skip-serve-logs"),
    "dag-processor": (*AIRFLOW, "dag-processor"),
    "api-server": (*AIRFLOW, "api-server"),
    "triggerer": (*AIRFLOW, "triggerer", "--skip-serve-logs"),
}
_PATIENCE = 15.0


def supervise(components: Mapping[str, Sequence[str]]) -> int:
    """Run ``components`` until one of them ends or this process is asked to; returns the exit code."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    children = {name: subprocess.Popen(command) for name, command in components.items()}
    try:
        while all(child.poll() is None for child in children.values()):
            time.sleep(0.5)
    finally:
        ended = {name: child.returncode for name, child in children.items() if child.poll() is not None}
        for name, code in ended.items():
            _tell(f"{name} ended with exit code {code}")
        _tell("stopping what is left")
        _end_descendants()
    return 1


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - as signal calls it
    raise SystemExit(0)


def _end_descendants() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    descendants = psutil.Process().children(recursive=True)
    for process in descendants:
        _send(process, signal.SIGTERM)
    _, left = psutil.wait_procs(descendants, timeout=_PATIENCE)
    for process in left:
        _send(process, signal.SIGKILL)


def _send(process: psutil.Process, number: int) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(number)


def _tell(text: str) -> None:
    sys.stdout.write(f"shelduck up: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(supervise(COMPONENTS))
