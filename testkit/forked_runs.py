"""DAG runs whose child process is forked from a server that has imported what a day needs, instead of started anew.

The child does what ``python -m ml.operations.run_child`` does, in a process of its own with the same environment, pipes
and log; what it is spared are the imports of dbt, Great Expectations and MLflow, and parsing the dbt project.
"""

from __future__ import annotations

import atexit
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import IO

from ml.operations.environment import PROJECT_ROOT, airflow_environment
from ml.operations.runs import PROGRESS_FD
from ml.settings import Settings
from testkit.faults.crash import server


class ForkedChild:
    """What ``ml.operations.runs`` asks of a ``subprocess.Popen``."""

    def __init__(self, process: BaseProcess, stdin: Connection) -> None:
        self.process, self.stdin, self.pid = process, stdin, process.pid

    def wait(self, timeout: float | None = None) -> int:
        """The exit status; raises ``subprocess.TimeoutExpired``."""
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired("a forked run", timeout or 0.0)
        return self.process.exitcode

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()


def start_forked(settings: Settings, sender: int, output: IO[str]) -> ForkedChild:
    """In place of ``ml.operations.runs._start``; ``sender`` is closed here as there."""
    stdin, kept = Pipe(duplex=False)
    environment = {**os.environ, **airflow_environment(settings)}
    log = Connection(os.dup(output.fileno()), readable=False)
    events = Connection(sender, readable=False)
    process = server().Process(target=_run, args=(environment, stdin, events, log))
    process.start()
    for handed_on in (stdin, events, log):
        handed_on.close()
    return ForkedChild(process, kept)


def _run(
    environment: Mapping[str, str],
    stdin: Connection,
    events: Connection,
    log: Connection,
) -> None:
    os.environ.clear()
    os.environ.update({**environment, PROGRESS_FD: str(events.fileno())})
    os.chdir(PROJECT_ROOT)
    for stream in (1, 2):
        os.dup2(log.fileno(), stream)
    sys.stdin = os.fdopen(os.dup(stdin.fileno()))
    logging.disable(logging.NOTSET)
    from ml.operations.large_heaps import collect_seldom
    from ml.operations.run_child import main

    collect_seldom()
    status = main()
    atexit._run_exitfuncs()
    for written in (sys.stdout, sys.stderr):
        written.flush()
    os._exit(status)
