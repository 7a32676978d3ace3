"""Behavioural segments over the trainings of a shop: identity between refits, and what a day costs.

Every snapshot that lies in a data home is trained as of its day, the model before being the incumbent; the adjusted
Rand index compares both on the shoppers of that day. Predictions are left out.

    python -m bench.segments HOME                  # identity over refits, and the cost of the newest day
    python -m bench.segments HOME --copies 101     # the same shoppers so many times, up to a tenth changed: cost
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from ml.audiences.segments.bundle import Bundle
from ml.audiences.segments.columns import PROFILE, Known
from ml.audiences.segments.daily import segments_of
from ml.audiences.segments.features import LEARNED
from ml.audiences.segments.learning import Learned, learned
from ml.audiences.segments.shown import changes_told
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import Slice, read_slice


def main() -> None:
    """Print a row per refit, then the cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--copies", type=int, default=1)
    chosen = parser.parse_args()
    settings = Settings(home=chosen.home)
    days = [read_slice(path) for path in sorted(settings.slices_dir.glob("[0-9]*"))]
    incumbent: Bundle | None = None
    for day, found in refits(days, settings.seed):
        print(f"{day.as_of}: {changes_told(found.bundle)}")
        for each in found.choice.tried:
            stable = f"stability {each.stability:.3f} (at least {each.stability_low:.3f})"
            print(f"  k={each.segments}: silhouette {each.silhouette:.3f}, {stable}")
        print("  " + "; ".join(f"{each.segment_id} {each.name_en}" for each in found.bundle.segments))
        incumbent = found.bundle
    if incumbent is not None and days:
        cost(days, incumbent, chosen.copies, settings.seed)


def refits(days: list[Slice], seed: int) -> Iterator[tuple[Slice, Learned]]:
    """Each day with what is learned as of it, the model of the day before being the incumbent."""
    incumbent: Bundle | None = None
    for day in days:
        found = learned(day.table(PROFILE), day.as_of, seed, incumbent)
        incumbent = found.bundle
        yield day, found


def cost(days: list[Slice], incumbent: Bundle, copies: int, seed: int) -> None:
    """Processor seconds of a training and of a day's segments, of ``copies`` times the shoppers."""
    now, then = many(days[-1].table(PROFILE), copies), many(days[max(len(days) - 2, 0)].table(PROFILE), copies)
    started = time.process_time()
    learned(now, days[-1].as_of, seed, incumbent)
    trained = time.process_time()
    made = segments_of({0: now, 7: then, 28: then}, incumbent)
    ended = time.process_time()
    rows = {name: len(table) for name, table in made.tables.items()}
    print(
        f"{len(now)} shoppers: training {trained - started:.1f} CPU-s, a day {ended - trained:.1f} CPU-s, rows {rows}"
    )


def many(profile: pl.DataFrame, copies: int) -> pl.DataFrame:
    """The shoppers ``copies`` times, under ids of their own; features vary by up to a tenth."""
    random = np.random.default_rng(1)
    parts = []
    for number in range(copies):
        noise = [
            (pl.col(feature.column) * pl.Series(random.uniform(0.9, 1.1, len(profile)))).alias(feature.column)
            for feature in LEARNED
            if number and feature.column != Known.purchase_days_90d
        ]
        parts.append(profile.with_columns(*noise, (pl.col(Col.user_id) + f"-{number}").alias(Col.user_id)))
    return pl.concat([part.cast({f.column: pl.Float64 for f in LEARNED}) for part in parts]).sort(Col.user_id)


if __name__ == "__main__":
    main()
