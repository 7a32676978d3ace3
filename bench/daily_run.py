"""What Airflow adds to a day: the same days through ``dag.test`` and as plain function calls, in one process.

    .venv/bin/python -m bench.daily_run --days 3

Needs the demo's data home (`make demo`); works in a copy, so nothing of it changes. Both ways run the
same days, one after the other, after a warm-up day; slices and drafts are removed in between.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ml.operations.environment import PROJECT_ROOT, airflow_environment, prepare_airflow
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings

FIRST = date(2017, 12, 5)


def main() -> None:
    """Copy the data home, warm up both ways, time them in turn, print the ratio."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--days", type=int, default=3)
    days = [FIRST + timedelta(days=number) for number in range(arguments.parse_args().days)]
    with tempfile.TemporaryDirectory(prefix="shelduck-bench-") as scratch:
        settings = _copy(Settings(), Path(scratch))
        os.environ.update(airflow_environment(settings))
        logging.disable(logging.WARNING)
        direct, through_airflow = _directly(settings), _through_airflow(settings)
        direct(FIRST - timedelta(days=1))
        through_airflow(FIRST - timedelta(days=1))
        seconds = {
            "functions called directly": _timed(settings, direct, days),
            "dag.test": _timed(settings, through_airflow, days),
        }
    _print(seconds, len(days))


def _copy(original: Settings, scratch: Path) -> Settings:
    for name in ("landing", "warehouse", "mlflow", "published"):
        shutil.copytree(original.home / name, scratch / "var" / name, symlinks=True)
    return original.model_copy(update={"home": scratch / "var"})


def _directly(settings: Settings) -> Callable[[date], None]:
    from expectations.gates import gate_draft, gate_slice
    from ml.day import compute_day
    from ml.landing.load import land
    from ml.publish.versions import publish
    from ml.warehouse.build import build

    def run(day: date) -> None:
        land(settings, day)
        (made,) = build(settings, [day])
        gate_slice(settings, RECOMMEND, made.folder)
        draft = compute_day(settings, RECOMMEND, made.folder)
        gate_draft(settings, RECOMMEND, draft)
        publish(settings, RECOMMEND, draft, provenance={})

    return run


def _through_airflow(settings: Settings) -> Callable[[date], None]:
    import pendulum

    prepare_airflow(settings)
    from airflow.dag_processing.dagbag import DagBag

    dag = DagBag(str(PROJECT_ROOT / "dags")).dags["build_shelves"]
    dag.deadline = None  # as ml.operations.runs does

    def run(day: date) -> None:
        state = dag.test(logical_date=pendulum.datetime(day.year, day.month, day.day, tz=settings.timezone)).state
        if state != "success":
            raise SystemExit(f"{day} ended in {state}")

    return run


def _timed(settings: Settings, run: Callable[[date], None], days: Sequence[date]) -> tuple[float, float]:
    """Wall and processor seconds of ``days``, none of which has a slice yet."""
    for folder in (settings.slices_dir, settings.drafts_of("recommend")):
        shutil.rmtree(folder, ignore_errors=True)
    wall, processor = time.perf_counter(), time.process_time()
    for day in days:
        run(day)
    return time.perf_counter() - wall, time.process_time() - processor


def _print(seconds: dict[str, tuple[float, float]], days: int) -> None:
    table = Table(title=f"A day of the demo shop, mean of {days}")
    for heading in ("way", "seconds", "CPU seconds", "ratio (CPU)"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    base = seconds["functions called directly"][1]
    for way, (wall, processor) in seconds.items():
        table.add_row(way, f"{wall / days:.1f}", f"{processor / days:.1f}", f"{processor / base:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
