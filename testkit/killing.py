"""Kills of whole commands: the process group of a real ``shelduck run`` or ``train`` gets SIGKILL in mid-work."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date
from typing import Final

from ml.settings import Settings

PATIENCE_SECONDS: Final = 300
PLACES_OF_A_DAY: Final = (
    "logs/build_shelves.log",
    "warehouse/shelduck.lock",
    "warehouse/dbt/*",
    "slices/.*",
    "slices/{day}-*",
    "reports/gates/{day}/*",
    "drafts/*/*{day}-*",
    "published/*/versions/{day}-*",
)
"""What a day's run writes, one after the other: a kill waits for one of them to be written."""
PLACES_OF_A_TRAINING: Final = ("warehouse/dbt/*", "slices/*", "mlflow/mlflow.db", "mlflow/artifacts/**/*")


def start_and_kill(
    settings: Settings,
    command: Sequence[str],
    wait_for: str = "",
    delay: float = 0.0,
    env: dict[str, str] | None = None,
) -> bool:
    """Start a ``shelduck`` command; kill its whole session ``delay`` seconds after it wrote to ``wait_for``.

    Returns:
        Whether it was killed; False when it had ended before.
    """
    started = time.time()
    child = subprocess.Popen(
        [sys.executable, "-c", "from ml.cli import main; main()", *command],
        env={**os.environ, **settings.environment(), **(env or {})},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _written(settings, wait_for, started) and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        child.wait(delay)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
    return child.wait() == -signal.SIGKILL


def kill_a_day(settings: Settings, day: date, chance: random.Random) -> str | None:
    """Kill a run of ``day`` at a random place and time; says where, None when it was faster."""
    place, delay = chance.choice(PLACES_OF_A_DAY), chance.uniform(0, 1.5)
    killed = start_and_kill(settings, ["run", "--as-of", day.isoformat()], place.format(day=day), delay)
    return f"{day}: {delay:.2f} s after {place}" if killed else None


def _written(settings: Settings, pattern: str, since: float) -> bool:
    """Whether a file of the pattern was written after ``since`` (a second's grace for coarse file times)."""
    if not pattern:
        return True
    for path in settings.home.glob(pattern):
        try:
            if path.stat().st_mtime >= since:
                return True
        except OSError:
            continue
    return False
