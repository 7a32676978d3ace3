"""Shops of any size for tests and benches of tags: purchase lines of shoppers whose tastes are known, and a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from ml.audiences.capability import AFFINITY_BASE, CUSTOMER_AFFINITY, DIM_TAG
from ml.audiences.shoppers import PROFILE_TABLE, TODAY, Shop, known_columns
from ml.settings import Settings
from ml.tables import Col, Table

AS_OF: Final = date(2025, 6, 30)
FIELDS: Final = (Col.item_category, Col.item_category2, Col.item_brand)
_SUBCATEGORIES, _PER_CATEGORY, _BRANDS = 60, 10, 40
_TAG_COLUMNS: Final = ("tag_id", "name_en", "name_zh", "condition", "minimum_support", "is_enabled")


@dataclass(frozen=True)
class Taste:
    """How shoppers differ.

    Attributes:
        lovers: share of the shoppers who buy more of one subcategory.
        strength: how many times more of it.
        repeats: share of the lines that repeat the line before: of the same thing on the same day.
    """

    lovers: float = 0.3
    strength: float = 8.0
    repeats: float = 0.3


def purchase_lines(shoppers: int, taste: Taste, seed: int = 5, lines: int = 60) -> pl.DataFrame:
    """Lines of 393 days: ``user_id``, ``age_days``, the columns of ``FIELDS`` and ``loved``, the shopper's subcategory.

    ``loved`` is null where the shopper's taste is everybody's.
    """
    chance = np.random.default_rng(seed)
    base = chance.dirichlet(np.full(_SUBCATEGORIES, 2.0))
    counts = np.maximum(chance.lognormal(np.log(lines), 0.7, shoppers).astype(np.int64), 1)
    loved = np.where(chance.random(shoppers) < taste.lovers, chance.integers(0, _SUBCATEGORIES, shoppers), -1)
    users = np.repeat(np.arange(shoppers, dtype=np.int32), counts)
    bought = chance.choice(_SUBCATEGORIES, len(users), p=base).astype(np.int32)
    own = loved[users]
    more = taste.strength * base[own] / (1 + (taste.strength - 1) * base[own])
    bought = np.where((own >= 0) & (chance.random(len(users)) < more), own, bought).astype(np.int32)
    visits = np.maximum(counts // 5, 1)[users]
    ages = (users * 7919 + (chance.random(len(users)) * visits).astype(np.int64) * 6151) % 393
    again = chance.random(len(users)) < taste.repeats
    again[0] = False
    again &= users == np.roll(users, 1)
    source = np.maximum.accumulate(np.where(again, 0, np.arange(len(users))))
    return pl.DataFrame(
        {
            Col.user_id: users,
            "age_days": ages[source].astype(np.int32),
            Col.item_category: bought[source] // _PER_CATEGORY,
            Col.item_category2: bought[source],
            Col.item_brand: chance.integers(0, _BRANDS, len(users)).astype(np.int32),
            "loved": own.astype(np.int32),
        }
    ).with_columns(
        pl.format("u{}", Col.user_id).alias(Col.user_id),
        *(pl.format(f"{name} {{}}", name).alias(name) for name in FIELDS),
        pl.when(pl.col("loved") >= 0).then(pl.format(f"{Col.item_category2} {{}}", "loved")).alias("loved"),
    )


def affinity_tables(lines: pl.DataFrame, days_before: int = 0) -> dict[str, pl.DataFrame]:
    """``customer_affinity`` and ``affinity_base`` of so many days before the lines' last."""
    age = pl.col("age_days") - days_before
    known = lines.lazy().filter(age >= 0, age < 365).with_columns(age.alias("age_days"))
    parts = [known.with_columns(pl.lit("any").alias(Col.item_field), pl.lit("").alias(Col.item_value))]
    parts += [
        known.with_columns(pl.lit(name).alias(Col.item_field), pl.col(name).alias(Col.item_value)) for name in FIELDS
    ]
    recent = pl.col("age_days") < 90
    pairs = pl.concat(
        part.group_by(Col.user_id, Col.item_field, Col.item_value)
        .agg(
            recent.sum().cast(pl.Int64).alias("purchases_90d"),
            pl.len().cast(pl.Int64).alias("purchases_365d"),
            pl.col("age_days").filter(recent).n_unique().cast(pl.Int64).alias("purchase_days_90d"),
            pl.col("age_days").n_unique().cast(pl.Int64).alias("purchase_days_365d"),
        )
        .collect()
        for part in parts
    )
    everything = pairs.filter(pl.col(Col.item_field) == "any").select(
        Col.user_id, pl.col("purchases_365d").alias("all_purchases")
    )
    bought, key = pl.col("purchases_365d"), [Col.item_field, Col.item_value]
    base = (
        pairs.join(everything, on=Col.user_id)
        .group_by(key)
        .agg(
            pl.len().cast(pl.Int64).alias("shoppers"),
            bought.sum(),
            (bought * bought).sum().alias("purchases_squared"),
            (bought * pl.col("all_purchases")).sum().alias("purchases_by_all_purchases"),
        )
    )
    kept = pairs.filter((pl.col(Col.item_field) == "any") | (bought >= 3)).sort(Col.user_id, *key)
    return {CUSTOMER_AFFINITY: kept, AFFINITY_BASE: base.sort(key)}


def landed(*rows: Mapping[str, Any]) -> pl.DataFrame:
    """A frame of ``dim_tag``; what a row does not say is null, and it is switched on."""
    types = dict.fromkeys(_TAG_COLUMNS, pl.String) | {"minimum_support": pl.Int32, "is_enabled": pl.Boolean}
    told = [{"is_enabled": True, "name_en": row["tag_id"], "name_zh": row["tag_id"], **row} for row in rows]
    return pl.DataFrame(told, schema=types)


def profiles(users: Sequence[str], **columns: Iterable[Any]) -> pl.DataFrame:
    """What is known of shoppers: ``user_id`` and ``known_columns()``, null where it is not given."""
    schema = Table(PROFILE_TABLE, (), tuple(known_columns().values()), "").schema
    types = {Col.user_id: pl.String(), **{name: schema[name] for name in columns}}
    given = pl.DataFrame({Col.user_id: users, **columns}, schema=types)
    missing = [pl.lit(None, kind).alias(name) for name, kind in schema.items() if name not in columns]
    return given.with_columns(missing).select(Col.user_id, *schema)


@dataclass(frozen=True)
class MadeDay:
    """The tables of a day."""

    tables: Mapping[str, pl.DataFrame]
    as_of: date = AS_OF

    def table(self, name: str) -> pl.DataFrame:
        """One of them."""
        return self.tables[name]

    def scan(self, name: str) -> pl.LazyFrame:
        """The same, lazily."""
        return self.tables[name].lazy()


class MadeShop(Shop):
    """A shop made of frames.

    Args:
        days: by number of days before D, the tables of the day.
        shoppers: likewise, as ``profiles`` makes them.
    """

    def __init__(
        self, days: Mapping[int, Mapping[str, pl.DataFrame]], shoppers: Mapping[int, pl.DataFrame], **settings: Any
    ) -> None:
        made: dict[str, Any] = {"days": {before: MadeDay(tables) for before, tables in days.items()}}
        vars(self).update(made, day=made["days"][TODAY], shoppers=dict(shoppers), made=settings)

    @cached_property
    def settings(self) -> Settings:
        """The settings that were given, of a data home that is not there."""
        return Settings(home=Path("/nonexistent"), **vars(self)["made"])


def tag_shop(
    lines: pl.DataFrame, tags: pl.DataFrame | None = None, days: Iterable[int] = (0, 1, 7, 28), **settings: Any
) -> MadeShop:
    """A shop with these purchase lines; of profiles and predictions nothing is known.

    Of earlier days it has what a day is compared by, and no more.
    """
    users = lines[Col.user_id].unique().sort().to_list()
    tables = {before: affinity_tables(lines, before) for before in days}
    for before in set(tables) - {TODAY}:
        del tables[before][AFFINITY_BASE]
    tables[TODAY][DIM_TAG] = landed() if tags is None else tags
    return MadeShop(tables, dict.fromkeys(tables, profiles(users)), **settings)
