"""A published version and what it takes to rank its shelves again: its snapshot, its policy, its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ml.day import Day
from ml.errors import ModelMissing, ShelduckError, StaleFeatures
from ml.publish.manifest import Manifest
from ml.publish.readers import manifest, read_table
from ml.publish.store import Version
from ml.recommend.capability import RECOMMEND
from ml.recommend.daily import Scoring, scoring_of
from ml.recommend.outputs import POLICY, RECOMMENDATION, SIMILAR_ITEM
from ml.settings import AskedSettings, Settings
from ml.tables import Col
from ml.warehouse.slices import DIM_ITEM, DIM_USER, Slice, read_slice
from ml.words import Words


@dataclass(frozen=True, eq=False)
class PublishedDay:
    """See the module; what its shoppers share is read once."""

    settings: Settings
    version: Version

    @cached_property
    def manifest(self) -> Manifest:
        """The version's manifest."""
        return manifest(self.settings, RECOMMEND, self.version.id)

    @cached_property
    def policies(self) -> Mapping[str, Mapping[str, str]]:
        """By placement the row of the table ``policy``."""
        rows = read_table(self.settings, RECOMMEND, POLICY.name, self.version.id).iter_rows(named=True)
        return {row[Col.placement]: row for row in rows}

    def shelves(self, user_id: str) -> pl.DataFrame:
        """The shopper's rows of ``recommendation``."""
        wanted = pl.col(Col.user_id) == user_id
        return read_table(self.settings, RECOMMEND, RECOMMENDATION.name, self.version.id, wanted)

    def related(self, item_id: str) -> pl.DataFrame:
        """The item's rows of ``similar_item``."""
        wanted = pl.col(Col.item_id) == item_id
        return read_table(self.settings, RECOMMEND, SIMILAR_ITEM.name, self.version.id, wanted)

    @cached_property
    def snapshot(self) -> Slice | None:
        """The snapshot that it was computed from; None where retention removed it."""
        try:
            found = read_slice(self.settings.home / self.manifest.slice)
            found.scan(DIM_ITEM)
        except StaleFeatures:
            return None
        return found

    @cached_property
    def catalogue(self) -> pl.DataFrame:
        """The day's items; none where the snapshot is gone."""
        return self.snapshot.table(DIM_ITEM) if self.snapshot else pl.DataFrame({Col.item_id: []})

    def knows_shopper(self, user_id: str) -> bool:
        """Whether the day's table of users has the shopper."""
        if self.snapshot is None:
            return False
        return not self.snapshot.scan(DIM_USER).filter(pl.col(Col.user_id) == user_id).collect().is_empty()

    @cached_property
    def scoring(self) -> Scoring | None:
        """What makes the day's lists, as when it was published; None: see ``obstacle``."""
        return self._ranking if isinstance(self._ranking, Scoring) else None

    @property
    def obstacle(self) -> Words | None:
        """What keeps the day from being ranked again, and what to do; None where nothing does."""
        return self._ranking if isinstance(self._ranking, Words) else None

    @cached_property
    def _ranking(self) -> Scoring | Words:
        again = f"shelduck run --as-of {self.version.as_of}"
        if self.snapshot is None:
            return Words(
                f"The day's snapshot was removed, so nothing can be ranked again. To have it: {again}",
                f"当日快照已被清理，无法重新排序。重新生成：{again}",
            )
        try:
            made = scoring_of(Day(_as_published(self.settings, self.manifest), RECOMMEND, self.snapshot))
        except (ModelMissing, StaleFeatures) as gone:
            return Words(f"The day cannot be ranked again: {gone}", f"无法重新排序当日：{gone}")
        served, meant = (each or "0" for each in (made.effective.version, self.manifest.policy.get("model_version")))
        if served != meant:  # 0: policy 0, which has no model
            return Words(
                f"Model version {meant} ranked the day; by the ledger it is {served} now, so nothing is ranked again.",
                f"当日由模型版本 {meant} 排序；按账本现为 {served}，因此不重新排序。",
            )
        return made


def _as_published(settings: Settings, told: Manifest) -> Settings:
    """The settings of today, but those that decide what a day holds as they were."""
    try:
        return AskedSettings(**{**settings.model_dump(exclude_none=True), **told.settings})
    except ShelduckError:  # a value that this release does not have any more
        return settings
