"""The public CDNOW sample through this project's own steps: do they end in the published BG/NBD parameters?

2,357 customers whose first purchase was in the first quarter of 1997, until June 1998. Their purchases are landed as a
shop's files, dbt builds `feat_customer` as of the end of week 39, BG/NBD is fitted to it, and what it expects of weeks
40 to 78 is compared with the published parameters' own expectation and with what happened, week by week (a chart).

The file is not part of this project: its licence is not known. It ships in the package `lifetimes`:

    uv pip install --target FOLDER --no-deps lifetimes==0.11.3
    python -m bench.cdnow FOLDER/lifetimes/datasets/CDNOW_sample.txt [--chart cdnow.png]
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.figure import Figure
from rich.console import Console
from rich.table import Table

from ml.landing.load import land
from ml.predictions.btyd.bg_nbd import BgNbd, Histories, fitted
from ml.predictions.contenders.buy_till_you_die import histories
from ml.predictions.customers import PURCHASE_DAY, Customers, Reals, customers_of
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.build import build

PUBLISHED: Final = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
"""In weeks (Fader, Hardie and Lee, Marketing Science 2005)."""
_FITTED_TO, _END = date(1997, 9, 30), date(1998, 6, 30)
_WEEKS: Final = 39
_WEEK: Final = 7


def purchases(path: Path) -> list[tuple[date, str, str]]:
    """Day, customer and amount, in order of days."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        _, customer, day, _, dollars = line.split()
        found.append((date(int(day[:4]), int(day[4:6]), int(day[6:])), customer, dollars))
    return sorted(found)


def land_files(settings: Settings, rows: list[tuple[date, str, str]]) -> None:
    """A file per month, which arrives on the month's last day."""
    for _, part in groupby(rows, key=lambda row: row[0].replace(day=1)):
        month = list(part)
        arrival = (month[0][0].replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        path = settings.landing_dir / "interactions" / f"dt={arrival}" / "purchases.csv"
        path.parent.mkdir(parents=True)
        with path.open("w", newline="", encoding="utf-8") as file:
            told = csv.writer(file)
            told.writerow(
                ["event_id", "user_id", "item_id", "event_type", "event_ts", "quantity", "event_value", "currency"]
            )
            for number, (day, customer, dollars) in enumerate(month):
                name = f"{arrival}-{number}"
                told.writerow([name, customer, "cd", "purchase", f"{day}T12:00:00Z", 1, dollars, "USD"])
        mark = settings.closed_mark(arrival)
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()


def in_weeks(known: Histories) -> Histories:
    return Histories(known.x, known.t_x / _WEEK, known.age / _WEEK)


def tracked(model: BgNbd, known: Histories, weeks: int) -> Reals:
    """Expected purchases of all customers by the end of each of the following weeks."""
    return np.array([model.expected(known, np.full(len(known), float(week))).sum() for week in range(1, weeks + 1)])


def chart(path: Path, actual: Reals, expected: Reals) -> None:
    """Cumulative purchases of weeks 40 to 78."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot(1, 1, 1)
    weeks = np.arange(_WEEKS + 1, 2 * _WEEKS + 1)
    axes.plot(weeks, actual, label="bought")
    axes.plot(weeks, expected, linestyle="--", label="expected by BG/NBD after week 39")
    axes.set(xlabel="week", ylabel="repeat purchases since week 39", title="CDNOW sample, 2,357 customers")
    axes.legend()
    figure.savefig(path, dpi=120)


def days_built(settings: Settings) -> tuple[Customers, Reals]:
    """Customers as of week 39, and how many purchase days there were by the end of each week after it."""
    then, now = build(settings, [_FITTED_TO, _END])
    later = now.table(PURCHASE_DAY).filter(now.table(PURCHASE_DAY)[Col.event_date] > _FITTED_TO)
    ages = (later[Col.event_date] - _FITTED_TO).dt.total_days().to_numpy()
    return customers_of(then), np.array([(ages <= week * _WEEK).sum() for week in range(1, _WEEKS + 1)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--chart", type=Path)
    chosen, console = parser.parse_args(), Console(width=110)
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings(home=Path(scratch) / "var", timezone="UTC", history_days=600)
        land_files(settings, purchases(chosen.file))
        land(settings, _END)
        customers, actual = days_built(settings)
    known = in_weeks(histories(customers))
    found = fitted(known)
    table = Table("", "published", "here", "difference")
    for name in ("r", "alpha", "a", "b"):
        wanted, here = getattr(PUBLISHED, name), getattr(found, name)
        table.add_row(name, f"{wanted:.3f}", f"{here:.4f}", f"{here / wanted - 1:+.2%}")
    formula, here_too = (tracked(model, known, _WEEKS)[-1] for model in (PUBLISHED, found))
    table.add_row(
        "purchases expected in weeks 40-78", f"{formula:,.0f}", f"{here_too:,.0f}", f"{here_too / formula - 1:+.2%}"
    )
    table.add_row("purchases in weeks 40-78", "", f"{actual[-1]:,.0f}", f"{here_too / actual[-1] - 1:+.2%} expected")
    console.print(f"{len(customers):,} customers, {int(known.x.sum()):,} repeat purchase days by {_FITTED_TO}")
    console.print(table)
    if chosen.chart:
        chart(chosen.chart, actual, tracked(found, known, _WEEKS))
        console.print(f"chart: {chosen.chart}")


if __name__ == "__main__":
    main()
