"""What does one more day cost, step by step? Every capability of a data home, each step in a process of its own.

    python -m bench.whole_day [--capability recommend] [--day 2017-12-05]

Needs a data home with a published day (`make demo`); works in a copy, so nothing of it changes. What is measured is a
nightly run: the day before is built by the sources of today, and the dbt project lies parsed beside the warehouse. A
home that other sources, another dbt or a checkout in another folder built last is brought there first, unmeasured.
CPU seconds are those of a step's process and its children; memory is the highest of any of them.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from ml.capabilities import named
from ml.settings import Settings
from testkit.step_costs import Cost, cost_of

_COPIED: Final = ("landing", "mlflow", "published", "slices", "text_vectors", "warehouse", "shelduck.toml")
_SETTLE: Final = "settle"
"""What other nights have done before."""
_STEPS: Final = ("build", "gate features", "compute", "gate draft", "publish")


def main() -> None:
    """Copy the home, do the day, print a row per step."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--capability", nargs="+", default=["recommend"], help="in the order of their upstreams")
    arguments.add_argument("--day", type=date.fromisoformat, default=date(2017, 12, 5))
    arguments.add_argument("--step", help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    if chosen.step:
        _do(chosen.step, chosen.capability[0], chosen.day, Settings())
        return
    with tempfile.TemporaryDirectory(prefix="shelduck-bench-") as scratch:
        environment = dict(os.environ) | {"SHELDUCK_HOME": str(_copied(Settings().home, Path(scratch)))}
        steps = [("land", chosen.capability[0])]
        steps += [(step, name) for name in chosen.capability for step in _STEPS]
        _cost(_SETTLE, chosen.capability[0], chosen.day, environment)
        costs: list[Cost] = []
        for step, name in steps:
            costs.append(_cost(step, name, chosen.day, environment))
            print(f"{name}, {step}: {costs[-1][0]:.1f} CPU-s", flush=True)
    _print(steps, costs)


def _cost(step: str, name: str, day: date, environment: Mapping[str, str]) -> Cost:
    return cost_of(["bench.whole_day", "--capability", name, "--day", day, "--step", step], environment)


def _copied(home: Path, scratch: Path) -> Path:
    for name in _COPIED:
        if (home / name).is_dir():
            shutil.copytree(home / name, scratch / "var" / name, symlinks=True)
        elif (home / name).exists():
            shutil.copy2(home / name, scratch / "var" / name)
    return scratch / "var"


def _do(step: str, name: str, day: date, settings: Settings) -> None:
    """One step of one capability; what it made is remembered in the home for the next."""
    from expectations.gates import gate_draft, gate_slice
    from ml.day import compute_day
    from ml.landing.load import land
    from ml.publish.versions import publish
    from ml.warehouse.build import build
    from ml.warehouse.dbt import parse_for

    capability, memory = named(name), settings.home / "made.json"
    made: dict[str, Any] = json.loads(memory.read_text()) if memory.exists() else {}
    match step:
        case "settle":
            build(settings, [day - timedelta(days=1)], capability=capability)
            parse_for(settings, "day")
        case "land":
            land(settings, day)
        case "build":
            [built] = build(settings, [day], capability=capability)
            made["slice"] = str(built.folder)
        case "gate features":
            gate_slice(settings, capability, Path(made["slice"]))
        case "compute":
            made["draft"] = str(compute_day(settings, capability, Path(made["slice"])))
        case "gate draft":
            gate_draft(settings, capability, Path(made["draft"]))
        case "publish":
            publish(settings, capability, Path(made["draft"]), provenance={})
    memory.write_text(json.dumps(made))


def _print(steps: Sequence[tuple[str, str]], costs: Sequence[Cost]) -> None:
    table = Table("capability", "step", title="One more day", title_justify="left", box=None)
    table.add_column("CPU seconds", justify="right")
    table.add_column("peak memory, MB", justify="right")
    for (step, name), (seconds, memory) in zip(steps, costs, strict=True):
        table.add_row(name, step, f"{seconds:.1f}", f"{memory:,.0f}")
    table.add_row(
        "", "all", f"{sum(seconds for seconds, _ in costs):.1f}", f"{max(memory for _, memory in costs):,.0f}"
    )
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
