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
from typing import IO, Final

from ml.errors import ShelduckError
from ml.home import enter
from ml.operations.child_reports import last_words
from ml.operations.dead_runs import end_dead_runs
from ml.operations.environment import PROJECT_ROOT, airflow_environment
from ml.settings import Settings

PROGRESS_FD: Final = "SHELDUCK_PROGRESS_FD"
ENDED: Final = "ended"
"""The kind of the event that ends what a child was asked to run, where all of it succeeded."""
_PATIENCE_SECONDS: Final = 10.0
_TAIL_BYTES: Final = 4096
_NICE: Final = 10


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
    """Run ``dag_id`` for each logical date in order, in a child process of its own; the log goes to the data home.

    Raises:
        RunFailed: a task failed, or the process did; the message holds its own last error and where the log is.
        Interrupted: Ctrl-C.
    """
    process = RunProcess(settings, dag_id)
    try:
        process.run(dag_id, days, on_event)
    finally:
        process.end()


class RunProcess:
    """A child process that runs DAGs one after the other, so that Airflow and what tasks need is imported once.

    What it prints while it starts goes to the log of the DAG that is named first.
    """

    def __init__(self, settings: Settings, dag_id: str) -> None:
        enter(settings)
        self._settings, self._is_at_work, self.stands_back = settings, False, False
        log = log_of(settings, dag_id)
        log.parent.mkdir(parents=True, exist_ok=True)
        receiver, sender = os.pipe()
        self._events = os.fdopen(receiver)
        with log.open("a") as output:
            self._begun = {log: output.tell()}
            self._child = _start(settings, sender, output)

    def stand_back(self) -> None:
        """Of the processors it gets what others leave, from now on: only root could take that back."""
        self.stands_back = True
        with contextlib.suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, self._child.pid, _NICE)

    def run(self, dag_id: str, days: Sequence[date], on_event: Callable[[Event], None] = lambda event: None) -> None:
        """Run a DAG for each logical date in order; after an error the process has ended.

        Raises:
            RunFailed, Interrupted: as ``run_dag`` does.
        """
        log, self._is_at_work = log_of(self._settings, dag_id), True
        begun = self._begun.pop(log) if log in self._begun else _size(log)
        try:
            self._tell(" ".join([dag_id, *(day.isoformat() for day in days)]))
            errors = [event for event in self._relay(on_event) if event.kind == "error"]
            if self._is_at_work:
                raise self._failure(dag_id, log, begun, errors)
        except KeyboardInterrupt:
            raise interrupted([(dag_id, day) for day in days]) from None
        finally:
            if self._is_at_work:
                self.end()
            end_dead_runs(self._settings, dag_id)

    def end(self) -> None:
        """Let it leave, or end it where it is at work: no child goes on alone, its input's end is its own."""
        with contextlib.suppress(OSError, ValueError):  # it is gone, or was told before
            if not self._is_at_work:
                self._tell("")
            if self._child.stdin is not None:
                self._child.stdin.close()
        try:
            self._child.wait(_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()

    def _tell(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):  # it died: the end of its events says so
            if self._child.stdin is not None:
                os.write(self._child.stdin.fileno(), f"{line}\n".encode())

    def _relay(self, on_event: Callable[[Event], None]) -> Iterator[Event]:
        for line in self._events:
            event = Event(**json.loads(line))
            if event.kind == ENDED:
                self._is_at_work = False
                return
            on_event(event)
            yield event

    def _failure(self, dag_id: str, log: Path, begun: int, errors: Sequence[Event]) -> RunFailed:
        code = self._child.wait()
        found, remedy = (errors[-1].text, errors[-1].remedy) if errors else last_words(_tail(log, begun), code)
        return RunFailed(
            f"DAG {dag_id}",
            expected="every task to succeed",
            found=found,
            remedy=f"{remedy}{'. ' if remedy else ''}The whole log: {self._settings.relative(log)} in the data home",
        )


def log_of(settings: Settings, dag_id: str) -> Path:
    """Where a DAG's runs without a daemon log."""
    return settings.home / "logs" / f"{dag_id}.log"


def _start(settings: Settings, sender: int, output: IO[str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "ml.operations.run_child"],
            env={**os.environ, **airflow_environment(settings), PROGRESS_FD: str(sender)},
            pass_fds=[sender],
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,  # says what to run; its end tells the child that this process is gone
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    finally:
        os.close(sender)


def interrupted(runs: Sequence[tuple[str, date]]) -> Interrupted:
    """That a person stopped runs, each a DAG and its day, in words."""
    told = ", ".join(f"DAG {dag_id} of {_span(dag_id, runs)}" for dag_id in dict.fromkeys(dag for dag, _ in runs))
    return Interrupted(
        told,
        expected="to run to its end",
        found="Ctrl-C",
        remedy="What was published stays as it is. Run the same command again",
    )


def _span(dag_id: str, runs: Sequence[tuple[str, date]]) -> str:
    days = [day for dag, day in runs if dag == dag_id]
    return f"{days[0]}" if len(days) == 1 else f"{days[0]} to {days[-1]}"


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _tail(log: Path, begun: int) -> bytes:
    """The end of what the child printed."""
    with contextlib.suppress(OSError), log.open("rb") as file:
        file.seek(max(begun, _size(log) - _TAIL_BYTES))
        return file.read()
    return b""
