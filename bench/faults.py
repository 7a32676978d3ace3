"""Breaks things as often as DESIGN.md promises to survive, and prints what was reached.

    python -m bench.faults [--only NAME ...] [--quick] [--scratch FOLDER]

Exit code 1 when a measure was missed. docs/faults.md says what each one proves.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from testkit.faults.measure import Measure, Outcome
from testkit.faults.registry import MEASURES

_SHOWN_FAULTS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the chosen measures; a line when each ends, the table at the end."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=[each.name for each in MEASURES], metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="small counts: does it work at all?")
    parser.add_argument("--scratch", type=Path, help="where temporary data homes go (default: the system's)")
    options = parser.parse_args(arguments)
    logging.getLogger().setLevel(logging.ERROR)
    if options.scratch:
        options.scratch.mkdir(parents=True, exist_ok=True)
    chosen = [each for each in MEASURES if not options.only or each.name in options.only]
    console, table = Console(width=120), Table("measure", "to reach", "reached", "seconds", title="Faults")
    missed = 0
    for measure in chosen:
        outcome, seconds = _performed(measure, measure.quick if options.quick else measure.full, options.scratch)
        missed += not outcome.is_met
        style = "green" if outcome.is_met else "red"
        table.add_row(measure.title, measure.to_reach, f"[{style}]{outcome.reached}", f"{seconds:.0f}")
        console.print(f"{measure.name}: [{style}]{outcome.reached}[/] in {seconds:.0f} s", highlight=False)
        for fault in outcome.faults[:_SHOWN_FAULTS]:
            console.print(f"  {fault}", style="red", markup=False, highlight=False)
    console.print(table)
    return 1 if missed else 0


def _performed(measure: Measure, count: int, scratch: Path | None) -> tuple[Outcome, float]:
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix=f"shelduck-{measure.name}-", dir=scratch) as folder:
        try:
            outcome = measure.run(Path(folder), count)
        except Exception as broken:  # one broken measure must not hide the others
            traceback.print_exc()
            outcome = Outcome(f"broke: {type(broken).__name__}", is_met=False, faults=(str(broken),))
    return outcome, time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main())
