"""What a person reads of a change of the shelves: how many change, for whom, who gains places, what it looks like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from ml.documents import Link, Section
from ml.publish.store import Version
from ml.recommend.changes import words
from ml.recommend.changes.counted import COLUMNS, by_placement, cells, shares
from ml.recommend.changes.examples import telling
from ml.recommend.changes.expectation import Expectation
from ml.recommend.changes.expected import expected_purchases
from ml.recommend.changes.exposed import exposure_sections
from ml.recommend.changes.groups import by_group, groups_of, prices_of
from ml.recommend.changes.lists import (
    OVERLAP,
    list_changes,
)
from ml.recommend.changes.read import judging_pairs, lists_of, snapshot_of
from ml.recommend.evaluation.beyond_accuracy import Backdrop, beyond_accuracy
from ml.recommend.history import SliceSnapshot
from ml.recommend.pages.addresses import shopper_address
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import Slice
from ml.words import Words

SHELVES: Final = 20
"""Shelves that are shown before and after."""
_PLACES: Final = 5
"""Of each shelf."""
_DEPTH: Final = 10


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
        judge: whose they are.
    """

    before: pl.DataFrame
    after: pl.DataFrame
    snapshot: Slice | None
    pairs: pl.DataFrame
    judge: Words = words.NEWER

    @cached_property
    def lists(self) -> pl.DataFrame:
        """See ``list_changes``."""
        return list_changes(self.before, self.after)

    @cached_property
    def known(self) -> SliceSnapshot | None:
        """What was known of the shop; its history is read once."""
        return SliceSnapshot(self.snapshot) if self.snapshot is not None else None

    def sections(self) -> Iterator[Section]:
        """In the order of what a person asks first."""
        yield by_placement(self.lists)
        yield from self._expected()
        yield from exposure_sections(self.before, self.after, self.snapshot)
        yield self._examples()
        if self.known is None or (groups := self.groups) is None:
            yield Section(
                Words("What else would be told", "其他内容"),
                Words(
                    "The snapshot was removed: groups, figures and brands need it.",
                    "快照已删除：分组、指标和品牌需要它。",
                ),
            )
        else:
            yield self._by_group(groups)
            yield self._figures(self.known)

    @cached_property
    def groups(self) -> pl.DataFrame | None:
        """See ``groups_of``; None without a snapshot."""
        return groups_of(self.known, self.lists[Col.user_id]) if self.known else None

    def _expected(self) -> Iterator[Section]:
        """Sums of the first ten places' probabilities, and of probability x price, if there are any."""
        if not self.pairs.is_empty():
            prices = prices_of(self.snapshot) if self.snapshot else None
            found = expected_purchases(self.before, self.after, self.pairs, _DEPTH, prices)
            days = self.pairs[Col.horizon_days][0]
            yield from Expectation(found, self.groups, _DEPTH, days, self.judge, prices is not None).sections()

    def _by_group(self, groups: pl.DataFrame) -> Section:
        """By activity, segment and newcomer status."""
        rows = tuple((*words.grouped(*row[:3]), *cells(row[3:])) for row in by_group(self.lists, groups, shares()))
        columns, heading = (*words.GROUPED, *COLUMNS), Words("For whom", "对哪些顾客")
        return Section(heading, "", columns, rows, frozenset(COLUMNS), name="groups", folded=True)

    def _figures(self, known: SliceSnapshot) -> Section:
        """Beyond-accuracy metrics of the first ten places."""
        backdrop = Backdrop.of(known.history, known.items)
        rows = []
        for placement in self.after[Col.placement].unique().sort():
            both = [
                beyond_accuracy(frame.filter(pl.col(Col.placement) == placement), backdrop, _DEPTH)
                for frame in (self.before, self.after)
            ]
            rows += [
                (
                    words.placement(placement),
                    words.figure(name),
                    f"{both[0][name]:.4f}",
                    f"{both[1][name]:.4f}",
                    f"{both[1][name] - both[0][name]:+.4f}",
                )
                for name in both[1]
                if name in both[0]
            ]
        columns = (words.PLACEMENT, words.FIGURE, words.BEFORE, words.AFTER, words.CHANGE)
        text = Words(
            f"Of the first {_DEPTH} places; docs/evaluation.md says what each figure is.",
            f"前 {_DEPTH} 个位置；各指标的含义见 docs/evaluation.md。",
        )
        heading = Words("What the shelves are like", "货架的特点")
        return Section(heading, text, columns, tuple(rows), frozenset(columns[2:]), name="figures", folded=True)

    def _examples(self) -> Section:
        """A few shelves before and after."""
        chosen = telling(self.lists, SHELVES)
        sides = [_first_places(frame, chosen) for frame in (self.before, self.after)]
        rows = tuple(
            (
                Link(user, shopper_address(user)),
                words.placement(placement),
                f"{overlap:.2f}",
                sides[0].get((placement, user), "–"),
                sides[1].get((placement, user), "–"),
            )
            for placement, user, overlap in chosen.select(Col.placement, Col.user_id, OVERLAP).iter_rows()
        )
        text = Words(
            f"From the most changed to the least; the first {_PLACES} places.",
            f"按变化从大到小；各货架的前 {_PLACES} 个位置。",
        )
        columns = (words.SHOPPER, words.PLACEMENT, words.SIMILARITY, words.BEFORE, words.AFTER)
        heading = Words("Shelves to look at", "值得查看的货架")
        return Section(heading, text, columns, rows, frozenset([words.SIMILARITY]), name="examples")


def _first_places(lists: pl.DataFrame, chosen: pl.DataFrame) -> dict[tuple[str, str], str]:
    """By placement and shopper the names of the first items."""
    key = [Col.placement, Col.user_id]
    first = lists.filter(pl.col(Col.rank) <= _PLACES).join(chosen.select(key), on=key, how="semi").sort(*key, Col.rank)
    named = pl.coalesce(Col.item_name, Col.item_id).str.join("; ")
    return {(row[0], row[1]): row[2] for row in first.group_by(key).agg(named.alias("names")).iter_rows()}
