"""A write-ahead log that was cut off, as a power cut or a full disk leaves it: DuckDB then opens with rows missing.

Missing rows are harmless when they are missing whole: a partition with its row of the ledger, an aggregate with what
remembers that it was built. Then the next run brings them back.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

from ml.landing.raw import contradicted_partitions, ensure_raw_schema
from ml.settings import Settings
from ml.warehouse.connection import connect
from testkit.faults.crash import KILLED, attempt, die, in_child
from testkit.faults.garden import copied, garden, outcome_of
from testkit.faults.measure import Measure, Outcome

_DAYS = 30


def truncate_anywhere(scratch: Path, offsets: int) -> Outcome:
    """Cut the logs that a killed landing and a killed build leave at as many places, and run the day."""
    landed, days = garden(scratch / "landed", _DAYS)
    whole = attempt(outcome_of, copied(landed, scratch / "whole"), days[-1])
    built = copied(landed, scratch / "built")
    _die_in(_land_and_die, landed, days[-1])
    _die_in(_build_and_die, built, days[-1])
    chance, faults = random.Random(offsets), []
    for number in range(offsets):
        start = (landed, built)[number % 2]
        home = copied(start, scratch / "cut")
        log = _log_of(home)
        length = log.stat().st_size
        offset = chance.choice((0, 1, length - 1)) if number % 10 == 0 else chance.randrange(length)
        with log.open("r+b") as file:
            file.truncate(offset)
        told = attempt(_examined, home, days[-1])
        if not _is_harmless(told, whole["result"]):
            faults.append(f"{start.home.name}, cut at {offset:,} of {length:,}: {told}")
        shutil.rmtree(home.home)
    return Outcome.counted(offsets - len(faults), offsets, tuple(faults))


def _is_harmless(told: dict[str, object], expected: object) -> bool:
    """Equal in the end, or refused with the remedy."""
    detected = told.get("kind") == "WarehouseBroken" and "shelduck rebuild" in str(told["error"])
    return detected or told.get("result") == expected


def _examined(settings: Settings, day: date) -> dict[str, str]:
    with connect(settings) as connection:
        ensure_raw_schema(connection)
        torn = contradicted_partitions(connection)
    if torn:
        raise AssertionError(f"rows and ledger differ: {sorted(torn)}")
    return outcome_of(settings, day)


def _die_in(work: Callable[[Settings, date], None], settings: Settings, day: date) -> None:
    code = in_child(work, settings, day)
    if code != KILLED or not _log_of(settings).stat().st_size:
        raise RuntimeError(f"{work.__name__}: exit code {code}, no log to cut")


def _land_and_die(settings: Settings, day: date) -> None:
    from ml.landing.load import land

    land(settings, day, on_partition=lambda report: die() if report.arrival == day else None)


def _build_and_die(settings: Settings, day: date) -> None:
    from ml.landing.load import land
    from ml.warehouse import dbt
    from ml.warehouse.build import build

    land(settings, day)
    dbt._disconnect = die
    build(settings, [day])


def _log_of(settings: Settings) -> Path:
    return settings.warehouse_path.with_name(f"{settings.warehouse_path.name}.wal")


MEASURE = Measure(
    name="wal",
    title="truncated WAL at 40 offsets: detected or harmless",
    to_reach="40 of 40",
    full=40,
    quick=8,
    sample=1,
    run=truncate_anywhere,
)
