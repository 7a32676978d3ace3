"""Task logs of runs without a daemon, where Airflow's pages look for them.

Under the scheduler a supervisor process writes a task's log file. ``dag.test`` has no supervisor, so the pages said
"Log file not found": here a listener writes the same file, one JSON object per line, as the supervisor does.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from ml.errors import ShelduckError


class TaskLog(logging.Handler):
    """Writes what is logged while a task runs into that task's file; nothing between tasks."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._file: TextIO | None = None

    def begin(self, task_instance: Any) -> None:
        """Start the file of this attempt; an earlier run's file of the same attempt is replaced."""
        self.end()
        self._file = _log_path(task_instance).open("w", encoding="utf-8")

    def emit(self, record: logging.LogRecord) -> None:
        """One line per record, with the traceback that it carries."""
        if self._file is None:
            return
        error = record.exc_info[1] if record.exc_info else None
        self._write(record.levelname.lower(), record.name, record.getMessage(), error)

    def fail(self, error: BaseException | str | None) -> None:
        """The error that ended the attempt: its traceback, then its text, so that a remedy is the last line."""
        if self._file is None:
            return
        known = isinstance(error, ShelduckError) or isinstance(getattr(error, "__context__", None), ShelduckError)
        if isinstance(error, BaseException) and not known:
            self._write("error", "task", "Task failed with exception", error)
        self._write("error", "task", str(error or "The task failed without an error"), None)
        self.end()

    def end(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def _write(self, level: str, logger: str, text: str, error: BaseException | None) -> None:
        line = {"timestamp": datetime.now(UTC).isoformat(), "level": level, "event": text, "logger": logger}
        if error is not None:
            line["error_detail"] = _frames(error)
        if self._file is not None:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()


def _log_path(task_instance: Any) -> Path:
    from airflow.configuration import conf
    from airflow.sdk.log import init_log_file
    from airflow.utils.helpers import parse_template_string

    _, template = parse_template_string(conf.get("logging", "log_filename_template"))
    assert template is not None, "Airflow's default file name is a Jinja template"
    return Path(init_log_file(template.render(ti=task_instance, try_number=task_instance.try_number)))


def _frames(error: BaseException) -> Any:
    """A traceback in the form that Airflow's pages show, without the values of variables."""
    from structlog.tracebacks import ExceptionDictTransformer

    trace: TracebackType | None = error.__traceback__
    return ExceptionDictTransformer(show_locals=False)((type(error), error, trace))
