"""A published day of shoppers that never were, of any number: what conditions and previews read of it, and no more."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from ml.audiences.capability import AUDIENCES
from ml.audiences.columns import Aud, Scheme
from ml.audiences.outputs import SEGMENT, SEGMENT_MEMBER, TAG, TAG_MEMBER
from ml.capability import Capability
from ml.predictions.capability import PREDICTIONS
from ml.predictions.outputs import CUSTOMER_PREDICTION
from ml.profile.capability import PROFILE
from ml.profile.outputs import CUSTOMER_PROFILE
from ml.publish.draft import DraftRecord, write_draft
from ml.publish.encoding import write_compact
from ml.publish.readers import current_version
from ml.publish.versions import publish
from ml.recommend.capability import RECOMMEND
from ml.recommend.outputs import PURCHASE_PROBABILITY, RECOMMENDATION
from ml.settings import Settings
from ml.tables import Col, Kind, Table
from ml.warehouse.slices import DIM_CONSENT, DIM_ITEM, HISTORY, RECORD
from testkit.published import one_row

DAY: Final = date(2025, 3, 1)
TAGS: Final = tuple(f"tag_{number}" for number in range(20))
SEGMENTS: Final = {Scheme.BEHAVIOUR: 6, Scheme.RFM: 10, Scheme.LIFECYCLE: 5}
PURPOSE: Final = "marketing"
CATEGORIES: Final = 50
_TEXTS: Final = 30
_STEP: Final = 7
"""Items of a shopper lie so many apart, so that none comes twice."""


@dataclass(frozen=True)
class Sizes:
    """Rows per shopper, and items; the defaults are those of the demo shop, but for the history."""

    shoppers: int
    tags: int = 5
    shelves: int = 59
    probabilities: int = 78
    bought: int = 40
    items: int = 92_000


@dataclass(frozen=True)
class PublishedShop:
    """Writes the tables of a day, each value drawn by a seeded generator."""

    settings: Settings
    sizes: Sizes

    def publish(self) -> None:
        """Publish the day of every capability, and the snapshot that it came from."""
        self._publish(PROFILE, {CUSTOMER_PROFILE: self._about_shoppers(CUSTOMER_PROFILE)})
        self._publish(PREDICTIONS, {CUSTOMER_PREDICTION: self._about_shoppers(CUSTOMER_PREDICTION)})
        self._publish(AUDIENCES, {})
        self._replace(AUDIENCES, {TAG: _tags(), SEGMENT: _segments()})
        self._replace(AUDIENCES, {TAG_MEMBER: self._tag_members(), SEGMENT_MEMBER: self._segment_members()})
        self._publish(RECOMMEND, {})
        self._replace(RECOMMEND, {RECOMMENDATION: self._shelves(), PURCHASE_PROBABILITY: self._probabilities()})
        self._write_snapshot()

    @cached_property
    def users(self) -> pl.Series:
        """The ids of the shoppers, in their order."""
        return pl.Series(Col.user_id, [f"s{number:07}" for number in range(self.sizes.shoppers)])

    def _about_shoppers(self, table: Table) -> pl.DataFrame:
        chance, count = np.random.default_rng(1), self.sizes.shoppers
        drawn: dict[Kind, Any] = {
            Kind.TEXT: lambda: pl.Series([f"value {number}" for number in range(_TEXTS)])[
                chance.integers(_TEXTS, size=count)
            ],
            Kind.COUNT: lambda: chance.poisson(5, count),
            Kind.NUMBER: lambda: chance.random(count).round(6),
            Kind.DAY: lambda: pl.repeat(DAY, count, eager=True),
            Kind.FLAG: lambda: chance.random(count) < 0.5,
        }
        columns = {column.name: drawn[column.kind]() for column in table.columns if column.name != Col.user_id}
        return pl.DataFrame({Col.user_id: self.users, **columns})

    def _tag_members(self) -> pl.DataFrame:
        user, place = self._repeated(self.sizes.tags)
        tags = pl.Series(TAGS)[(user * _STEP + place) % len(TAGS)]
        return pl.DataFrame({Aud.tag_id: tags, Col.user_id: self.users[user]}).sort(Aud.tag_id, Col.user_id)

    def _segment_members(self) -> pl.DataFrame:
        number = np.arange(self.sizes.shoppers)
        return pl.concat(
            pl.DataFrame(
                {Col.user_id: self.users, Aud.segment_id: pl.Series(_names(scheme))[number * _STEP % count]}
            ).select(pl.lit(scheme.value).alias(Aud.scheme), pl.all())
            for scheme, count in SEGMENTS.items()
        )

    def _shelves(self) -> pl.DataFrame:
        user, place = self._repeated(self.sizes.shelves)
        return pl.DataFrame(
            {
                Col.user_id: self.users[user],
                Col.rank: (place + 1).astype(np.int32),
                Col.item_id: self._items(user * 3 + place * _STEP),
            }
        ).select(pl.lit("for_you").alias(Col.placement), pl.all())

    def _probabilities(self) -> pl.DataFrame:
        user, place = self._repeated(self.sizes.probabilities)
        likely = np.random.default_rng(2).random(len(user)).round(4) / 4
        items = self._items(user * 5 + place * _STEP)
        return pl.DataFrame({Col.user_id: self.users[user], Col.item_id: items, Col.probability: likely})

    def _history(self) -> pl.DataFrame:
        user, place = self._repeated(self.sizes.bought)
        days = np.random.default_rng(3).integers(365, size=len(user))
        return pl.DataFrame(
            {
                Col.user_id: self.users[user],
                Col.item_id: self._items(user + place * _STEP),
                Col.event_date: pl.Series([DAY - timedelta(days=number) for number in range(365)])[days],
                Col.purchases: np.ones(len(user), dtype=np.int32),
            }
        )

    def _write_snapshot(self) -> None:
        folder = self.settings.home / self._slice
        folder.mkdir(parents=True)
        number = np.arange(self.sizes.items)
        items = {
            Col.item_id: self._items(number),
            **{
                column: pl.Series([f"CATEGORY {each}" for each in range(CATEGORIES)])[number % CATEGORIES]
                for column in (Col.item_category, Col.item_category2, Col.item_category3, Col.item_brand)
            },
        }
        consents = {Col.user_id: self.users, Col.is_granted: np.arange(self.sizes.shoppers) % 2 == 0}
        pl.DataFrame(items).write_parquet(folder / f"{DIM_ITEM}.parquet")
        self._history().write_parquet(folder / f"{HISTORY}.parquet")
        granted = pl.DataFrame(consents).with_columns(pl.lit(PURPOSE).alias(Col.purpose))
        granted.write_parquet(folder / f"{DIM_CONSENT}.parquet")
        (folder / RECORD).write_text(json.dumps({"as_of_date": DAY.isoformat(), "inputs_hash": "0"}), encoding="utf-8")

    def _items(self, numbers: np.ndarray[Any, Any]) -> pl.Series:
        return pl.Series(Col.item_id, [f"i{number:06}" for number in range(self.sizes.items)])[
            numbers % self.sizes.items
        ]

    def _repeated(self, times: int) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """The number of the shopper, and of the row among the shopper's, of ``times`` rows for each."""
        return np.repeat(np.arange(self.sizes.shoppers), times), np.tile(np.arange(times), self.sizes.shoppers)

    @property
    def _slice(self) -> str:
        return f"slices/{DAY}-0"

    def _publish(self, capability: Capability, tables: Mapping[Table, pl.DataFrame]) -> None:
        made = {table.name: table.empty() for table in capability.outputs}
        made |= {table.name: rows for table, rows in tables.items()}
        record = DraftRecord(
            capability=capability.name, as_of_date=DAY, slice=self._slice, inputs_hash="0", code_revision="0"
        )
        draft = write_draft(self.settings.drafts_of(capability.name) / f"{DAY}-0", capability, record, made)
        publish(self.settings, capability, draft, provenance={})

    def _replace(self, capability: Capability, tables: Mapping[Table, pl.DataFrame]) -> None:
        """Put rows with some of the columns in the place of empty tables: lazy readers ask for no others."""
        folder = current_version(self.settings, capability).folder
        folder.chmod(0o700)
        for table, rows in tables.items():
            path: Path = folder / f"{table.name}.parquet"
            path.unlink()
            write_compact(rows, path)


def _names(scheme: Scheme) -> list[str]:
    return [f"{scheme}_{number}" for number in range(SEGMENTS[scheme])]


def _tags() -> pl.DataFrame:
    given = [
        {Aud.tag_id: tag, Aud.withheld: "", Aud.name_en: tag.replace("_", " "), Aud.name_zh: f"标签 {tag[4:]}"}
        for tag in TAGS
    ]
    return pl.concat(one_row(TAG, DAY, **each) for each in given)


def _segments() -> pl.DataFrame:
    return pl.concat(
        one_row(SEGMENT, DAY, **{Aud.scheme: scheme.value, Aud.segment_id: name, Aud.name_en: name, Aud.name_zh: name})
        for scheme in SEGMENTS
        for name in _names(scheme)
    )
