"""Every phrase of the reasons, by code, in every language: the one place where their words stand.

A code is the reason's own (``reason_code``) and, after a dot, the case in which the phrase is said. Names in braces are
filled in; each language has the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Final

import polars as pl

from ml.words import Language, Words, said

REASONS: Final[Mapping[str, Words]] = {
    "bought_before.once": Words("You {did} this on {day}", "您在{day}{did}此商品"),
    "bought_before.twice": Words("You {did} this twice, most recently on {day}", "您{did}此商品 2 次，最近一次是{day}"),
    "bought_before.often": Words(
        "You {did} this {times} times, most recently on {day}{rhythm}",
        "您{did}此商品 {times} 次，最近一次是{day}{rhythm}",
    ),
    "bought_before.every": Words(", about every {days} days", "，大约每 {days} 天一次"),
    "bought_before.daily": Words(", almost every day", "，几乎每天一次"),
    "bought_before.day": Words("%-d %B", "%-m月%-d日"),
    "bought_before.day_of_another_year": Words("%-d %B %Y", "%Y年%-m月%-d日"),
    "bought_together": Words(
        "Because you {liked} {item}: {together} {times} times", "因为您{liked}{item}：{together} {times} 次"
    ),
    "similar_to": Words(
        "Because you {liked} {item}: {shoppers} shoppers {liked} both",
        "因为您{liked}{item}：{shoppers} 位顾客两者都{liked}",
    ),
    "popular": Words(
        "Popular: {shoppers} shoppers {liked} it in the last {days} days",
        "热门：最近 {days} 天有 {shoppers} 位顾客{liked}",
    ),
    "new_in_category.known_one": Words(
        "New to you in {category}, where you {liked} {items} item",
        "您还没有{liked}，来自{category}，您在其中{liked} {items} 种商品",
    ),
    "new_in_category.known": Words(
        "New to you in {category}, where you {liked} {items} items",
        "您还没有{liked}，来自{category}，您在其中{liked} {items} 种商品",
    ),
    "new_in_category.from": Words("New to you, from {category}", "对您来说是新的，来自{category}"),
    "new_in_category": Words("New to you", "对您来说是新的"),
    "label.apart": Words("{name} ({other}; this one is {own})", "{name}（{other}；本商品是{own}）"),
    "label.by_id": Words("{name} (item {other}; this one is item {own})", "{name}（商品 {other}；本商品是商品 {own}）"),
}


def phrase(code: str, language: Language, **filled: pl.Expr | str | int) -> pl.Expr:
    """An expression of the phrase with what it names filled in; null where any of that is null."""
    parts: list[pl.Expr] = []
    for literal, name, _, _ in Formatter().parse(said(REASONS[code], language)):
        if literal:
            parts.append(pl.lit(literal))
        if name is not None:
            value = filled[name]
            parts.append(value if isinstance(value, pl.Expr) else pl.lit(str(value)))
    return pl.concat_str(parts)
