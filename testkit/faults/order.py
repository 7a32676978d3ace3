"""Days in any order, and the warehouse made again: the same tables."""

from __future__ import annotations

import random
import shutil
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from ml.operations.rebuild import rebuild
from ml.operations.runs import run_dag
from testkit.faults.measure import Measure, Outcome
from testkit.faults.shops import compared, copy_of, trained_shop

_FIRST: Final = date(2025, 4, 9)
_TRAINED: Final = date(2025, 5, 3)
"""A Saturday within the days: those before it are served by rules, the others by the model."""
_SEED: Final = 20250409


def shuffled_backfill(scratch: Path, count: int) -> Outcome:
    """``build_shelves`` for ``count`` days in order, and in a second home shuffled; content hashes day by day."""
    days = [_FIRST + timedelta(days=number) for number in range(count)]
    in_order = trained_shop(scratch / "in order", _TRAINED, date(2025, 3, 1))
    shuffled = copy_of(in_order, scratch / "shuffled")
    run_dag(in_order, "build_shelves", days)
    order = random.Random(_SEED).sample(days, len(days))
    run_dag(shuffled, "build_shelves", order)
    equal, faults = compared(in_order, shuffled, days)
    return Outcome.counted(equal, len(days), faults)


def wiped_and_rebuilt(scratch: Path, count: int) -> Outcome:
    """``count`` published days; warehouse, slices and Airflow's database are deleted; ``shelduck rebuild``."""
    days = [_FIRST + timedelta(days=number) for number in range(count)]
    settings = trained_shop(scratch / "home", _TRAINED, date(2025, 3, 1))
    run_dag(settings, "build_shelves", days)
    for folder in (settings.warehouse_path.parent, settings.slices_dir, settings.home / "airflow"):
        shutil.rmtree(folder)
    started = time.perf_counter()
    rebuilt = rebuild(settings, lambda _: None)
    seconds = time.perf_counter() - started
    faults = tuple(f"{each.day}: {each.before[:12]} is now {each.after[:12]}" for each in rebuilt if not each.is_equal)
    good = len(rebuilt) - len(faults)
    reached = f"{good} of {count} in {seconds:.0f} s ({seconds / max(count, 1):.1f} s a day)"
    return Outcome(reached, good == count == len(days), faults)


SHUFFLED: Final = Measure("order", "backfill in shuffled order = in order", "60 of 60", 60, 3, 0, shuffled_backfill)
REBUILT: Final = Measure(
    "rebuild",
    "warehouse and metadata database wiped, days rebuilt: hashes equal; time",
    "30 of 30; report",
    30,
    3,
    0,
    wiped_and_rebuilt,
)
