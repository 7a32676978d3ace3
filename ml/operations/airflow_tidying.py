"""Airflow's own traces: task logs by age, and runs in its metadata database with its own ``airflow db clean``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from ml.cleanup import Cleanup, remove, size
from ml.errors import ShelduckError
from ml.home_folders import sqlite_address
from ml.operations.environment import airflow_environment
from ml.settings import Settings

_DATABASE: Final = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
_LOGS: Final = "AIRFLOW__LOGGING__BASE_LOG_FOLDER"
_A_DAY: Final = 86_400.0
_LONGEST_LOG: Final = 20_000_000
"""Bytes of a service's log in ``logs/`` from which it starts anew; one earlier piece is kept."""


class TidyFailed(ShelduckError):
    """Housekeeping that could not be done; nothing that is needed was touched."""


def prune_logs(settings: Settings, *, dry_run: bool = False, now: float | None = None) -> Cleanup:
    """Remove Airflow's log files older than ``kept_log_days`` and folders that become empty."""
    before = (time.time() if now is None else now) - settings.kept_log_days * _A_DAY
    root = Path(os.environ.get(_LOGS) or settings.home / "airflow" / "logs")
    old = [path for path in root.rglob("*") if path.is_file() and path.stat().st_mtime < before]
    cleaned = remove("Airflow's logs", old, dry_run=dry_run)
    if not dry_run:
        for folder in sorted((path for path in root.rglob("*") if path.is_dir()), reverse=True):
            if not any(folder.iterdir()):
                folder.rmdir()
    return cleaned


def shorten_service_logs(settings: Settings, *, dry_run: bool = False) -> Cleanup:
    """Start the long ones of ``logs/*.log`` anew in place, so that who writes them goes on; keep a copy."""
    long = [path for path in (settings.home / "logs").glob("*.log") if size(path) > _LONGEST_LOG]
    held = sum(map(size, long))
    for path in () if dry_run else long:
        shutil.copyfile(path, path.with_suffix(".log.old"))
        os.truncate(path, 0)
    return Cleanup("services' logs", len(long), held)


def clean_metadata(settings: Settings, *, dry_run: bool = False, now: datetime | None = None) -> Cleanup:
    """Remove runs that started more than ``kept_metadata_days`` ago, with all that hangs on them, for good.

    Airflow keeps the last scheduled run of each DAG, so that the schedule goes on where it was.

    Raises:
        TidyFailed: ``airflow db clean`` failed.
    """
    what = "rows of Airflow's metadata"
    address = _address(settings)
    if address is None:
        return Cleanup(
            what,
            note="skipped: set SHELDUCK_AIRFLOW_DATABASE_URI, "
            "or run airflow db clean --clean-before-timestamp YYYY-MM-DD by hand",
        )
    before = (now or datetime.now(UTC)) - timedelta(days=settings.kept_metadata_days)
    mode = ["--dry-run"] if dry_run else ["--yes", "--skip-archive", "--error-on-cleanup-failure"]
    done = subprocess.run(
        [sys.executable, "-m", "airflow", "db", "clean", "--clean-before-timestamp", before.isoformat(), *mode],
        env={**os.environ, **airflow_environment(settings), _DATABASE: address},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise TidyFailed(
            "airflow db clean",
            expected="every table to be cleaned",
            found=next(_complaints(done.stdout + done.stderr), f"exit code {done.returncode}"),
            remedy="Nothing needed was removed. See whether Airflow's database answers: shelduck doctor",
        )
    return Cleanup(what, sum(int(count) for count in re.findall(r"Found (\d+) rows", done.stdout)))


def _address(settings: Settings) -> str | None:
    """The metadata database: as settings say, as Airflow says outside of tasks, or the file in the home."""
    if settings.airflow_database_uri:
        return settings.airflow_database_uri.get_secret_value()
    known = os.environ.get(_DATABASE, "")
    if known and not known.startswith(("sqlite", "airflow-db-not-allowed")):
        return known
    file = settings.home / "airflow" / "airflow.db"
    return sqlite_address(file, timeout="60") if file.exists() else None


def _complaints(output: str) -> Iterator[str]:
    """The last line that names an error, without addresses."""
    for line in reversed(output.splitlines()):
        if "rror" in line:
            yield re.sub(r"\S+://\S+", "…", line.strip())[:300]
