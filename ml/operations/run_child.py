"""The child process of ``ml.operations.runs``: runs DAGs with ``dag.test`` and reports progress as JSON lines.

What to run it reads from its standard input, a line such as ``build_shelves 2017-12-02 2017-12-03`` at a time, until an
empty one: all of it shares one process, so Airflow is imported once.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TextIO

from ml.access import begin
from ml.operations.causes import known_cause, told
from ml.operations.environment import PROJECT_ROOT, prepare_airflow
from ml.operations.large_heaps import collect_seldom, leave
from ml.operations.live_runs import alive
from ml.operations.runs import ENDED, PROGRESS_FD, Event, log_of
from ml.operations.task_logs import TaskLog
from ml.registry.versions import LOGGED
from ml.settings import Settings


class _Reporter:
    """Airflow listener and log handler that write ``Event`` lines to the parent."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.dag_id = self.day = ""
        self.started = 0.0

    def send(self, kind: str, text: str, seconds: float = 0.0, remedy: str = "") -> None:
        event = Event(kind, self.dag_id, self.day, text, seconds, remedy)
        self.stream.write(json.dumps(event.__dict__) + "\n")
        self.stream.flush()

    def fail(self, error: BaseException | str | None, task: str = "") -> None:
        """Report what ended a task or the process, with its cause where that is known."""
        if isinstance(error, BaseException) and (task == "" or known_cause(error)):
            found, remedy = told(error)
        else:
            found, remedy = str(error), ""
        self.send("error", f"{task}: {found}" if task else found, remedy=remedy)


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
            reporter.fail(error, task_instance.task_id)

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
        starts = [task.start_date for task in run.get_task_instances(session=session) if task.start_date]
        if starts:
            session.execute(update(DagRun).where(DagRun.id == run.id).values(start_date=min(starts)))


def _listen(orders: SimpleQueue[list[str] | None]) -> None:
    """Hand on what the parent asks for, a line each; when it is gone without an empty line, end this process."""

    def listen() -> None:
        heard = b""
        while chunk := os.read(sys.stdin.fileno(), 4096):  # unbuffered: a buffered read would hold a lock at shutdown
            *lines, heard = (heard + chunk).split(b"\n")
            for line in lines:
                orders.put(line.decode().split() or None)
                if not line:
                    return
        os._exit(1)

    threading.Thread(target=listen, daemon=True, name="end-with-parent").start()


class _Runs:
    """Airflow, ready to run any DAG of this checkout."""

    def __init__(self, reporter: _Reporter) -> None:
        from airflow.dag_processing.dagbag import DagBag
        from airflow.sdk.listener import get_listener_manager

        self.settings, self.reporter = Settings(), reporter
        begin(self.settings)
        prepare_airflow(self.settings)
        log = TaskLog()
        get_listener_manager().add_listener(_listener(reporter, log))
        logging.getLogger().addHandler(log)
        logging.getLogger("ml").addHandler(_MessageHandler(reporter))
        self.dags = DagBag(str(PROJECT_ROOT / "dags")).dags

    def run(self, dag_id: str, days: Sequence[date]) -> bool:
        """Run a DAG for its days; False after the first that did not succeed."""
        self.reporter.dag_id = dag_id
        dag = self.dags[dag_id]
        dag.deadline = None  # Airflow 3.3.2 cannot end such a run of a DAG with one; deadlines are for scheduled runs
        return all(self._run_day(dag, day) for day in days)

    def _run_day(self, dag: Any, day: date) -> bool:
        import pendulum

        self.reporter.day = day.isoformat()
        started = time.monotonic()
        start = pendulum.datetime(day.year, day.month, day.day, tz=self.settings.timezone)
        with alive(self.settings, dag.dag_id, day):
            run = dag.test(logical_date=start, run_after=dag.timetable.infer_manual_data_interval(run_after=start).end)
        _show_real_duration(run)
        if run.state != "success":
            return False
        self.reporter.send("run", str(run.state), time.monotonic() - started)
        return True


def _print_into(log: Path) -> None:
    """Let what this process prints go to the end of a file."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)  # less the process's mask
    for number in (1, 2):
        os.dup2(descriptor, number)
    os.close(descriptor)


def _import_ahead() -> None:
    """What the tasks of a day import: for a process that has nothing to run yet."""
    import expectations.gates  # noqa: F401
    import ml.landing.load
    import ml.publish.versions
    import ml.recommend.daily
    import ml.warehouse.build  # noqa: F401
    from expectations.engine import load_suite

    load_suite("features", "history")  # brings Great Expectations


def main() -> int:
    """The exit status; whatever ends the process early is reported first, its traceback goes to the log."""
    logging.getLogger("ml").setLevel(logging.INFO)
    orders: SimpleQueue[list[str] | None] = SimpleQueue()
    _listen(orders)
    stream = os.fdopen(int(os.environ[PROGRESS_FD]), "w") if PROGRESS_FD in os.environ else sys.stdout
    reporter = _Reporter(stream)
    try:
        runs = _Runs(reporter)
        if orders.empty():
            _import_ahead()
        while (order := orders.get()) is not None:
            dag_id, *days = order
            _print_into(log_of(runs.settings, dag_id))
            if not runs.run(dag_id, [date.fromisoformat(day) for day in days]):
                return 1
            reporter.send(ENDED, dag_id)
        return 0
    except KeyboardInterrupt:
        return 130
    except BaseException as error:  # Airflow leaves with SystemExit where its configuration is wrong
        reporter.fail(error)
        raise


if __name__ == "__main__":
    collect_seldom()
    leave(main())
