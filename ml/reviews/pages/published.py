"""A published version of ``reviews`` as its page reads it: each table once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

import polars as pl

from ml.errors import StaleFeatures
from ml.publish.manifest import Manifest
from ml.publish.readers import manifest, read_table
from ml.publish.store import Version
from ml.reviews.capability import REVIEWS
from ml.reviews.columns import FCT_REVIEW, Rev
from ml.reviews.outputs import ITEM_OPINION, REVIEW_LABEL, REVIEW_TOPIC
from ml.reviews.reading import is_counted
from ml.settings import Settings
from ml.tables import Col, Table
from ml.warehouse.slices import DIM_ITEM, read_slice

WEEKS: Final = 4
"""Weeks of which shares are told: one alone has few reviews of most aspects."""


@dataclass(frozen=True, eq=False)
class PublishedReviews:
    """A version and where its tables lie."""

    settings: Settings
    version: Version

    def _table(self, of: Table) -> pl.DataFrame:
        return read_table(self.settings, REVIEWS, of.name, self.version.id)

    @cached_property
    def manifest(self) -> Manifest:
        """Its manifest."""
        return manifest(self.settings, REVIEWS, self.version.id)

    @cached_property
    def labels(self) -> pl.DataFrame:
        """``review_label``."""
        return self._table(REVIEW_LABEL)

    @cached_property
    def counted(self) -> pl.DataFrame:
        """Those of ``labels`` that count."""
        return self.labels.filter(is_counted())

    @cached_property
    def topics(self) -> pl.DataFrame:
        """``review_topic``."""
        return self._table(REVIEW_TOPIC)

    @cached_property
    def opinions(self) -> pl.DataFrame:
        """``item_opinion``."""
        return self._table(ITEM_OPINION)

    @cached_property
    def week(self) -> date:
        """Monday of the newest week with a review that counts; of the day's own week where there is none."""
        newest = self.counted[Rev.week].max()
        day = self.version.as_of
        return newest if isinstance(newest, date) else day - timedelta(days=day.weekday())

    @property
    def last_day(self) -> date:
        """The last day of ``week`` that is known."""
        return min(self.week + timedelta(days=6), self.version.as_of)

    @cached_property
    def recent(self) -> pl.DataFrame:
        """Opinions of the last weeks up to ``week``."""
        since = self.week - timedelta(days=7 * (WEEKS - 1))
        return self.opinions.filter(pl.col(Rev.week).is_between(since, self.week))

    @cached_property
    def names(self) -> Mapping[str, str]:
        """By item its name in the catalogue; empty where the day's snapshot is not kept."""
        found = self._snapshot(DIM_ITEM, (Col.item_id, Col.item_name))
        return {} if found is None else dict(found.drop_nulls().iter_rows())

    def name_of(self, item_id: str) -> str:
        """What an item is called; its id where it has no name."""
        return self.names.get(item_id, item_id)

    @cached_property
    def sources(self) -> pl.DataFrame | None:
        """Where reviews were written, as landed, and how many; none is the shop. None without the day's snapshot."""
        found = self._snapshot(FCT_REVIEW, (Rev.source,))
        if found is None:
            return None
        return found.group_by(Rev.source).len(Rev.reviews).sort(Rev.reviews, Rev.source, descending=[True, False])

    def _snapshot(self, table: str, columns: tuple[str, ...]) -> pl.DataFrame | None:
        try:
            return read_slice(self.settings.home / self.manifest.slice).scan(table).select(columns).collect()
        except (StaleFeatures, pl.exceptions.PolarsError):
            return None
