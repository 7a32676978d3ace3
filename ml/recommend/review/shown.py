"""What shoppers would see under the candidate, beside what they would see under the champion on the same day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import polars as pl

from ml.documents import Section
from ml.publish.readers import newest_as_of, version_of_day
from ml.publish.store import Version
from ml.recommend.capability import RECOMMEND
from ml.recommend.changes.lists import FIRST
from ml.recommend.changes.read import judging_pairs, lists_of, snapshot_of
from ml.recommend.changes.sections import ShelfChange
from ml.recommend.changes.words import SHOPPER
from ml.recommend.evaluation.beyond_accuracy import Backdrop, beyond_accuracy
from ml.recommend.history import SliceSnapshot
from ml.recommend.model import MODEL
from ml.recommend.review.paired import COVERAGE, DEPTH, POPULARITY
from ml.recommend.shadow.days import day_under
from ml.recommend.shadow.policies import RULES, ChosenPolicy, chosen_policy
from ml.settings import Settings
from ml.shadow import Deciding, shadow_version
from ml.tables import Col
from ml.warehouse.slices import Slice, read_slice


@dataclass(frozen=True, eq=False)
class Shown:
    """Shelves of one day under the champion and under the candidate, and what was known at the end of that day."""

    day: date
    is_published: bool
    change: ShelfChange
    snapshot: Slice

    def other_first(self, placement: str) -> float | None:
        """The share of the placement's shelves whose first item is another one; None without shelves."""
        lists = self.change.lists.filter(pl.col(Col.placement) == placement)
        return None if lists.is_empty() else float(lists[FIRST].mean())  # type: ignore[arg-type]

    def figures(self, placement: str) -> Mapping[str, tuple[float, float]]:
        """COVERAGE and POPULARITY of the placement's first places, before and after."""
        before, after = (
            beyond_accuracy(lists.filter(pl.col(Col.placement) == placement), self._backdrop, DEPTH)
            for lists in (self.change.before, self.change.after)
        )
        return {name: (before[name], after[name]) for name in (COVERAGE, POPULARITY)}

    @cached_property
    def _backdrop(self) -> Backdrop:
        """What was known that day; every placement is held against the same."""
        known = SliceSnapshot(self.snapshot)
        return Backdrop.of(known.history, known.items)

    def sections(self) -> list[Section]:
        """What a review keeps of the comparison: no shopper is named in it."""
        return [each for each in self.change.sections() if SHOPPER not in each.columns]


def shown(settings: Settings, candidate: int, champion: int | None) -> Shown | None:
    """The comparison on the newest published day that the candidate does not know the future of, or on its own day.

    Nothing is built for it: None where retention removed the snapshots.

    Raises:
        ModelMissing: the files of a version are gone.
    """
    before, after = (chosen_policy(settings, str(name or RULES)) for name in (champion, candidate))
    published = _published(settings, before, after)
    days = published or _of_training(settings, before, after)
    if days is None:
        return None
    (was, becomes), snapshot = days
    change = ShelfChange(lists_of(was), lists_of(becomes), snapshot, *judging_pairs(was, becomes))
    return Shown(snapshot.as_of, published is not None, change, snapshot)


_Days = tuple[tuple[Version, Version], Slice]


def _published(settings: Settings, before: ChosenPolicy, after: ChosenPolicy) -> _Days | None:
    day = newest_as_of(settings, RECOMMEND)
    there = version_of_day(settings, RECOMMEND, day) if day else None
    snapshot = snapshot_of(settings, there) if there else None
    if day is None or snapshot is None or day < _known_from(before, after) or not snapshot.is_intact(RECOMMEND.reads):
        return None
    return (day_under(settings, before.name, day), day_under(settings, after.name, day)), snapshot


def _of_training(settings: Settings, before: ChosenPolicy, after: ChosenPolicy) -> _Days | None:
    day = _known_from(before, after)
    folders = sorted(settings.slices_dir.glob(f"{day}-*"), key=lambda folder: folder.stat().st_mtime)
    found = (read_slice(folder) for folder in reversed(folders))
    snapshot = next((each for each in found if each.is_intact(RECOMMEND.reads)), None)
    if snapshot is None:
        return None
    was, becomes = (
        shadow_version(settings, RECOMMEND, snapshot, Deciding(policy.place, {MODEL: policy.model}))
        for policy in (before, after)
    )
    return (was, becomes), snapshot


def _known_from(*policies: ChosenPolicy) -> date:
    """The first day of which no policy knows the future."""
    return max((policy.model.trained_as_of for policy in policies if policy.model), default=date.min)
