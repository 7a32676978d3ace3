"""Days of audiences made by hand: a shop's tables as frames, without a warehouse, and shoppers by chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, cast

import numpy as np
import polars as pl

from ml.audiences.capability import AUDIENCES, DIM_AUDIENCE, DIM_AUDIENCE_USER
from ml.audiences.columns import Aud, Scheme
from ml.audiences.outputs import SEGMENT, TAG
from ml.audiences.parts import Segmented, Tagged
from ml.audiences.shoppers import COMPARED_DAYS, PREDICTIONS, PROFILE_TABLE, TODAY, Shop
from ml.capabilities import named
from ml.day import Day
from ml.settings import Settings
from ml.tables import Col, Column, Kind
from ml.warehouse.slices import DIM_CONSENT, DIM_ITEM, FEAT_USER_ITEM, HISTORY

AS_OF: Final = date(2017, 12, 2)
CATEGORIES: Final = ("WINE", "BREAD", "FISH")
TAGS: Final = ("wine", "weekend")
_ITEMS: Final = 12
_NULLS: Final = 0.1


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


def people(rng: np.random.Generator, users: list[str], columns: Mapping[str, Column]) -> pl.DataFrame:
    """A row per shopper with values by chance, some unknown."""
    return pl.DataFrame(
        {Col.user_id: users, **{name: _values(rng, each, len(users)) for name, each in columns.items()}}
    )


def chance_shop(
    settings: Settings, shoppers: int, seed: int, definitions: pl.DataFrame
) -> tuple[Shop, Tagged, Segmented]:
    """A shop by chance: shoppers of four days, most the same, consents, purchases, probabilities, tags, segments.

    Args:
        definitions: ``dim_audience``.
    """
    rng = np.random.default_rng(seed)
    users = [f"u{number:07}" for number in range(shoppers)]
    profile = _columns("profile", PROFILE_TABLE)
    predicted = _columns(PREDICTIONS, "customer_prediction")
    before = {days: users[: shoppers - days * shoppers // 200] for days in COMPARED_DAYS}
    days = {TODAY: users, **before}
    profiles = {each: people(np.random.default_rng((seed, each)), some, profile) for each, some in days.items()}
    guesses = {each: people(np.random.default_rng((seed, 99, each)), some, predicted) for each, some in days.items()}
    earlier = [guesses[each].with_columns(pl.lit(each, pl.Int64).alias(Aud.days_before)) for each in COMPARED_DAYS]
    tables = {
        PROFILE_TABLE: profiles[TODAY],
        DIM_AUDIENCE: definitions,
        DIM_AUDIENCE_USER: _lists(rng, users, definitions),
        DIM_CONSENT: _consents(rng, users),
        DIM_ITEM: _items(),
        FEAT_USER_ITEM: _pairs(rng, users, Col.decayed_purchase_days_90d, 3.0),
    }
    upstream = {
        (PREDICTIONS, "customer_prediction"): guesses[TODAY],
        (PREDICTIONS, "customer_prediction_earlier"): pl.concat(earlier),
        ("recommend", "purchase_probability"): _pairs(rng, users, Col.probability, 1.0).with_columns(
            pl.lit(28, pl.Int32).alias(Col.horizon_days)
        ),
    }
    past = {each: {PROFILE_TABLE: profiles[each]} for each in COMPARED_DAYS}
    day = hand_made(settings, AS_OF + timedelta(days=seed), tables, upstream, past)
    return Shop(day), _tags(rng, days), _segments(rng, days)


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


def _columns(capability: str, table: str) -> dict[str, Column]:
    columns = named(capability).tables[table].columns
    return {each.name: each for each in columns if each.name not in (Col.user_id, Col.as_of_date, Col.policy_id)}


def _values(rng: np.random.Generator, column: Column, count: int) -> pl.Series:
    drawn: dict[Kind, tuple[Any, pl.DataType | type[pl.DataType]]] = {
        Kind.NUMBER: (rng.random(count).round(4), pl.Float64),
        Kind.COUNT: (rng.integers(0, 9, count), pl.Int64),
        Kind.RANK: (rng.integers(1, 9, count), pl.Int32),
        Kind.FLAG: (rng.random(count) < 0.5, pl.Boolean),
        Kind.TEXT: (rng.choice(CATEGORIES, count).tolist(), pl.String),
        Kind.DAY: ([AS_OF] * count, pl.Date),
    }
    values, kind = drawn[column.kind]
    series = pl.Series(column.name, values, dtype=kind)
    return series.zip_with(pl.Series(rng.random(count) >= _NULLS), pl.Series([None] * count, dtype=kind))


def _items() -> pl.DataFrame:
    return pl.DataFrame(
        {
            Col.item_id: [f"i{number}" for number in range(_ITEMS)],
            Col.item_brand: ["Acre" if number % 2 else "Birch" for number in range(_ITEMS)],
            Col.item_category: [CATEGORIES[number % 3] for number in range(_ITEMS)],
            Col.item_category2: [CATEGORIES[number % 3].lower() for number in range(_ITEMS)],
            Col.item_category3: pl.Series([None] * _ITEMS, dtype=pl.String),
        }
    )


def _pairs(rng: np.random.Generator, users: list[str], column: str, most: float) -> pl.DataFrame:
    count = 2 * len(users)
    pairs = {
        Col.user_id: rng.choice(users, count).tolist(),
        Col.item_id: [f"i{n}" for n in rng.integers(0, _ITEMS, count)],
    }
    drawn = pl.Series(column, (rng.random(count) * most).round(4))
    return pl.DataFrame(pairs).with_columns(drawn).unique([Col.user_id, Col.item_id], keep="first", maintain_order=True)


def _consents(rng: np.random.Generator, users: list[str]) -> pl.DataFrame:
    """Of each purpose most say yes, some no, some nothing."""
    found = []
    for purpose, share in (("marketing", 0.7), ("email", 0.3), ("sms", 0.001)):
        drawn = rng.random(len(users))
        words = pl.DataFrame({Col.user_id: users, Col.purpose: purpose, Col.is_granted: drawn < share})
        found.append(words.filter(pl.Series(drawn < share + 0.1)))
    return pl.concat(found)


def _lists(rng: np.random.Generator, users: list[str], definitions: pl.DataFrame) -> pl.DataFrame:
    alike = definitions.filter(pl.col(Aud.kind) == "look_alike")[Aud.audience_id]
    size = min(len(users), 30)
    rows = [(name, user, True) for name in alike for user in rng.choice(users, size, replace=False).tolist()]
    return pl.DataFrame(rows, schema=[Aud.audience_id, Col.user_id, Aud.is_enabled], orient="row")


def _tags(rng: np.random.Generator, days: Mapping[int, list[str]]) -> Tagged:
    held = {
        each: pl.concat(
            pl.DataFrame({Aud.tag_id: tag, Col.user_id: users}).filter(pl.Series(rng.random(len(users)) < 0.2))
            for tag in TAGS
        )
        for each, users in days.items()
    }
    names = {Aud.tag_id: TAGS, Aud.name_en: TAGS, Aud.name_zh: TAGS}
    return Tagged({TAG.name: pl.DataFrame(names)}, held)


def _segments(rng: np.random.Generator, days: Mapping[int, list[str]]) -> Segmented:
    ids = {scheme: [f"{scheme}_{number}" for number in range(3)] for scheme in Scheme}
    held = {
        each: pl.concat(
            pl.DataFrame(
                {Aud.scheme: scheme, Col.user_id: users, Aud.segment_id: rng.choice(some, len(users)).tolist()}
            )
            for scheme, some in ids.items()
        )
        for each, users in days.items()
    }
    rows = [(scheme, segment, segment, segment) for scheme, some in ids.items() for segment in some]
    table = pl.DataFrame(rows, schema=[Aud.scheme, Aud.segment_id, Aud.name_en, Aud.name_zh], orient="row")
    return Segmented({SEGMENT.name: table}, held, "0" * 12)


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
