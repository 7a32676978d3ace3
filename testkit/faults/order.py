"""Days in any order, and the warehouse made again: the same tables."""

from __future__ import annotations

import random
import shutil
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from ml.operations.rebuild import rebuild
from testkit.faults.measure import Measure, Outcome
from testkit.faults.shops import compared, copy_of, run_days, trained_shop

_FIRST: Final = date(2025, 4, 9)
_TRAINED: Final = date(2025, 5, 3)
"""A Saturday within the days: those before it are served by rules, the others by the model."""
_SEED: Final = 20250409


def shuffled_backfill(scratch: Path, count: int) -> Outcome:
    """Every capability for ``count`` days in order, and in a second home shuffled; content hashes day by day."""
    days = [_FIRST + timedelta(days=number) for number in range(count)]
    in_order = trained_shop(scratch / "in order", _TRAINED, date(2025, 3, 1))
    shuffled = copy_of(in_order, scratch / "shuffled")
    run_days(in_order, days)
    order = random.Random(_SEED).sample(days, len(days))
    run_days(shuffled, order)
    equal, faults = compared(in_order, shuffled, days)
    return Outcome.counted(equal, len(days), faults)


def wiped_and_rebuilt(scratch: Path, count: int) -> Outcome:
    """``count`` published days; warehouse, slices and Airflow's database are deleted; ``shelduck rebuild``."""
    days = [_FIRST + timedelta(days=number) for number in range(count)]
    settings = trained_shop(scratch / "home", _TRAINED, date(2025, 3, 1))
    run_days(settings, days)
    for folder in (settings.warehouse_path.parent, settings.slices_dir, settings.home / "airflow"):
        shutil.rmtree(folder)
    started = time.perf_counter()
    rebuilt = rebuild(settings, lambda _: None)
    seconds = time.perf_counter() - started
    differing = [each for each in rebuilt if not each.is_equal]
    faults = tuple(f"{each.capability} {each.day}: {each.before[:12]} is now {each.after[:12]}" for each in differing)
    good, wanted = len(rebuilt) - len(faults), count * len(settings.capabilities_on)
    reached = f"{good} of {wanted} in {seconds:.0f} s ({seconds / max(count, 1):.1f} s a day)"
    return Outcome(reached, good == wanted > 0, faults)


SHUFFLED: Final = Measure("order", "backfill in shuffled order = in order", "60 of 60", 60, 3, 0, shuffled_backfill)
REBUILT: Final = Measure(
    "rebuild",
    "warehouse and metadata database wiped, days rebuilt: hashes equal; time",
    "all; report",
    30,
    3,
    0,
    wiped_and_rebuilt,
)
