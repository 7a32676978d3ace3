"""The child process of ``ml.operations.runs``: runs a DAG with ``dag.test`` and reports progress as JSON lines.

``python -m ml.operations.run_child build_shelves 2017-12-02 2017-12-03`` is what the parent starts; all dates
share one process, so Airflow is imported once.
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
from typing import Any, TextIO

from ml.access import begin
from ml.operations.causes import known_cause, told
from ml.operations.environment import PROJECT_ROOT, prepare_airflow
from ml.operations.large_heaps import collect_seldom, leave
from ml.operations.live_runs import alive
from ml.operations.runs import PROGRESS_FD, Event
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


def _end_with_parent() -> None:
    def wait() -> None:
        os.read(sys.stdin.fileno(), 1)  # unbuffered: a buffered read would hold a lock at shutdown
        os._exit(1)

    threading.Thread(target=wait, daemon=True, name="end-with-parent").start()


def _run_days(reporter: _Reporter, dag_id: str, days: Sequence[date]) -> bool:
    import pendulum
    from airflow.dag_processing.dagbag import DagBag
    from airflow.sdk.listener import get_listener_manager

    settings = Settings()
    begin(settings)
    prepare_airflow(settings)
    log = TaskLog()
    get_listener_manager().add_listener(_listener(reporter, log))
    logging.getLogger().addHandler(log)
    logging.getLogger("ml").addHandler(_MessageHandler(reporter))
    dag = DagBag(str(PROJECT_ROOT / "dags")).dags[dag_id]
    dag.deadline = None  # Airflow 3.3.2 cannot end such a run of a DAG with one; deadlines are for scheduled runs
    for day in days:
        reporter.dag_id, reporter.day = dag_id, day.isoformat()
        started = time.monotonic()
        start = pendulum.datetime(day.year, day.month, day.day, tz=settings.timezone)
        with alive(settings, dag_id, day):
            run = dag.test(logical_date=start, run_after=dag.timetable.infer_manual_data_interval(run_after=start).end)
        _show_real_duration(run)
        if run.state != "success":
            return False
        reporter.send("run", str(run.state), time.monotonic() - started)
    return True


def main(dag_id: str, days: Sequence[date]) -> int:
    """The exit status; whatever ends the process early is reported first, its traceback goes to the log."""
    logging.getLogger("ml").setLevel(logging.INFO)
    _end_with_parent()
    stream = os.fdopen(int(os.environ[PROGRESS_FD]), "w") if PROGRESS_FD in os.environ else sys.stdout
    reporter = _Reporter(stream)
    try:
        return 0 if _run_days(reporter, dag_id, days) else 1
    except KeyboardInterrupt:
        return 130
    except BaseException as error:  # Airflow leaves with SystemExit where its configuration is wrong
        reporter.fail(error)
        raise


if __name__ == "__main__":
    collect_seldom()
    leave(main(sys.argv[1], [date.fromisoformat(day) for day in sys.argv[2:]]))
