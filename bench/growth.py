"""How do a day's steps and a training grow with the shop? Synthetic shops, each step in a process of its own.

The shops of ``testkit/synthetic_shop.py`` differ in the number of shoppers only. A day is built, checked, scored by
policy 0 and published; with --train a training is made as of that day, promoted, and the next day scored by it. CPU
seconds are those of the step's process and its children, memory is the highest of the process; the exponent is that of
CPU seconds between the smallest shop and the largest.

    python -m bench.growth [--shoppers 10000 50000] [--items 20000] [--train] [--home FOLDER]
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from ml.recommend.capability import RECOMMEND
from ml.settings import Settings
from testkit.step_costs import Cost, cost_of
from testkit.synthetic_shop import SyntheticShop

_DAY: Final = ("land", "build", "gate features", "recommend", "gate draft", "publish")
_TRAINING: Final = ("build for training", "train", "promote")
_AGAIN: Final = " (trained)"
_SCORED: Final = tuple(step + _AGAIN for step in _DAY[1:])


def main() -> None:
    """Print a row per step and a pair of columns per size."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--shoppers", type=int, nargs="+", default=[10_000, 50_000])
    arguments.add_argument("--items", type=int, default=20_000)
    arguments.add_argument("--train", action="store_true", help="a training and a day scored by it, too")
    arguments.add_argument("--home", type=Path, help="keep the data homes here, and go on with those that are there")
    arguments.add_argument("--step", help=argparse.SUPPRESS)
    chosen = arguments.parse_args()
    shops = [SyntheticShop(size, chosen.items) for size in sorted(chosen.shoppers)]
    if chosen.step:
        _do(chosen.step, shops[0], Settings(home=chosen.home))
        return
    with tempfile.TemporaryDirectory(prefix="shelduck-bench-") as scratch:
        homes = chosen.home or Path(scratch)
        steps = [*_DAY, *(_TRAINING if chosen.train else ()), *(_SCORED if chosen.train else ())]
        costs = {shop.shoppers: _costs(shop, homes / str(shop.shoppers), steps) for shop in shops}
    Console(width=140).print(_table(steps, costs))


def _costs(shop: SyntheticShop, home: Path, steps: Sequence[str]) -> dict[str, Cost]:
    """What each step takes in one shop."""
    if not (home / "landing").is_dir():
        home.mkdir(parents=True)
        shop.write(home / "landing")
    found = {}
    for step in steps:
        asked = ["--shoppers", shop.shoppers, "--items", shop.items, "--home", home, "--step", step]
        found[step] = cost_of(["bench.growth", *asked])
        print(f"{shop.shoppers:,} shoppers, {step}: {found[step][0]:.1f} CPU-s, {found[step][1]:,.0f} MB", flush=True)
    return found


def _do(step: str, shop: SyntheticShop, settings: Settings) -> None:
    """One step of the day or training; what it made is remembered in the home for the next."""
    from expectations.gates import gate_draft, gate_slice
    from ml.day import compute_day
    from ml.landing.load import land
    from ml.publish.versions import publish
    from ml.recommend.promotion import promote_candidate
    from ml.recommend.training import train, training_days
    from ml.warehouse.build import build

    first, memory = shop.last_day - timedelta(days=1), settings.home / "made.json"
    made: dict[str, Any] = json.loads(memory.read_text()) if memory.exists() else {}
    match step.removesuffix(_AGAIN):
        case "land":
            land(settings, shop.last_day)
        case "build":
            [built] = build(settings, [shop.last_day if step.endswith(_AGAIN) else first])
            made["slice"] = str(built.folder)
        case "gate features":
            gate_slice(settings, RECOMMEND, Path(made["slice"]))
        case "recommend":
            made["draft"] = str(compute_day(settings, RECOMMEND, Path(made["slice"])))
        case "gate draft":
            gate_draft(settings, RECOMMEND, Path(made["draft"]))
        case "publish":
            publish(settings, RECOMMEND, Path(made["draft"]), provenance={})
        case "build for training":
            days = training_days(settings, first)
            slices = build(settings, days, capability=RECOMMEND, to_publish=False)
            made["learned from"] = [str(each.folder) for each in slices]
        case "train":
            made["version"] = train(settings, [Path(each) for each in made["learned from"]], provenance={})
        case "promote":
            promote_candidate(settings, made["version"], who="bench")
    memory.write_text(json.dumps(made))


def _table(steps: Sequence[str], costs: Mapping[int, Mapping[str, Cost]]) -> Table:
    table = Table("step", title="CPU seconds (peak memory in MB)", title_justify="left", box=None)
    for shoppers in costs:
        table.add_column(f"{shoppers:,} shoppers", justify="right")
    table.add_column("exponent", justify="right")
    for step in steps:
        cells = [f"{cost[step][0]:.1f} ({cost[step][1]:,.0f})" for cost in costs.values()]
        table.add_row(step, *cells, _exponent([(size, cost[step][0]) for size, cost in costs.items()]))
    return table


def _exponent(seconds: Sequence[tuple[int, float]]) -> str:
    """Of CPU seconds in the number of shoppers, between the ends."""
    (few, cheap), (many, dear) = seconds[0], seconds[-1]
    return f"{math.log(dear / cheap) / math.log(many / few):.2f}" if many > few else "–"


if __name__ == "__main__":
    main()
