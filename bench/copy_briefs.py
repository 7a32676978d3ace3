"""Measure of a day of copy without a language model: CPU time of briefs in every channel and language.

python -m bench.copy_briefs --briefs 1000
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from ml.copy.daily import compute
from ml.copy.sheets.daily import requests_of
from ml.day import Result
from testkit.copy_briefs import brief_rows
from testkit.copy_shop import DAY, FrameDay, copy_day


def main() -> None:
    """Print the figures of two runs of the same day."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--briefs", type=int, default=1000)
    parser.add_argument("--names", type=int, default=92_000, help="in the catalogue")
    parser.add_argument("--arms", type=int, default=3)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--profile", action="store_true", help="show where the time goes")
    asked = parser.parse_args()
    day = _day(asked.briefs, asked.names, asked.arms, asked.seed)
    with cProfile.Profile() if asked.profile else _Nothing() as profile:
        first, seconds = _timed(day)
    if isinstance(profile, cProfile.Profile):
        pstats.Stats(profile).sort_stats("cumulative").print_stats(45)
    _told(first, seconds)
    if not asked.profile:
        second, seconds = _timed(day)
        print(f"again: {seconds:.1f} CPU-s; same tables: {_same(first.tables, second.tables)}")


class _Nothing:
    """A context that measures nothing."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


def _day(count: int, names: int, arms: int, seed: int) -> FrameDay:
    """Briefs that can be written, in all channels and languages, of a shop with a large catalogue."""
    briefs, items = brief_rows(Random(seed), 2 * count)
    usual: dict[str, Any] = {"channel": None, "language": None, "arms": arms, "audience_id": "tea"}
    for brief in briefs:
        brief.update(usual)
        brief["end_date"] = brief["end_date"] and max(brief["end_date"], DAY + timedelta(days=9))
    home = Path(tempfile.mkdtemp())
    day = copy_day(home, dim_copy_brief=briefs, dim_copy_brief_item=items)
    told = requests_of(day).copy_brief
    written = told.filter(pl.col("withheld") == "")["brief_id"].sort()[:count].to_list()
    kept = [brief for brief in briefs if brief["brief_id"] in written]
    day = copy_day(home, dim_copy_brief=kept, dim_copy_brief_item=[row for row in items if row["brief_id"] in written])
    first = ("Amber", "Brisk", "Cedar", "Delta", "Ember", "Frost", "Grove", "Haven")
    filler = pl.DataFrame({"item_id": [f"f{at}" for at in range(names)]}).with_columns(
        item_name=pl.Series([f"{first[at % 8]} Item {at} {first[at // 8 % 8]}" for at in range(names)]),
        is_recommendable=True,
    )
    items_table = pl.concat([day.frames["dim_item"], filler], how="diagonal")
    return replace(day, frames={**day.frames, "dim_item": items_table})


def _timed(day: FrameDay) -> tuple[Result, float]:
    started = time.process_time()
    made = compute(day)
    return made, time.process_time() - started


def _told(made: Result, seconds: float) -> None:
    tables = made.tables
    variants = tables["copy_variant"]
    asked = variants.select("language", "channel").n_unique()
    print(
        f"{len(tables['copy_brief']):,} briefs, {asked} channels x languages: "
        f"{seconds:.1f} CPU-s, {len(variants):,} texts ({1000 * seconds / max(len(variants), 1):.2f} ms each), "
        f"{len(tables['copy_fact']):,} facts, {len(tables['copy_check']):,} findings"
    )


def _same(one: Mapping[str, pl.DataFrame], other: Mapping[str, pl.DataFrame]) -> bool:
    return all(table.equals(other[name]) for name, table in one.items())


if __name__ == "__main__":
    main()
