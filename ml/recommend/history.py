"""What a day's slice says of the past: what shoppers chose, liked and rated, and what is due again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from ml.placements import DUE_FROM
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.snapshots import Snapshot
from ml.tables import Col
from ml.warehouse.slices import DIM_ITEM, FEAT_USER_ITEM, HISTORY, RATING, Tables, chosen_features


def history_of(day: Tables, past: Sequence[Tables] = ()) -> Interactions:
    """Everything that was known at the end of the slice's day, with its feature tables and those of ``past`` days."""
    snapshots = SliceSnapshots({each.as_of: each for each in (*past, day) if each.as_of <= day.as_of})
    return Interactions(day.table(HISTORY), day.table(RATING), float(day.record["liked_from"]), snapshots)


def eligible(day: Tables) -> Items:
    """The items that may stand on a shelf."""
    return Items(day.table(DIM_ITEM).filter(pl.col(Col.is_recommendable)))


@dataclass(frozen=True)
class SliceSnapshots:
    """The snapshots of some slices, by day."""

    days: Mapping[date, Tables]

    def of(self, history: Interactions, items: Items, as_of: date) -> SliceSnapshot | None:  # noqa: ARG002
        """The one as of a day; None where no slice is at hand."""
        day = self.days.get(as_of)
        return SliceSnapshot(day) if day else None


@dataclass(frozen=True)
class SliceSnapshot:
    """A shop as a slice knows it; see ``ml.recommend.core.snapshots.Snapshot``."""

    day: Tables
    past: Sequence[Tables] = ()

    @property
    def as_of(self) -> date:
        """The slice's day."""
        return self.day.as_of

    @cached_property
    def history(self) -> Interactions:
        """What was bought by then."""
        return history_of(self.day, self.past)

    @cached_property
    def items(self) -> Items:
        """The items that could be recommended then."""
        return eligible(self.day)

    @property
    def ranker_columns(self) -> Mapping[str, Sequence[str]]:
        """By entity the columns that rankers learn from, as the dbt project said when the slice was exported."""
        declared: Mapping[str, list[str]] = self.day.record["ranker_columns"]
        return {table.removeprefix("feat_"): columns for table, columns in declared.items()}

    def features(self, entity: str, columns: Sequence[str], users: Sequence[str] | None = None) -> pl.DataFrame:
        """See ``Slice.features``."""
        return self.day.features(entity, columns, users).collect()


def due_pairs(day: Tables) -> pl.DataFrame:
    """user_id and item_id of what is due again (``feat_user_item.due_ratio``), sorted."""
    due = day.scan(FEAT_USER_ITEM).filter(pl.col(Col.due_ratio) >= DUE_FROM)
    return due.select(Col.user_id, Col.item_id).sort(Col.user_id, Col.item_id).collect()


def write_history(folder: Path, history: Interactions) -> None:
    """Keep a history beside a model that is to answer where no day is published."""
    history.frame.write_parquet(folder / f"{HISTORY}.parquet")
    history.ratings.write_parquet(folder / f"{RATING}.parquet")


def write_features(folder: Path, known: Snapshot, columns: Mapping[str, Sequence[str]]) -> None:
    """Keep some ``columns`` of feature tables, by entity, beside such a model."""
    for entity, names in columns.items():
        known.features(entity, list(dict.fromkeys(names))).write_parquet(folder / f"feat_{entity}.parquet")


def read_history(folder: Path, as_of: date, liked_from: float) -> Interactions:
    """What ``write_history`` and ``write_features`` wrote as of a day; without ratings where an earlier version did."""
    kept = KeptSnapshots(folder, as_of)
    frame, ratings = pl.read_parquet(folder / f"{HISTORY}.parquet", glob=False), folder / f"{RATING}.parquet"
    if not ratings.exists():
        return Interactions(frame, snapshots=kept)
    return Interactions(frame, pl.read_parquet(ratings, glob=False), liked_from, kept)


@dataclass(frozen=True)
class KeptSnapshots:
    """The one snapshot whose tables lie beside a model."""

    folder: Path
    as_of: date

    def of(self, history: Interactions, items: Items, as_of: date) -> KeptSnapshot | None:
        """That of its day alone."""
        return KeptSnapshot(self.folder, history, items, as_of) if as_of == self.as_of else None


@dataclass(frozen=True)
class KeptSnapshot:
    """See ``ml.recommend.core.snapshots.Snapshot``; it is asked, never learned from."""

    folder: Path
    history: Interactions
    items: Items
    as_of: date

    @property
    def ranker_columns(self) -> Mapping[str, Sequence[str]]:
        """None."""
        return {}

    def features(self, entity: str, columns: Sequence[str], users: Sequence[str] | None = None) -> pl.DataFrame:
        """The key and ``columns`` of a feature table.

        Raises:
            StaleFeatures: the model was trained by an earlier release, which kept none.
        """
        path = self.folder / f"feat_{entity}.parquet"
        table = pl.scan_parquet(path, glob=False) if path.is_file() else pl.LazyFrame()
        return chosen_features(table, path.stem, columns, users).collect()
