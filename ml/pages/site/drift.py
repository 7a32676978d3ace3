"""How far each feature that rankers learn from has moved since an earlier day that is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from expectations.day import Earlier
from expectations.drift import drift, sampled
from expectations.earlier import earlier_day
from ml.errors import StaleFeatures
from ml.pages.site.facts import Facts
from ml.warehouse.feature_columns import ranker_columns
from ml.warehouse.slices import Slice, read_slice

_FEWEST_ROWS: Final = 1000


@dataclass(frozen=True)
class Drifted:
    """A feature and its population stability index."""

    table: str
    column: str
    index: float


def drifted_columns(facts: Facts) -> tuple[date | None, list[Drifted]]:
    """The earlier day, and the features by how far they moved since; None where there is nothing to compare."""
    now, earlier = _slice(facts), earlier_day(facts.settings, facts.day)
    if now is None or earlier is None:
        return None, []
    found = [each for table, names in ranker_columns().items() for each in _of_table(now, earlier, table, names)]
    return (earlier.as_of if found else None), sorted(found, key=lambda each: (-each.index, each.table, each.column))


def _slice(facts: Facts) -> Slice | None:
    for told in facts.manifests.values():
        try:
            return read_slice(facts.settings.home / told.slice)
        except StaleFeatures:  # retention removed it
            continue
    return None


def _of_table(now: Slice, earlier: Earlier, table: str, names: Sequence[str]) -> Iterator[Drifted]:
    """The columns that both days have; none of a table with few rows, where chance moves them."""
    try:
        then, today = earlier.scan(table), now.scan(table)
        both = [name for name in names if name in set(_columns(then)) & set(_columns(today))]
        before, after = sampled(then, both), sampled(today, both)
    except (StaleFeatures, OSError, pl.exceptions.PolarsError):  # gone by now, or older than the table
        return
    if both and min(len(before), len(after)) >= _FEWEST_ROWS:
        for name, index in drift(before, after, (now.as_of - earlier.as_of).days).items():
            yield Drifted(table, name, index)


def _columns(table: pl.LazyFrame) -> list[str]:
    return table.collect_schema().names()
