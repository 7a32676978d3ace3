"""Runs of the real DAGs without a daemon, in a child process that reports its progress as JSON lines.

``python -m ml.orchestration.runs build_shelves 2017-12-02 2017-12-03`` is what the parent starts; all dates
share one process, so Airflow is imported once.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TextIO

from ml.access import begin
from ml.errors import ShelduckError
from ml.home import enter
from ml.orchestration.environment import PROJECT_ROOT, airflow_environment, prepare_airflow
from ml.orchestration.task_logs import TaskLog
from ml.registry.versions import LOGGED
from ml.settings import Settings

_PROGRESS_FD = "SHELDUCK_PROGRESS_FD"


class RunFailed(ShelduckError):
    """A DAG run that did not end in success."""


@dataclass(frozen=True)
class Event:
    """What a child says: a task started or ended, a line about what it does, the model version that a training gave."""

    kind: str
    dag_id: str
    day: str
    text: str
    seconds: float = 0.0


def run_dag(
    settings: Settings, dag_id: str, days: Sequence[date], on_event: Callable[[Event], None] = lambda event: None
) -> None:
    """Run ``dag_id`` for each logical date in order, in one child process; the log goes to the data home.

    Raises:
        RunFailed: a task failed; the message holds its own last error and where the log is.
    """
    enter(settings)
    log = settings.home / "logs" / f"{dag_id}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    receiver, sender = os.pipe()
    with log.open("a") as output, os.fdopen(receiver) as events:
        child = subprocess.Popen(
            [sys.executable, "-m", "ml.orchestration.runs", dag_id, *(day.isoformat() for day in days)],
            env={**os.environ, **airflow_environment(settings), _PROGRESS_FD: str(sender)},
            pass_fds=[sender],
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,  # stays open; its end tells the child that this process is gone
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        os.close(sender)
        errors = [event.text for event in _relay(events, on_event) if event.kind == "error"]
    if child.wait() != 0:
        raise RunFailed(
            f"DAG {dag_id}",
            expected="every task to succeed",
            found=errors[-1] if errors else f"exit code {child.returncode}",
            remedy=f"The whole log: {settings.relative(log)} in the data home",
        )


def _relay(lines: TextIO, on_event: Callable[[Event], None]) -> Iterator[Event]:
    for line in lines:
        event = Event(**json.loads(line))
        on_event(event)
        yield event


class _Reporter:
    """Airflow listener and log handler that write ``Event`` lines to the parent."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.dag_id = self.day = ""
        self.started = 0.0

    def send(self, kind: str, text: str, seconds: float = 0.0) -> None:
        event = Event(kind, self.dag_id, self.day, text, seconds)
        self.stream.write(json.dumps(event.__dict__) + "\n")
        self.stream.flush()


def _listener(reporter: _Reporter, log: TaskLog) -> Any:
    from airflow.listeners import hookimpl

    class Listener:
        @hookimpl
        def on_task_instance_running(self, previous_state: Any, task_instance: Any) -> None:
            reporter.started = time.monotonic()
            log.begin(task_instance)
            reporter.send("start", task_instance.task_id)

        @hookimpl
        def on_task_instance_success(self, previous_state: Any, task_instance: Any) -> None:
            log.end()
            reporter.send("done", task_instance.task_id, time.monotonic() - reporter.started)

        @hookimpl
        def on_task_instance_failed(self, previous_state: Any, task_instance: Any, error: Any) -> None:
            log.fail(error)
            reporter.send("error", f"{task_instance.task_id}: {error}")

    return Listener()


class _MessageHandler(logging.Handler):
    def __init__(self, reporter: _Reporter) -> None:
        super().__init__(logging.INFO)
        self.reporter = reporter

    def emit(self, record: logging.LogRecord) -> None:
        self.reporter.send("message", record.getMessage())
        if version := getattr(record, LOGGED, None):
            self.reporter.send("model", str(version))


def _show_real_duration(run: Any) -> None:
    """``dag.test`` lets a run start at its logical date, which the UI would show as a duration of years."""
    from airflow.models.dagrun import DagRun
    from airflow.utils.session import create_session
    from sqlalchemy import update

    with create_session() as session:
        started = min(task.start_date for task in run.get_task_instances(session=session) if task.start_date)
        session.execute(update(DagRun).where(DagRun.id == run.id).values(start_date=started))


def _end_with_parent() -> None:
    def wait() -> None:
        os.read(sys.stdin.fileno(), 1)  # unbuffered: a buffered read would hold a lock at shutdown
        os._exit(1)

    threading.Thread(target=wait, daemon=True, name="end-with-parent").start()


def _run_in_this_process(dag_id: str, days: Sequence[date]) -> int:
    import pendulum
    from airflow.dag_processing.dagbag import DagBag
    from airflow.sdk.listener import get_listener_manager

    settings = Settings()
    begin(settings)
    prepare_airflow(settings)
    stream = os.fdopen(int(os.environ[_PROGRESS_FD]), "w") if _PROGRESS_FD in os.environ else sys.stdout
    reporter, log = _Reporter(stream), TaskLog()
    get_listener_manager().add_listener(_listener(reporter, log))
    logging.getLogger().addHandler(log)
    logging.getLogger("ml").addHandler(_MessageHandler(reporter))
    dag = DagBag(str(PROJECT_ROOT / "dags")).dags[dag_id]
    dag.deadline = None  # Airflow 3.3.2 cannot end such a run of a DAG with one; deadlines are for scheduled runs
    for day in days:
        reporter.dag_id, reporter.day = dag_id, day.isoformat()
        started = time.monotonic()
        start = pendulum.datetime(day.year, day.month, day.day, tz=settings.timezone)
        run = dag.test(logical_date=start, run_after=dag.timetable.infer_manual_data_interval(run_after=start).end)
        _show_real_duration(run)
        if run.state != "success":
            return 1
        reporter.send("run", str(run.state), time.monotonic() - started)
    return 0


if __name__ == "__main__":
    logging.getLogger("ml").setLevel(logging.INFO)
    _end_with_parent()
    sys.exit(_run_in_this_process(sys.argv[1], [date.fromisoformat(day) for day in sys.argv[2:]]))
