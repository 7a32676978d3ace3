"""Lands the demo shop's whole year from scratch and prints rows per second, peak memory and lost rows.

Run: uv run python -m bench.landing [folder of landing files that exist already]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from ml.landing.adapters.complete_journey import LAST_DAY, write_landing
from ml.landing.load import land
from ml.settings import Settings

_KIB_PER_MIB = 1024
T = TypeVar("T")


def main() -> None:
    """Write the landing files where none are given, land them, print the figures."""
    console = Console(width=100)
    with tempfile.TemporaryDirectory(prefix="shelduck-bench-") as scratch:
        given = Path(sys.argv[1]) if len(sys.argv) > 1 else None
        settings = Settings(home=Path(scratch), landing=given)
        if given is None:
            with_clock(console, "landing files written", lambda: write_landing(settings.landing_dir))
        wall, report = with_clock(console, "landed", lambda: land(settings, LAST_DAY))
        lost = report.rows_read - report.rows_accepted - report.rows_quarantined
        size = settings.warehouse_path.stat().st_size / 2**20
        console.print(report)
        console.print(
            f"{len(report.partitions)} partitions, {report.rows_read:,} rows, "
            f"{report.rows_read / wall:,.0f} rows per second"
        )
        console.print(
            f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB_PER_MIB:,.0f} MiB, "
            f"warehouse {size:,.0f} MiB"
        )
        console.print(f"rows unaccounted: {lost}")
        with_clock(console, "landed again", lambda: land(settings, LAST_DAY))
    sys.exit(1 if lost else 0)


def with_clock(console: Console, name: str, work: Callable[[], T]) -> tuple[float, T]:
    """Run ``work``; print wall and CPU seconds; return the wall seconds and the result."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    seconds = time.perf_counter() - wall
    console.print(f"{name}: {seconds:.1f} s wall, {time.process_time() - cpu:.1f} s CPU")
    return seconds, result


if __name__ == "__main__":
    main()
