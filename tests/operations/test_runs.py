"""A run whose child process cannot do its work, or is stopped: what is told and what Airflow's metadata say then."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import date
from pathlib import Path

import pytest

from ml.operations import runs
from ml.operations.attempts import attempts
from ml.operations.dead_runs import end_dead_runs
from ml.operations.live_runs import RunUnderway, alive
from ml.operations.runs import Event, Interrupted, RunFailed, RunProcess, run_dag
from ml.settings import Settings

DAY = date(2025, 3, 1)
RUNS = (
    "create table dag_run (dag_id text, run_id text, state text, logical_date text, start_date text, end_date text,"
    " triggered_by text)",
    "create table task_instance (dag_id text, run_id text, task_id text, state text, end_date text)",
)


def _child(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Let the child be ``script`` instead of Airflow."""
    real = subprocess.Popen

    def start(command: list[str], **options: object) -> subprocess.Popen[bytes]:
        return real([sys.executable, "-c", script, *command[3:]], **options)  # type: ignore[call-overload, no-any-return]

    monkeypatch.setattr(runs.subprocess, "Popen", start)


@pytest.mark.parametrize(
    ("script", "found", "remedy"),
    [
        ("import sys; print('OddError: no idea'); sys.exit(1)", "OddError: no idea", "logs/build_shelves.log"),
        ("import os; os.kill(os.getpid(), 9)", "its process was ended by SIGKILL", "SHELDUCK_MEMORY_LIMIT"),
        ("import sys; sys.exit(3)", "its process ended early and wrote nothing", "shelduck doctor"),
        (
            "import errno, os; from ml.operations import run_child\n"
            "def full(settings): raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))\n"
            "run_child.prepare_airflow = full; run_child.main()",
            "DiskFull",
            "Free space (shelduck tidy)",
        ),
    ],
)
def test_a_child_that_dies_before_its_first_task_is_explained(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, script: str, found: str, remedy: str
) -> None:
    _child(monkeypatch, script)
    with pytest.raises(RunFailed) as failed:
        run_dag(settings, "build_shelves", [DAY])
    assert found in failed.value.found and remedy in failed.value.remedy
    assert "exit code" not in str(failed.value)


def test_what_an_earlier_run_left_in_the_log_is_not_taken_for_this_ones_words(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings.home / "logs").mkdir(parents=True)
    (settings.home / "logs" / "build_shelves.log").write_text("an older failure\n")
    _child(monkeypatch, "import sys; sys.exit(3)")
    with pytest.raises(RunFailed, match="wrote nothing"):
        run_dag(settings, "build_shelves", [DAY])


@pytest.mark.slow
def test_a_database_of_a_newer_airflow_is_named_by_the_real_child(settings: Settings) -> None:
    with _metadata(settings, "create table alembic_version (version_num text)") as database:
        database.execute("insert into alembic_version values ('ffffffffffff')")
        database.commit()
    with pytest.raises(RunFailed, match=r"Airflow's database.*newer version.*ffffffffffff.*airflow/airflow.db"):
        run_dag(settings, "build_shelves", [DAY])


def test_ctrl_c_ends_the_child_at_once_and_says_what_to_do(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    (settings.home).mkdir(parents=True)
    pid = settings.home / "pid"
    _child(
        monkeypatch,
        f"import os, pathlib, sys; pathlib.Path({str(pid)!r}).write_text(str(os.getpid())); sys.stdin.read()",
    )
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
    threading.Thread(target=_press_ctrl_c_when, args=(pid,), daemon=True).start()
    with pytest.raises(Interrupted, match=r"DAG build_shelves of 2025-03-01.*Ctrl-C.*Run the same command again"):
        run_dag(settings, "build_shelves", [DAY])
    signal.signal(signal.SIGINT, before)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def _press_ctrl_c_when(there: Path) -> None:
    while not (there.exists() and there.read_text()):
        time.sleep(0.01)
    os.kill(os.getpid(), signal.SIGINT)


@contextlib.contextmanager
def _metadata(settings: Settings, *statements: str):  # type: ignore[no-untyped-def]
    file = settings.home / "airflow" / "airflow.db"
    file.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(sqlite3.connect(file)) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()
        yield database


def _insert(database: sqlite3.Connection, day: date, state: str, by: str) -> None:
    row = ("build_shelves", f"run {day}", state, f"{day} 05:00:00.000000", f"{day} 06:00:00.000000", None, by)
    database.execute("insert into dag_run values (?, ?, ?, ?, ?, ?, ?)", row)
    database.execute("insert into task_instance values ('build_shelves', ?, 'build', ?, null)", (f"run {day}", state))
    database.commit()


def _holding(settings: Settings, day: date) -> subprocess.Popen[str]:
    """Another process that runs ``day``."""
    script = (
        "import sys; from datetime import date; from ml.operations.live_runs import alive; from ml.settings import "
        f"Settings\nwith alive(Settings(), 'build_shelves', date.fromisoformat('{day}')):\n"
        "    print('alive', flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, **settings.environment()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None and child.stdout.readline() == "alive\n"
    return child


def test_a_run_whose_process_is_gone_is_interrupted_and_one_that_lives_is_running(settings: Settings) -> None:
    lives, dead, scheduled = date(2025, 3, 1), date(2025, 3, 2), date(2025, 3, 3)
    with _metadata(settings, *RUNS) as database:
        for day, by in ((lives, "TEST"), (dead, "TEST"), (scheduled, "TIMETABLE")):
            _insert(database, day, "running", by)
        child = _holding(settings, lives)
        try:
            found = attempts(settings, "build_shelves")
            assert {day: found[day].state for day in found} == {
                lives: "running",
                dead: "interrupted",
                scheduled: "running",
            }
            assert found[dead].has_failed and not found[dead].is_running
            end_dead_runs(settings, "build_shelves")
        finally:
            child.kill()
            child.communicate()
        states = dict(database.execute("select logical_date, state from dag_run").fetchall())
        assert [state for _, state in sorted(states.items())] == ["running", "failed", "running"]
        tasks = database.execute("select state from task_instance order by run_id").fetchall()
        assert tasks == [("running",), ("failed",), ("running",)]
        assert attempts(settings, "build_shelves")[lives].state == "interrupted", "killed, it lives no more"


def test_a_day_runs_once_at_a_time(settings: Settings) -> None:
    child = _holding(settings, DAY)
    try:
        with pytest.raises(RunUnderway, match=r"2025-03-01.*another process"), alive(settings, "build_shelves", DAY):
            pass
        with alive(settings, "build_shelves", date(2025, 3, 2)):
            pass
    finally:
        child.communicate("")
    with alive(settings, "build_shelves", DAY):
        pass
    assert list((settings.home / "run").iterdir()) == []


def test_no_metadata_is_no_fault(settings: Settings, tmp_path: Path) -> None:
    end_dead_runs(settings, "build_shelves")
    assert attempts(settings, "build_shelves") == {} and not settings.home.exists()


def test_a_process_runs_one_dag_after_the_other_each_into_its_own_log_and_leaves_when_it_is_told(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = (
        "import atexit, sys; from ml.operations import run_child; from ml.settings import Settings\n"
        "class Runs:\n"
        "    def __init__(self, reporter): self.settings, self.reporter = Settings(), reporter\n"
        "    def run(self, dag_id, days):\n"
        "        print(f'{dag_id} of {days[0]}'); self.reporter.send('run', dag_id); return dag_id != 'fails'\n"
        "run_child._Runs, run_child._import_ahead = Runs, lambda: None\n"
        "atexit.register(print, 'left'); sys.exit(run_child.main())"
    )
    _child(monkeypatch, script)
    told: list[Event] = []
    process = RunProcess(settings, "build_shelves")
    assert os.getpriority(os.PRIO_PROCESS, process._child.pid) == os.getpriority(os.PRIO_PROCESS, 0)
    process.stand_back()
    assert process.stands_back
    assert os.getpriority(os.PRIO_PROCESS, process._child.pid) > os.getpriority(os.PRIO_PROCESS, 0)
    for dag in ("build_shelves", "build_profile"):
        process.run(dag, [DAY], told.append)
    process.end()
    logs = [(settings.home / "logs" / f"{dag}.log").read_text() for dag in ("build_shelves", "build_profile")]
    assert logs == ["build_shelves of 2025-03-01\n", "build_profile of 2025-03-01\nleft\n"]
    assert [event.text for event in told] == ["build_shelves", "build_profile"]
    with pytest.raises(RunFailed, match=r"DAG fails.*logs/fails.log"):
        run_dag(settings, "fails", [DAY])
