"""A shop of shoppers by chance, with everything that audiences are chosen by; most of it is without a pattern."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import numpy as np
import polars as pl

from ml.audiences.capability import AUDIENCES, DIM_AUDIENCE, DIM_AUDIENCE_USER
from ml.audiences.columns import Aud, Scheme
from ml.audiences.outputs import SEGMENT, TAG
from ml.audiences.parts import Segmented, Tagged
from ml.audiences.shoppers import PREDICTIONS, PROFILE_TABLE, TODAY, Shop
from ml.capabilities import named
from ml.settings import Settings
from ml.tables import Col, Column, Kind
from ml.warehouse.slices import DIM_CONSENT, DIM_ITEM, FEAT_USER_ITEM
from testkit.audience_days import AS_OF, hand_made

CATEGORIES: Final = ("WINE", "BREAD", "FISH")
TAGS: Final = ("wine", "weekend")
_ITEMS: Final = 12
_NULLS: Final = 0.1
_LIKE_REVENUE: Final = "mean_basket_value_365d"


def people(rng: np.random.Generator, users: list[str], columns: Mapping[str, Column]) -> pl.DataFrame:
    """A row per shopper with values by chance, some unknown; who spends much has large baskets."""
    drawn = {name: _values(rng, each, len(users)) for name, each in columns.items()}
    if _LIKE_REVENUE in drawn:
        drawn[_LIKE_REVENUE] = drawn[Col.revenue_365d].alias(_LIKE_REVENUE)
    return pl.DataFrame({Col.user_id: users, **drawn})


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
    before = {days: users[: shoppers - days * shoppers // 200] for days in AUDIENCES.compares}
    days = {TODAY: users, **before}
    profiles = {each: people(np.random.default_rng((seed, each)), some, profile) for each, some in days.items()}
    guesses = {each: people(np.random.default_rng((seed, 99, each)), some, predicted) for each, some in days.items()}
    again = list(named(PREDICTIONS).tables["customer_prediction_earlier"].schema)
    earlier = [
        guesses[each].with_columns(pl.lit(each, pl.Int64).alias(Aud.days_before)).select(again)
        for each in AUDIENCES.compares
    ]
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
    past = {each: {PROFILE_TABLE: profiles[each]} for each in AUDIENCES.compares}
    day = hand_made(settings, AS_OF + timedelta(days=seed), tables, upstream, past)
    return Shop(day), _tags(rng, days), _segments(rng, days)


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
    names = {Aud.tag_id: TAGS, Aud.name_en: TAGS, Aud.name_zh: TAGS, Aud.withheld: [""] * len(TAGS)}
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
