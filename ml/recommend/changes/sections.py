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
from ml.recommend.changes.expected import (
    EXPECTED_AFTER,
    EXPECTED_BEFORE,
    JUDGED,
    REVENUE_AFTER,
    REVENUE_BEFORE,
    expected_purchases,
)
from ml.recommend.changes.exposure import GAINED, SHARE_AFTER, SHARE_BEFORE, exposure_changes
from ml.recommend.changes.groups import ALL, BY, GROUP, by_group, groups_of, prices_of
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
from ml.recommend.changes.read import judging_pairs, lists_of, snapshot_of
from ml.recommend.evaluation.beyond_accuracy import Backdrop, beyond_accuracy
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
_GROUPED: Final = (Col.placement, BY, GROUP)
_BOUGHT: Final = ("purchases before", "after", "change")
_REVENUE: Final = ("revenue before", "revenue after", "revenue change")


def sections(settings: Settings, base: Version, new: Version) -> list[Section]:
    """See the module; nothing where no list changed.

    Raises:
        NotPublished: a version is not there or cannot be read.
    """
    before, after = lists_of(base), lists_of(new)
    change = ShelfChange(before, after, snapshot_of(settings, new), *judging_pairs(base, new))
    if change.lists.filter(pl.col(OVERLAP) < 1).is_empty():
        return []
    return list(change.sections())


@dataclass(frozen=True, eq=False)
class ShelfChange:
    """Shelves before and after, and what was known of shoppers and items at the end of the day after.

    Attributes:
        before, after: rows of ``recommendation``.
        snapshot: None where retention removed it: what needs it is left out, and a sentence says so.
        pairs: rows of ``purchase_probability``; none where no policy gives probabilities.
        judge: whose they are, in words.
    """

    before: pl.DataFrame
    after: pl.DataFrame
    snapshot: Slice | None
    pairs: pl.DataFrame
    judge: str = "the newer ranker"

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
            yield self._by_group()
            yield self._figures(self.snapshot)
        yield from self._exposure()
        yield self._examples()

    @cached_property
    def groups(self) -> pl.DataFrame | None:
        """See ``groups_of``; None without a snapshot."""
        return groups_of(self.snapshot, self.lists[Col.user_id]) if self.snapshot else None

    def _expected(self) -> Iterator[Section]:
        """Sums of the first ten places' probabilities, and of probability x price, if there are any."""
        if self.pairs.is_empty():
            return
        prices = prices_of(self.snapshot) if self.snapshot else None
        found = expected_purchases(self.before, self.after, self.pairs, _DEPTH, prices)
        sides = (EXPECTED_BEFORE, EXPECTED_AFTER, *((REVENUE_BEFORE, REVENUE_AFTER) if prices is not None else ()))
        means = [pl.len().alias(_LISTS), *(pl.col(name).mean() for name in (*sides, JUDGED))]
        everybody = found.group_by(Col.placement).agg(*means).sort(Col.placement)
        rows = [(placement, ALL, "", *rest) for placement, *rest in everybody.iter_rows()]
        if self.groups is not None:
            rows += by_group(found, self.groups, means)
        text = (
            f"Of a shelf's first {_DEPTH} items, within {self.pairs[Col.horizon_days][0]} days, as {self.judge} "
            "judges both; an item that it did not judge counts nothing. Means per shelf."
        )
        text += (
            " Revenue is probability x price, or the mean price paid where the catalogue has none, of one piece."
            if prices is not None
            else ""
        )
        columns = (*_GROUPED, _LISTS, *_BOUGHT, *(_REVENUE if prices is not None else ()), JUDGED)
        told = tuple((*row[:3], *_expected_cells(row[3:])) for row in rows)
        yield Section("Expected purchases", text, columns, told, frozenset(columns[3:]))

    def _by_group(self) -> Section:
        """By activity, segment and newcomer status."""
        assert self.groups is not None
        rows = tuple((*row[:3], *_cells(row[3:])) for row in by_group(self.lists, self.groups, _shares()))
        return Section("For whom", "", (*_GROUPED, *_COLUMNS), rows, frozenset(_COLUMNS))

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


def _expected_cells(row: Sequence[float]) -> Iterator[str]:
    """The number of shelves, then before, after and change of each figure, then the share of items judged."""
    lists, *figures, judged = row
    yield f"{lists:,}"
    for before, after in zip(figures[::2], figures[1::2], strict=True):
        yield from (f"{before:.3f}", f"{after:.3f}", f"{after - before:+.3f}")
    yield f"{judged:.1%}"


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
