"""What is shown of a shopper's profile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from ml.documents import Field, Part, ShopperParts
from ml.profile.capability import PROFILE
from ml.profile.columns import Profile
from ml.profile.outputs import CUSTOMER_PROFILE
from ml.profile.pages.words import BANDS, COLUMNS, STAGES, WEEKDAYS
from ml.publish.readers import read_table
from ml.publish.store import Version
from ml.settings import Settings
from ml.tables import Col
from ml.words import Words

_WHAT, _VALUE = "what", "value"
_WEEKDAYS: Final = {f"day {number}": name for number, name in WEEKDAYS.items()}
_PARTS: Final = (
    (
        "standing",
        Words("Where the shopper stands", "顾客现状"),
        (
            *(Profile.lifecycle_stage, Profile.days_since_last_purchase, Profile.days_since_first_purchase),
            *(Profile.recency_score, Profile.frequency_score, Profile.monetary_score),
        ),
    ),
    (
        "rhythm",
        Words("Rhythm", "购买节奏"),
        (
            *(Col.purchase_days_365d, Profile.baskets_365d, Col.revenue_365d, Profile.mean_basket_value_365d),
            *(Profile.mean_days_between_purchases, Profile.purchase_regularity, Profile.days_until_next_purchase),
            *(Profile.preferred_weekday, Profile.preferred_hour),
        ),
    ),
    (
        "tastes",
        Words("Tastes", "偏好"),
        (
            *(Profile.top_category_1, Profile.top_category_2, Profile.top_category_3),
            *(Profile.top_brand_1, Profile.top_brand_2, Profile.top_brand_3),
            *(Profile.preferred_channel, Profile.preferred_store_id),
            *(Profile.price_band, Profile.price_index, Profile.discount_share_365d),
            *(Profile.campaigns_365d, Profile.redemptions_365d),
        ),
    ),
)


def shopper(settings: Settings, version: Version) -> ShopperParts:
    """Every shopper who has a profile.

    Raises:
        NotPublished: the version cannot be read.
    """
    profiles = read_table(settings, PROFILE, CUSTOMER_PROFILE.name, version.id)
    fields = (
        Field(_WHAT, Words("What", "项目"), words=COLUMNS),
        Field(_VALUE, Words("Value", "取值"), words={**STAGES, **BANDS, **_WEEKDAYS}),
    )
    return ShopperParts(
        parts=tuple(Part(name, heading, fields) for name, heading, _ in _PARTS),
        ids=profiles[Col.user_id].to_list(),
        records=lambda ids: _records(profiles, ids),
    )


def _records(profiles: pl.DataFrame, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    some = profiles.filter(pl.col(Col.user_id).is_in(pl.Series(ids, dtype=pl.String).implode()))
    parts = [_part(name, some, columns) for name, _, columns in _PARTS]
    yield from some.select(Col.user_id, pl.struct(parts).struct.json_encode()).iter_rows()


def _part(name: str, some: pl.DataFrame, columns: Sequence[str]) -> pl.Expr:
    """Of each shopper what is known, a row each: name of the column, value as text."""
    rows = [
        pl.when(pl.col(column).is_not_null()).then(
            pl.struct(pl.lit(column).alias(_WHAT), _text(column, some.schema[column]).alias(_VALUE))
        )
        for column in columns
    ]
    known = pl.concat_list(rows).list.drop_nulls()
    lists = [known.list.eval(pl.element().struct.field(each)).alias(each) for each in (_WHAT, _VALUE)]
    return pl.struct(lists).alias(name)


def _text(column: str, kind: pl.DataType) -> pl.Expr:
    if column == Profile.preferred_weekday:
        return pl.format("day {}", column)
    if column == Profile.preferred_hour:
        return pl.format("{}:00", column)
    return (pl.col(column).round(2) if kind.is_float() else pl.col(column)).cast(pl.String)
