"""Ten backfill runs and a scheduled one at once under the real scheduler: one writer, the tables of a serial run."""

from __future__ import annotations

import re
import threading
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from ml.settings import Settings
from testkit.airflow_api import Api, running_airflow
from testkit.faults.measure import Measure, Outcome
from testkit.faults.shops import compared, copy_of, run_days, trained_shop
from testkit.shop import DAYS, TIMEZONE

_PATIENCE_SECONDS: Final = 3600.0
_POLL_SECONDS: Final = 0.05


class Writers:
    """Samples which processes have the warehouse file open, until ``stop``."""

    def __init__(self, settings: Settings) -> None:
        self._file = str(settings.warehouse_path)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.most, self.samples, self.seen = 0, 0, set[int]()

    def __enter__(self) -> Writers:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(_POLL_SECONDS):
            now = {process for process in _processes() if self._file in _open_files(process)}
            self.most, self.samples = max(self.most, len(now)), self.samples + 1
            self.seen |= now


def parallel_days(scratch: Path, count: int) -> Outcome:
    """A backfill of ``count`` days by every DAG, all at once, while the schedule runs yesterday."""
    zone = Settings(home=scratch, timezone=TIMEZONE).zone
    yesterday = datetime.now(zone).date() - timedelta(days=1)
    days = [yesterday - timedelta(days=number) for number in range(count, 0, -1)]
    saturday = days[0] - timedelta(days=(days[0].isoweekday() - 6) % 7)
    serial = trained_shop(scratch / "serial", saturday, yesterday - timedelta(days=DAYS - 1))
    parallel = copy_of(serial, scratch / "parallel")
    tasks = str((count + 1) * len(parallel.capabilities_on))
    with running_airflow(parallel, AIRFLOW__CORE__PARALLELISM=tasks) as api, Writers(parallel) as writers:
        states = _run_all([api.of(each.daily_dag) for each in parallel.capabilities_on], days)
    run_days(serial, [*days, yesterday])
    equal, faults = compared(serial, parallel, [*days, yesterday])
    held = most_holders(lock_log(parallel))
    reached = f"{max(writers.most, held)}; {equal} of {count + 1} equal ({len(writers.seen)} processes wrote)"
    bad = tuple(f"{run}: {state}" for run, state in states.items() if state != "success")
    good = max(writers.most, held) == 1 and equal == count + 1 and not bad
    return Outcome(reached, good, faults + bad)


def _run_all(dags: list[Api], days: list[date]) -> dict[str, str]:
    """Start both kinds of runs of every DAG at the same moment; wait for all."""
    for dag in dags:
        dag.listed()
        dag.backfill(days[0], days[-1], max_active_runs=len(days))  # waits while the DAG is paused
    for dag in dags:
        dag.unpause()  # lets the backfill go, and the schedule makes yesterday's run
    return {
        f"{dag.dag} {kind} {day}": state
        for dag in dags
        for kind, runs in (("backfill", len(days)), ("scheduled", 1))
        for day, state in dag.finished(kind, runs, _PATIENCE_SECONDS).items()
    }


def lock_log(settings: Settings) -> list[tuple[float, int]]:
    """When the warehouse was taken (+1) and given back (-1), as the task logs tell it, in seconds since the epoch."""
    events = []
    for log in (settings.home / "airflow" / "logs").rglob("attempt=*.log"):
        for line in log.read_text().splitlines():
            if found := re.search(r'"timestamp":"([^"]+)".*?warehouse (taken|given back)', line):
                moment = datetime.fromisoformat(found[1].replace("Z", "+00:00")).timestamp()
                events.append((moment, 1 if found[2] == "taken" else -1))
    return sorted(events)


def most_holders(events: list[tuple[float, int]]) -> int:
    """The most that held the lock at once."""
    most = holding = 0
    for _, change in events:
        holding += change
        most = max(most, holding)
    return most


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _open_files(process: int) -> set[str]:
    try:
        return {str(link.readlink()) for link in Path(f"/proc/{process}/fd").iterdir()}
    except OSError:
        return set()


MEASURE: Final = Measure(
    "parallel",
    "10 parallel backfill runs + 1 scheduled under the real scheduler: most writers at once; result",
    "1; equals serial",
    10,
    3,
    0,
    parallel_days,
)
