"""Runs of the real DAGs without a daemon, in a child process (``ml.operations.run_child``) that reports progress."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Final, TextIO

from ml.errors import ShelduckError
from ml.home import enter
from ml.operations.child_reports import last_words
from ml.operations.dead_runs import end_dead_runs
from ml.operations.environment import PROJECT_ROOT, airflow_environment
from ml.settings import Settings

PROGRESS_FD: Final = "SHELDUCK_PROGRESS_FD"
_PATIENCE_SECONDS: Final = 10.0
_TAIL_BYTES: Final = 4096


class RunFailed(ShelduckError):
    """A DAG run that did not end in success."""


class Interrupted(ShelduckError):
    """Work that a person stopped."""


@dataclass(frozen=True)
class Event:
    """What a child says: a task started or ended, a line about what it does, the model version that a training gave."""

    kind: str
    dag_id: str
    day: str
    text: str
    seconds: float = 0.0
    remedy: str = ""


def run_dag(
    settings: Settings, dag_id: str, days: Sequence[date], on_event: Callable[[Event], None] = lambda event: None
) -> None:
    """Run ``dag_id`` for each logical date in order, in one child process; the log goes to the data home.

    Raises:
        RunFailed: a task failed, or the process did; the message holds its own last error and where the log is.
        Interrupted: Ctrl-C.
    """
    enter(settings)
    log = settings.home / "logs" / f"{dag_id}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    receiver, sender = os.pipe()
    with log.open("a") as output, os.fdopen(receiver) as events:
        begun = output.tell()
        child = _start(settings, dag_id, days, sender, output)
        try:
            errors = [event for event in _relay(events, on_event) if event.kind == "error"]
            code = child.wait()
        except KeyboardInterrupt:
            raise _interrupted(dag_id, days) from None
        finally:
            _end(child)
            end_dead_runs(settings, dag_id)
    if code != 0:
        found, remedy = (errors[-1].text, errors[-1].remedy) if errors else last_words(_tail(log, begun), code)
        raise RunFailed(
            f"DAG {dag_id}",
            expected="every task to succeed",
            found=found,
            remedy=f"{remedy}{'. ' if remedy else ''}The whole log: {settings.relative(log)} in the data home",
        )


def _start(
    settings: Settings, dag_id: str, days: Sequence[date], sender: int, output: IO[str]
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "ml.operations.run_child", dag_id, *(day.isoformat() for day in days)],
            env={**os.environ, **airflow_environment(settings), PROGRESS_FD: str(sender)},
            pass_fds=[sender],
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,  # stays open; its end tells the child that this process is gone
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    finally:
        os.close(sender)


def _relay(lines: TextIO, on_event: Callable[[Event], None]) -> Iterator[Event]:
    for line in lines:
        event = Event(**json.loads(line))
        on_event(event)
        yield event


def _end(child: subprocess.Popen[bytes]) -> None:
    """Let no child go on alone: the end of its input ends it, and a signal where it does not look any more."""
    if child.stdin is not None:
        with contextlib.suppress(OSError):
            child.stdin.close()
    try:
        child.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _interrupted(dag_id: str, days: Sequence[date]) -> Interrupted:
    span = f"{days[0]}" if len(days) == 1 else f"{days[0]} to {days[-1]}"
    return Interrupted(
        f"DAG {dag_id} of {span}",
        expected="to run to its end",
        found="Ctrl-C",
        remedy="What was published stays as it is. Run the same command again",
    )


def _tail(log: Path, begun: int) -> bytes:
    """The end of what the child printed."""
    with contextlib.suppress(OSError), log.open("rb") as file:
        file.seek(max(begun, log.stat().st_size - _TAIL_BYTES))
        return file.read()
    return b""
