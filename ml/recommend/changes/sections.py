"""What a person reads of a change of the shelves: how many change, for whom, who gains places, what it looks like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from ml.documents import Section
from ml.publish.store import Version
from ml.recommend.changes.examples import telling
from ml.recommend.changes.expected import EXPECTED_AFTER, EXPECTED_BEFORE, JUDGED, expected_purchases
from ml.recommend.changes.exposure import GAINED, SHARE_AFTER, SHARE_BEFORE, exposure_changes
from ml.recommend.changes.lists import (
    FIRST,
    FIRST_THREE,
    JACCARD,
    LENGTH_AFTER,
    LENGTH_BEFORE,
    OVERLAP,
    SET,
    list_changes,
)
from ml.recommend.changes.read import lists_of, probabilities_of, snapshot_of
from ml.recommend.evaluation.beyond_accuracy import Backdrop, beyond_accuracy
from ml.recommend.evaluation.groups import ACTIVITY, BANDS, COLD, SEGMENT, shopper_groups
from ml.recommend.history import SliceSnapshot, eligible
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import DIM_ITEM, Slice

SHELVES: Final = 20
"""Shelves that are shown before and after."""
_PLACES: Final = 5
"""Of each shelf."""
_MOST: Final = 10
"""Winners and losers of places."""
_DEPTH: Final = 10
_SHOWN: Final = (Col.item_id, Col.item_brand, Col.item_category)
_LISTS: Final = "shelves"
_SHARES: Final = ("before", "after", "points")


def sections(settings: Settings, base: Version, new: Version) -> list[Section]:
    """See the module; nothing where no list changed.

    Raises:
        NotPublished: a version is not there or cannot be read.
    """
    before, after = lists_of(base), lists_of(new)
    change = ShelfChange(before, after, snapshot_of(settings, new), probabilities_of(new))
    if change.lists.filter(pl.col(OVERLAP) < 1).is_empty():
        return []
    return list(change.sections())


@dataclass(frozen=True, eq=False)
class ShelfChange:
    """Shelves before and after, and what was known of shoppers and items at the end of the day after.

    Attributes:
        before, after: rows of ``recommendation``.
        snapshot: None where retention removed it: what needs it is left out, and a sentence says so.
        pairs: rows of ``purchase_probability`` of the day after; none where its policy gives no probabilities.
    """

    before: pl.DataFrame
    after: pl.DataFrame
    snapshot: Slice | None
    pairs: pl.DataFrame

    @cached_property
    def lists(self) -> pl.DataFrame:
        """See ``list_changes``."""
        return list_changes(self.before, self.after)

    def sections(self) -> Iterator[Section]:
        """In the order of what a person asks first."""
        yield _by_placement(self.lists)
        yield from self._expected()
        if self.snapshot is None:
            yield Section("What else would be told", "The snapshot was removed: groups, figures and brands need it.")
        else:
            yield self._by_group(self.snapshot)
            yield self._figures(self.snapshot)
        yield from self._exposure()
        yield self._examples()

    def _expected(self) -> Iterator[Section]:
        """Sums of the first ten places' probabilities, if there are any."""
        if self.pairs.is_empty():
            return
        found = expected_purchases(self.before, self.after, self.pairs, _DEPTH)
        means = (pl.col(name).mean() for name in (EXPECTED_BEFORE, EXPECTED_AFTER, JUDGED))
        told = found.group_by(Col.placement).agg(*means).sort(Col.placement)
        rows = [
            (placement, f"{before:.3f}", f"{after:.3f}", f"{after - before:+.3f}", f"{judged:.1%}")
            for placement, before, after, judged in told.iter_rows()
        ]
        text = (
            f"Of a shelf's first {_DEPTH} items, within {self.pairs[Col.horizon_days][0]} days, as the newer day's "
            "ranker judges both; an item that it did not judge counts nothing."
        )
        columns = (Col.placement, "before", "after", "change", JUDGED)
        yield Section("Expected purchases", text, columns, tuple(rows), frozenset(columns[1:]))

    def _by_group(self, snapshot: Slice) -> Section:
        """By activity and segment."""
        known = SliceSnapshot(snapshot)
        users = self.lists[Col.user_id].unique().sort()
        groups = shopper_groups(known.history, users, snapshot.as_of)
        joined = self.lists.join(groups, on=Col.user_id)
        rows = []
        for name in (ACTIVITY, SEGMENT):
            told = joined.group_by(Col.placement, name).agg(*_shares()).sort(Col.placement, *_ordered(name))
            rows += [(row[0], name, row[1], *_cells(row[2:])) for row in told.iter_rows()]
        columns = (Col.placement, "by", "group", *_COLUMNS)
        return Section("For whom", "", columns, tuple(rows), frozenset(_COLUMNS))

    def _figures(self, snapshot: Slice) -> Section:
        """Beyond-accuracy metrics of the first ten places."""
        known = SliceSnapshot(snapshot)
        backdrop = Backdrop.of(known.history, eligible(snapshot))
        rows = []
        for placement in self.after[Col.placement].unique().sort():
            both = [
                beyond_accuracy(frame.filter(pl.col(Col.placement) == placement), backdrop, _DEPTH)
                for frame in (self.before, self.after)
            ]
            rows += [
                (
                    placement,
                    name,
                    f"{both[0][name]:.4f}",
                    f"{both[1][name]:.4f}",
                    f"{both[1][name] - both[0][name]:+.4f}",
                )
                for name in both[1]
                if name in both[0]
            ]
        columns = (Col.placement, "figure", "before", "after", "change")
        text = f"Of the first {_DEPTH} places; docs/evaluation.md says what each figure is."
        return Section("What the shelves are like", text, columns, tuple(rows), frozenset(columns[2:]))

    def _exposure(self) -> Iterator[Section]:
        """Items, and brands and categories where the catalogue has them."""
        before, after = self._described(self.before), self._described(self.after)
        both = pl.concat(side.select(Col.item_id, Col.item_name) for side in (before, after))
        names = dict(both.unique(Col.item_id, keep="last", maintain_order=True).iter_rows())
        for by, what in ((Col.item_id, "Items"), (Col.item_brand, "Brands"), (Col.item_category, "Categories")):
            if by not in before.columns:
                continue
            changes = exposure_changes(before, after, by).filter(pl.col(GAINED) != 0)
            ends = changes if len(changes) <= 2 * _MOST else pl.concat([changes.head(_MOST), changes.tail(_MOST)])
            shares = [
                (f"{row[SHARE_BEFORE]:.2%}", f"{row[SHARE_AFTER]:.2%}", f"{100 * row[GAINED]:+.2f}")
                for row in ends.iter_rows(named=True)
            ]
            named = [(value, *([names[value] or ""] if by == Col.item_id else [])) for value in ends[by]]
            columns = (by, *([Col.item_name] if by == Col.item_id else []), *_SHARES)
            text = f"Shares of all places, a place being worth 1 / log2(rank + 1); {len(changes):,} changed."
            rows = tuple((*name, *cells) for name, cells in zip(named, shares, strict=True))
            yield Section(f"{what} that gain and lose places", text, columns, rows, frozenset(_SHARES))

    def _described(self, lists: pl.DataFrame) -> pl.DataFrame:
        if self.snapshot is None:
            return lists
        catalogue = self.snapshot.table(DIM_ITEM)
        there = [name for name in _SHOWN if name in catalogue.columns]
        return lists.join(catalogue.select(there), on=Col.item_id, how="left")

    def _examples(self) -> Section:
        """A few shelves before and after."""
        chosen = telling(self.lists, SHELVES)
        sides = [_first_places(frame, chosen) for frame in (self.before, self.after)]
        rows = tuple(
            (
                user,
                placement,
                f"{overlap:.2f}",
                sides[0].get((placement, user), "–"),
                sides[1].get((placement, user), "–"),
            )
            for placement, user, overlap in chosen.select(Col.placement, Col.user_id, OVERLAP).iter_rows()
        )
        text = f"From the most changed to the least; the first {_PLACES} places."
        return Section(
            "Shelves to look at",
            text,
            ("shopper", Col.placement, OVERLAP, "before", "after"),
            rows,
            frozenset([OVERLAP]),
        )


_COLUMNS: Final = ("shelves", "another first item", "another in the first three", "other items", "Jaccard", "overlap")


def _by_placement(lists: pl.DataFrame) -> Section:
    told = lists.group_by(Col.placement).agg(*_shares()).sort(Col.placement)
    gone, come = (int((lists[name] == 0).sum()) for name in (LENGTH_AFTER, LENGTH_BEFORE))
    text = "Overlap is rank-biased overlap: 1 for equal shelves."
    text += f" {come} shelves are new and {gone} are gone." if come or gone else ""
    rows = tuple((row[0], *_cells(row[1:])) for row in told.iter_rows())
    return Section("Shelves that change", text, (Col.placement, *_COLUMNS), rows, frozenset(_COLUMNS))


def _ordered(name: str) -> tuple[pl.Expr, str]:
    """Sorts bands of activity by activity, and segments by name."""
    bands = [COLD, *BANDS.values()]
    return pl.col(name).replace_strict(bands, range(len(bands)), default=len(bands), return_dtype=pl.Int32), name


def _shares() -> list[pl.Expr]:
    return [pl.len().alias(_LISTS), *(pl.col(name).mean() for name in (FIRST, FIRST_THREE, SET, JACCARD, OVERLAP))]


def _cells(row: Sequence[float]) -> tuple[str, ...]:
    lists, *shares, jaccard, overlap = row
    return (f"{lists:,}", *(f"{share:.1%}" for share in shares), f"{jaccard:.3f}", f"{overlap:.3f}")


def _first_places(lists: pl.DataFrame, chosen: pl.DataFrame) -> dict[tuple[str, str], str]:
    """By placement and shopper the names of the first items."""
    key = [Col.placement, Col.user_id]
    first = lists.filter(pl.col(Col.rank) <= _PLACES).join(chosen.select(key), on=key, how="semi").sort(*key, Col.rank)
    named = pl.coalesce(Col.item_name, Col.item_id).str.join("; ")
    return {(row[0], row[1]): row[2] for row in first.group_by(key).agg(named.alias("names")).iter_rows()}
