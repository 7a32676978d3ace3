"""Statements about customers who agreed that the shop personalises for them."""

from __future__ import annotations

from typing import Final

import polars as pl

from ml.assistant.columns import Ask
from ml.assistant.context.names import sayable_items, with_sayable
from ml.assistant.context.statements import listed, statements
from ml.day import Day
from ml.tables import Col

PURPOSE: Final = "personalisation"
"""The consent that a document about a customer needs."""
PROFILE: Final = "customer_profile"
_USER: Final = Col.user_id
_LISTS: Final = {"for_you": ("On their list", "推荐给该顾客"), "buy_again": ("To buy again", "可再次购买")}
_MOST_PRODUCTS: Final = 5
_CATEGORIES: Final = ("top_category_1", "top_category_2", "top_category_3")


def agreed(day: Day) -> pl.DataFrame:
    """``user_id`` of shoppers of the day who consented; where consent is assumed, all but those who said no."""
    shoppers = day.table(PROFILE).select(_USER)
    words = day.table("dim_consent").filter(pl.col(Col.purpose) == PURPOSE)
    granted = pl.col("is_granted")
    if day.settings.consent == "assumed":
        return shoppers.join(words.filter(~granted), on=_USER, how="anti")
    return shoppers.join(words.filter(granted), on=_USER, how="semi")


def about_customers(day: Day, items: pl.DataFrame) -> pl.DataFrame:
    """Statements about customers who consented.

    What tells of their health, body, family or habits is left out: neither a category nor a product says so.

    Args:
        items: ``item_id``, ``item_name`` and categories of those that may be named.
    """
    profile = day.table(PROFILE).join(agreed(day), on=_USER, how="semi")
    return pl.concat(
        [
            _stage(day, profile),
            _purchases(day, profile),
            _categories(profile),
            *_lists(day, profile, sayable_items(items)),
        ]
    )


def _stage(day: Day, profile: pl.DataFrame) -> pl.DataFrame:
    scheme = pl.col("scheme") == "lifecycle"
    names = day.published("audiences", "segment").filter(scheme).select("segment_id", "name_en", "name_zh")
    members = day.published("audiences", "segment_member").filter(scheme).join(names, on="segment_id")
    return statements(
        members.join(profile, on=_USER, how="semi"),
        1,
        subject=_USER,
        words=(pl.format("Stage: {}.", "name_en"), pl.format("阶段：{}。", "name_zh")),
        citation=pl.format("audiences.segment_member lifecycle {}", _USER),
    )


def _purchases(day: Day, profile: pl.DataFrame) -> pl.DataFrame:
    days = "purchase_days_365d"
    last = pl.lit(day.as_of) - pl.duration(days=pl.col("days_since_last_purchase"))
    return statements(
        profile.filter(pl.col(days) > 0),
        2,
        subject=_USER,
        words=(
            pl.format("Last purchase on {}; days with a purchase in the last 365: {}.", last.cast(pl.Date), days),
            pl.format("最近一次购买：{}；最近 365 天中有购买的天数：{}。", last.cast(pl.Date), days),
        ),
        citation=pl.format("profile.customer_profile {}", _USER),
    )


def _categories(profile: pl.DataFrame) -> pl.DataFrame:
    joined = [pl.concat_str(_CATEGORIES, separator=mark, ignore_nulls=True) for mark in (", ", "、")]
    sayable = with_sayable(profile.select(_USER, *_CATEGORIES), _CATEGORIES)
    return statements(
        sayable.filter(pl.any_horizontal(pl.col(_CATEGORIES).is_not_null())),
        3,
        subject=_USER,
        words=(pl.format("Spends most on: {}.", joined[0]), pl.format("消费最多的类别：{}。", joined[1])),
        citation=pl.format("profile.customer_profile {}", _USER),
    )


def _lists(day: Day, profile: pl.DataFrame, items: pl.DataFrame) -> list[pl.DataFrame]:
    lists = (
        day.scan_published("recommend", "recommendation")
        .filter(pl.col(Col.placement).is_in(list(_LISTS)))
        .select(Col.placement, _USER, Col.rank, Col.item_id)
        .collect()
        .join(profile, on=_USER, how="semi")
        .join(items.select(Col.item_id, Col.item_name), on=Col.item_id)
    )
    named = listed(lists, by=[Col.placement, _USER], most=_MOST_PRODUCTS)
    return [
        statements(
            named.filter(pl.col(Col.placement) == placement),
            4 + position,
            subject=_USER,
            words=(
                pl.format("{}: {}.", pl.lit(words[0]), "names_en"),
                pl.format("{}：{}。", pl.lit(words[1]), "names_zh"),
            ),
            citation=pl.format("recommend.recommendation {} {}", Col.placement, _USER),
        )
        for position, (placement, words) in enumerate(_LISTS.items())
    ]


def with_customer(rows: pl.DataFrame) -> pl.DataFrame:
    """The same with the customer's own column, by which access and erasure find them."""
    return rows.with_columns(pl.col(Ask.subject_id).alias(_USER))
