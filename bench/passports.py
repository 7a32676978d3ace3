"""Are the passports of a published version sound, and what does one cost? Rows and absent items of a data home's shop.

Each shelf is ranked again and compared with what was published, contributions are added up, every link of the chain is
followed: paths, MLflow's run, Airflow's runs, landing files by their hashes. Nothing is written.

    python -m bench.passports [--rows 500] [--absent 100] [--as-of 2017-12-03] [--seed 1]
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from datetime import date

import numpy as np
from rich.console import Console
from rich.table import Table

from ml.publish.readers import published_version
from ml.recommend.capability import RECOMMEND
from ml.recommend.passport.make import passport
from ml.settings import Settings
from testkit.passports import Faults, absent_items, published_rows


def main() -> None:
    """Print figures of both kinds, the steps at which absent items fell out, and every fault; 1 where there is one."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, default=500)
    arguments.add_argument("--absent", type=int, default=100)
    arguments.add_argument("--as-of", type=date.fromisoformat)
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    settings, out = Settings(), Console(width=120)
    version = published_version(settings, RECOMMEND, chosen.as_of)
    asked = {
        "published rows": published_rows(version, chosen.rows, chosen.seed),
        "absent items": absent_items(settings, version, chosen.absent, chosen.seed),
    }
    table, steps, wrong = _table(), Counter[str](), list[str]()
    for kind, triples in asked.items():
        faults, seconds = Faults(settings), list[float]()
        before = len(wrong)
        for user, item, placement in triples:
            started = time.process_time()
            found = passport(settings, version, user, item, placement)
            seconds.append(time.process_time() - started)
            wrong += faults.of(found)
            steps.update(place.step for place in found.places if place.row is None)
        later = np.array(seconds[1:])
        cost = (f"{seconds[0]:.1f}", f"{later.mean():.2f}", f"{np.quantile(later, 0.95):.2f}", f"{later.max():.2f}")
        sums = (str(faults.explained), f"{faults.largest:.1e}", str(faults.links))
        table.add_row(kind, str(len(triples)), *sums, str(len(wrong) - before), *cost)
    out.print(table)
    out.print(", ".join(f"{step} {count}" for step, count in steps.most_common()), highlight=False)
    for fault in sorted(set(wrong)):
        out.print(fault, style="red", markup=False, highlight=False)
    sys.exit(1 if wrong else 0)


def _table() -> Table:
    table = Table(title="Passports; CPU seconds of the first, then mean, 95 % quantile and maximum", box=None)
    table.add_column("of")
    for name in ("asked", "with parts", "largest gap", "links", "faults", "first", "mean", "95 %", "max"):
        table.add_column(name, justify="right")
    return table


if __name__ == "__main__":
    main()
