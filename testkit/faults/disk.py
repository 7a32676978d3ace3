"""A disk that is full at many points of a day: nothing acknowledged is lost, and the error says what to do.

Unprivileged: a limit of the file size (RLIMIT_FSIZE) makes the write that crosses it fail with "File too large", which
the libraries treat as they treat "No space left on device". Landing tells each partition when it is committed: those
are the acknowledged rows.
"""

from __future__ import annotations

import json
import random
import resource
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

from ml.landing.raw import contradicted_partitions, ensure_raw_schema
from ml.landing.report import PartitionReport
from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from ml.warehouse.connection import connect
from testkit.faults.crash import attempt
from testkit.faults.garden import copied, garden, outcome_of
from testkit.faults.measure import Measure, Outcome

_DAYS = 30
_ACKNOWLEDGED = "acknowledged.jsonl"
_STAGES = ("land", "build", "recommend", "publish")
_SMALLEST, _LARGEST = 200, 2_000_000


def fill_at_points(scratch: Path, points: int) -> Outcome:
    """Run a day with a full disk from a stage on, at as many sizes; then with space again."""
    settings, days = garden(scratch / "home", _DAYS)
    whole = attempt(outcome_of, copied(settings, scratch / "whole"), days[-1])
    chance, wrong, acknowledged, full = random.Random(points), [], 0, 0
    tried = 0
    while full < points and tried < 4 * points:
        stage = _STAGES[full % len(_STAGES)]
        room = int(_SMALLEST * (_LARGEST / _SMALLEST) ** chance.random())
        home = copied(settings, scratch / "full")
        told = attempt(_day_without_room, home, days[-1], stage, room)
        tried += 1
        if "result" not in told:
            full += 1
            rows = _acknowledged(home)
            acknowledged += sum(rows.values())
            fault = _fault(told, attempt(_lost, home, rows), attempt(outcome_of, home, days[-1]), whole)
            if fault:
                wrong.append(f"{stage} with {room:,} bytes: {fault}")
        shutil.rmtree(home.home)
    reached = f"{len(wrong)} of {full} points, {acknowledged:,} rows acknowledged"
    return Outcome(reached, not wrong and full == points and acknowledged > 0, tuple(wrong))


def _fault(told: dict[str, object], lost: dict[str, object], rerun: dict[str, object], whole: dict[str, object]) -> str:
    """What was not as promised, in words."""
    if told["kind"] != "DiskFull" or "Free space" not in str(told["error"]):
        return f"not said readably: {told}"
    if lost.get("result") != 0:
        return f"acknowledged rows are gone: {lost}"
    return "" if rerun.get("result") == whole["result"] else f"the rerun differs: {rerun}"


def _day_without_room(settings: Settings, day: date, stage: str, room: int) -> None:
    """A day as plain calls; from ``stage`` on no file grows beyond ``room`` bytes."""
    from ml.day import compute_day
    from ml.landing.load import land
    from ml.publish.versions import publish
    from ml.warehouse.build import build

    with ExitStack() as full, (settings.home / _ACKNOWLEDGED).open("a", buffering=1) as told:

        def begin(name: str) -> None:
            if name == stage:
                full.enter_context(_files_of_at_most(room + _written(settings, stage)))

        def acknowledge(report: PartitionReport) -> None:
            with _files_of_at_most(resource.RLIM_INFINITY):
                told.write(json.dumps([report.table, str(report.arrival), report.rows_accepted]) + "\n")

        begin("land")
        land(settings, day, on_partition=acknowledge)
        begin("build")
        (made,) = build(settings, [day])
        begin("recommend")
        draft = compute_day(settings, RECOMMEND, made.folder)
        begin("publish")
        publish(settings, RECOMMEND, draft, provenance={})


def _written(settings: Settings, stage: str) -> int:
    """The size that the warehouse file has: a full disk keeps a file from growing, not from being overwritten."""
    file = settings.warehouse_path
    return file.stat().st_size if stage in ("land", "build") and file.exists() else 0


@contextmanager
def _files_of_at_most(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _acknowledged(settings: Settings) -> dict[str, int]:
    """Accepted rows by partition, as far as landing told them."""
    lines = (settings.home / _ACKNOWLEDGED).read_text(encoding="utf-8").splitlines()
    return {f"{table}/dt={arrival}": rows for table, arrival, rows in map(json.loads, lines)}


def _lost(settings: Settings, acknowledged: dict[str, int]) -> int:
    """Acknowledged rows that the warehouse does not hold."""
    with connect(settings) as connection:
        ensure_raw_schema(connection)
        torn = contradicted_partitions(connection)
        ledger = connection.execute(
            "select table_name || '/dt=' || arrival_date, rows_accepted from raw.landing_partition"
        ).fetchall()
    held = {name: rows for name, rows in ledger if name not in {f"{table}/dt={day}" for table, day in torn}}
    return sum(max(rows - held.get(name, 0), 0) for name, rows in acknowledged.items())


MEASURE = Measure(
    name="disk",
    title="disk full at 20 points: acknowledged rows lost",
    to_reach="0",
    full=20,
    quick=4,
    sample=0,  # tests/test_durable.py and tests/landing/test_load.py fill disks
    run=fill_at_points,
)
