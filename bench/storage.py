"""Prints disk use over simulated days, with and without housekeeping: ``python -m bench.storage [--days 200]``.

``testkit/disk_use.py`` simulates the days.
"""

from __future__ import annotations

import argparse
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ml.operations.work import in_bytes
from ml.settings import Settings
from testkit.disk_use import FOLDERS, growth, simulate


def _table(series: dict[bool, list[dict[str, int]]], step: int) -> Table:
    table = Table(title="Bytes in the data home at the end of a day", title_justify="left", box=None)
    for heading in ("day", *FOLDERS, "all", "", "all without tidying"):
        table.add_column(heading, justify="right")
    most = max(sum(bytes_.values()) for bytes_ in series[False])
    for number in range(step - 1, len(series[True]), step):
        tidied, left = series[True][number], sum(series[False][number].values())
        bar = "█" * round(20 * sum(tidied.values()) / most)
        cells = [in_bytes(tidied[folder]) for folder in FOLDERS]
        table.add_row(str(number + 1), *cells, in_bytes(sum(tidied.values())), f"{bar:<20}", in_bytes(left))
    return table


def _in_a_home_of_its_own(kept: dict[str, int], days: int, tidied: bool) -> list[dict[str, int]]:
    with tempfile.TemporaryDirectory() as home:
        return list(simulate(Settings(home=Path(home), **kept), days, tidied=tidied))


def main() -> None:
    """Print the table and the growth over the last quarter of the days."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=200)
    days = parser.parse_args().days
    kept = {"kept_published_days": 60, "kept_report_days": 45, "kept_log_days": 30, "history_days": 60}
    with ProcessPoolExecutor(2) as both:
        done = {tidied: both.submit(_in_a_home_of_its_own, kept, days, tidied) for tidied in (True, False)}
        series = {tidied: found.result() for tidied, found in done.items()}
    console = Console(width=150)
    console.print(_table(series, max(days // 10, 1)))
    with_it, without = growth(series[True]), growth(series[False])
    console.print(f"growth over the last quarter of the days: {with_it:.3f} × with tidying, {without:.3f} × without")


if __name__ == "__main__":
    main()
