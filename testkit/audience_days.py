"""Days of audiences made by hand: a shop's tables as frames, without a warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, cast

import polars as pl

from ml.audiences.capability import AUDIENCES, DIM_AUDIENCE, DIM_AUDIENCE_USER
from ml.audiences.columns import Aud
from ml.capabilities import named
from ml.day import Day
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import DIM_CONSENT, DIM_ITEM, FEAT_USER_ITEM, HISTORY

AS_OF: Final = date(2017, 12, 2)


@dataclass(frozen=True, eq=False)
class HandMadeDay(Day):
    """A day whose tables are given.

    Attributes:
        day: the day D.
        tables: of the snapshot, by name.
        upstream_tables: of other capabilities, by capability and name.
        past: by number of days before D, the tables of that day's snapshot.
    """

    day: date = AS_OF
    tables: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    upstream_tables: Mapping[tuple[str, str], pl.DataFrame] = field(default_factory=dict)
    past: Mapping[int, Mapping[str, pl.DataFrame]] = field(default_factory=dict)

    @property
    def as_of(self) -> date:
        """The day D."""
        return self.day

    def table(self, name: str) -> pl.DataFrame:
        """A table of the snapshot."""
        return self.tables[name]

    def scan(self, name: str) -> pl.LazyFrame:
        """The same, lazily."""
        return self.tables[name].lazy()

    def published(self, capability: str, table: str) -> pl.DataFrame:
        """A table of another capability."""
        return self.upstream_tables[capability, table]

    def scan_published(self, capability: str, table: str) -> pl.LazyFrame:
        """The same, lazily."""
        return self.published(capability, table).lazy()

    def before(self, days: int) -> Day | None:
        """The shop of an earlier day; None where it is not given."""
        if days not in self.past:
            return None
        earlier = self.day - timedelta(days=days)
        return hand_made(self.settings, earlier, self.past[days], {}, {})


def hand_made(
    settings: Settings,
    as_of: date,
    tables: Mapping[str, pl.DataFrame],
    upstream: Mapping[tuple[str, str], pl.DataFrame],
    past: Mapping[int, Mapping[str, pl.DataFrame]],
) -> HandMadeDay:
    """A day of these tables; those that are left out are empty."""
    return HandMadeDay(
        settings,
        AUDIENCES,
        cast("Any", None),
        day=as_of,
        tables={**_empty(), **tables},
        upstream_tables={**_nothing_published(), **upstream},
        past=past,
    )


def audiences(*rows: Mapping[str, object]) -> pl.DataFrame:
    """``dim_audience`` of these rows; what one leaves out is as staging has it."""
    texts = (
        Aud.audience_id,
        Aud.name_en,
        Aud.name_zh,
        Aud.kind,
        Aud.condition,
        Col.purpose,
        Col.item_field,
        Col.item_value,
    )
    schema = {**dict.fromkeys(texts, pl.String), Aud.top_share: pl.Float64, Aud.is_enabled: pl.Boolean}
    usual = {Aud.kind: "condition", Col.purpose: "marketing", Aud.top_share: 0.05, Aud.is_enabled: True}
    filled = [{**usual, Aud.name_en: row[Aud.audience_id], Aud.name_zh: row[Aud.audience_id], **row} for row in rows]
    return pl.DataFrame(filled, schema=schema)


def _empty() -> dict[str, pl.DataFrame]:
    texts = {
        DIM_AUDIENCE_USER: [Aud.audience_id, Col.user_id],
        DIM_CONSENT: [Col.user_id, Col.purpose],
        DIM_ITEM: [Col.item_id, Col.item_brand, Col.item_category, Col.item_category2, Col.item_category3],
        FEAT_USER_ITEM: [Col.user_id, Col.item_id],
        HISTORY: [Col.user_id, Col.item_id],
    }
    others: dict[str, dict[str, Any]] = {
        DIM_AUDIENCE_USER: {Aud.is_enabled: pl.Boolean},
        DIM_CONSENT: {Col.is_granted: pl.Boolean},
        FEAT_USER_ITEM: {Col.decayed_purchase_days_90d: pl.Float32},
        HISTORY: {Col.event_date: pl.Date, Col.purchases: pl.Int32},
    }
    frames = {
        name: pl.DataFrame(schema={**dict.fromkeys(columns, pl.String), **others.get(name, {})})
        for name, columns in texts.items()
    }
    return {DIM_AUDIENCE: audiences(), **frames}


def _nothing_published() -> dict[tuple[str, str], pl.DataFrame]:
    recommend = named("recommend").tables
    return {("recommend", name): recommend[name].empty() for name in ("recommendation", "purchase_probability")}
