"""How good predictions are, and what they cost: contenders on rolling origins of a shop's snapshots.

Prints per target every contender with its difference to the one that serves (paired by shopper, 95 %), the calibration
on shoppers not learned from, how often 80 % intervals of one past day held the outcomes of the next, how often the
expected date of the next order was late, and CPU seconds and memory.

    python -m bench.predictions HOME                 # snapshots of training_days that a training left in a data home
    python -m bench.predictions HOME --copies 101    # the same shoppers so many times: cost alone
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from ml.predictions.columns import Prediction
from ml.predictions.customers import Customers, Reals
from ml.predictions.examples import examples
from ml.predictions.forecast import Predictor, days_to_next
from ml.predictions.intervals import coverage, learned
from ml.predictions.judge import Judged, Past, choose, judge
from ml.predictions.measures import auc
from ml.predictions.targets import TARGETS, Kind
from ml.predictions.training import learned_target, past_of, training_days
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import day_of, read_slice

_REPEATS: Final = 300


def read_past(settings: Settings, as_of: date | None) -> Past:
    """The snapshots of a training: as of the given day, else the newest that all are there for."""
    folders = {day_of(path): path for path in sorted(settings.slices_dir.glob("[0-9]*"))}
    for day in [as_of] if as_of else sorted(folders, reverse=True):
        wanted = training_days(settings, day)
        if set(wanted) <= set(folders):
            return past_of(settings, [read_slice(folders[each]) for each in wanted])
    raise SystemExit(f"no complete set of training days in {settings.slices_dir}: run the DAG train_predictions")


def copied(past: Past, copies: int) -> Past:
    """Every shopper so many times, under other names."""

    def many(frame: pl.DataFrame) -> pl.DataFrame:
        named = [pl.format("{}-{}", Col.user_id, pl.lit(copy)).alias(Col.user_id) for copy in range(copies)]
        return pl.concat(frame.with_columns(name) for name in named)

    def of(customers: Customers) -> Customers:
        return Customers(many(customers.frame).sort(Col.user_id), customers.as_of)

    return replace(past, days=[of(day) for day in past.days], now=of(past.now), purchases=many(past.purchases))


def auc_gain(judged: Judged, better: str, worse: str, seed: int) -> tuple[float, float, float]:
    """Difference of AUC with a 95 % interval by drawing shoppers anew."""
    draw, rows = (
        np.random.default_rng(seed),
        [np.flatnonzero(judged.shopper == n) for n in range(judged.shopper.max() + 1)],
    )
    rows = [each for each in rows if len(each)]

    def gain(some: Reals | slice) -> float:
        one, other = (auc(judged.predicted[name][some], judged.outcome[some]) for name in (better, worse))
        return one - other

    drawn = [gain(np.concatenate([rows[n] for n in draw.integers(0, len(rows), len(rows))])) for _ in range(_REPEATS)]
    return gain(slice(None)), float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))


def show(console: Console, judged: Judged, seed: int) -> str:
    """One target's table; returns who serves."""
    won = choose(judged).contender
    first, *others = ("Brier", "AUC", "ECE") if judged.target.kind.is_probability else ("MAE",)
    table = Table(
        "contender", first, *others, "total", f"{first} behind {won} [95 %]", "CPU s", title=judged.target.name
    )
    for name in judged.predicted:
        told = judged.figures(name)
        names = ("brier", "auc", "calibration_error") if judged.target.kind.is_probability else ("mae",)
        found = judged.against(name, won)
        behind = "serves" if name == won else f"{found.mean:+.4f} [{found.low:+.4f}, {found.high:+.4f}]"
        figures = [f"{told[each]:.4f}" for each in names]
        table.add_row(name, *figures, f"{told['bias']:+.1%}", behind, f"{told['cpu_seconds']:.1f}")
    console.print(table)
    console.print(f"{len(judged.outcome):,} rows of origins {', '.join(judged.days)}; mean {judged.outcome.mean():.4g}")
    if judged.target.name == Prediction.purchase_28d and "boosted" in judged.predicted:
        for worse in ("recency_frequency", "bg_nbd"):
            mean, low, high = auc_gain(judged, "boosted", worse, seed)
            console.print(f"AUC of boosted above {worse}: {mean:+.4f} [{low:+.4f}, {high:+.4f}]")
    if judged.target.kind == Kind.SPEND:
        _show_intervals(console, judged, won)
    console.print()
    return won


def _show_intervals(console: Console, judged: Judged, won: str) -> None:
    predicted, outcome, last = judged.predicted[won], judged.outcome, judged.origin.max()
    for origin in range(1, last + 1):
        before, now = judged.origin < origin, judged.origin == origin
        found = learned(predicted[before], outcome[before])
        if found is not None:
            held = coverage(*found.around(predicted[now]), outcome[now])
            console.print(f"80 % intervals from earlier origins held {held:.1%} at {judged.days[origin]}")


def show_next_order(console: Console, past: Past, results: dict[str, Judged]) -> None:
    """Of the customers, how many had bought by the expected date of the next order; half is right."""
    week, month = (results[name] for name in (Prediction.purchase_7d, Prediction.purchase_28d))
    late = []
    for origin, day in enumerate(week.days):
        chances = [each.predicted[choose(each).contender][each.origin == origin] for each in (week, month)]
        then = next(each for each in past.days if str(each.as_of) == day)
        ahead = np.ceil(days_to_next(chances[0], np.maximum(*chances)))
        known = ahead <= (past.now.as_of - then.as_of).days
        target = replace(week.target, kind=Kind.PURCHASE, days=None)
        bought = np.zeros(len(then))
        for days in np.unique(ahead[known]):
            found = examples([then], past.purchases, replace(target, days=int(days)), past.churn, past.now.as_of)
            assert found is not None
            bought[ahead == days] = found.outcome[ahead == days]
        late.append(f"{bought[known].mean():.1%} of {known.sum():,} at {day}")
    console.print(f"bought by the expected date of the next order: {'; '.join(late)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--as-of", type=date.fromisoformat)
    parser.add_argument("--copies", type=int, default=1)
    chosen, console = parser.parse_args(), Console(width=120)
    settings = Settings(home=chosen.home)
    past = copied(read_past(settings, chosen.as_of), chosen.copies)
    console.print(f"{len(past.now):,} customers as of {past.now.as_of}, {len(past.days)} past days")
    if chosen.copies == 1:
        results = {target.name: judged for target in TARGETS if (judged := judge(past, target)) is not None}
        for judged in results.values():
            show(console, judged, settings.seed)
        show_next_order(console, past, results)
    else:
        begun = time.process_time()
        some = past.sampled()
        fitted = [learned_target(some, target, None) for target in TARGETS]
        trained = time.process_time()
        rows = Predictor({each.target.name: each.fitted for each in fitted}).rows(past.now, past.churn, "policy")
        console.print(
            f"training {trained - begun:.0f} CPU s; {len(rows):,} rows {time.process_time() - trained:.1f} CPU s"
        )
    console.print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main()
