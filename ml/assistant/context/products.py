"""Statements about products that may be recommended."""

from __future__ import annotations

from typing import Final

import polars as pl

from ml.assistant.context.names import CATEGORIES
from ml.assistant.context.statements import listed, statements
from ml.day import Day
from ml.tables import Col

_ITEM: Final = Col.item_id
_RELATIONS: Final = {"similar": ("Similar", "相似商品"), "bought_together": ("Bought together with it", "常一起购买")}
_MOST_RELATED: Final = 3
REVIEWS: Final = "reviews"
LEAST_REVIEWS: Final = 5
"""Reviews that take a side, below which nothing is said."""


def named_items(day: Day) -> pl.DataFrame:
    """Recommendable items of the catalogue with what is said of them."""
    return day.table("dim_item").filter(pl.col(Col.is_recommendable))


def about_products(day: Day, items: pl.DataFrame) -> pl.DataFrame:
    """Statements about ``items``: what each is, what it costs, what it is like and bought with, how it is reviewed."""
    return pl.concat([_what(items), _price(items), *_related(day, items), *_reviewed(day, items)])


def _what(items: pl.DataFrame) -> pl.DataFrame:
    path = pl.concat_str(CATEGORIES, separator=" > ", ignore_nulls=True)
    kinds = [pl.when(path != "").then(pl.format(f"{mark}{{}}", path)).otherwise(pl.lit("")) for mark in (": ", "：")]
    brand = pl.col(Col.item_brand)
    brands = [pl.coalesce(pl.format(f"{mark}{{}}", brand), pl.lit("")) for mark in (", ", "，")]
    return statements(
        items,
        1,
        subject=_ITEM,
        words=(
            pl.format('"{}"{}{}.', Col.item_name, brands[0], kinds[0]),
            pl.format("“{}”{}{}。", Col.item_name, brands[1], kinds[1]),
        ),
        citation=pl.format("items {}", _ITEM),
    )


def _price(items: pl.DataFrame) -> pl.DataFrame:
    priced = items.filter(pl.col("price").is_not_null() & pl.col("currency").is_not_null())
    amount = pl.col("price").cast(pl.Decimal(18, 2)).cast(pl.String)
    return statements(
        priced,
        2,
        subject=_ITEM,
        words=(pl.format("Price: {} {}.", amount, "currency"), pl.format("价格：{} {}。", amount, "currency")),
        citation=pl.format("items {}", _ITEM),
    )


def _related(day: Day, items: pl.DataFrame) -> list[pl.DataFrame]:
    names = items.select(pl.col(_ITEM).alias(Col.related_item_id), Col.item_name)
    related = (
        day.scan_published("recommend", "similar_item")
        .filter(pl.col(Col.relation).is_in(list(_RELATIONS)) & (pl.col(Col.rank) <= 2 * _MOST_RELATED))
        .select(Col.relation, _ITEM, Col.rank, Col.related_item_id)
        .collect()
        .join(items, on=_ITEM, how="semi")
        .join(names, on=Col.related_item_id)
    )
    named = listed(related, by=[Col.relation, _ITEM], most=_MOST_RELATED)
    return [
        statements(
            named.filter(pl.col(Col.relation) == relation),
            4 + position,
            subject=_ITEM,
            words=(
                pl.format("{}: {}.", pl.lit(words[0]), "names_en"),
                pl.format("{}：{}。", pl.lit(words[1]), "names_zh"),
            ),
            citation=pl.format("recommend.similar_item {} {}", Col.relation, _ITEM),
        )
        for position, (relation, words) in enumerate(_RELATIONS.items())
    ]


def _reviewed(day: Day, items: pl.DataFrame) -> list[pl.DataFrame]:
    """How many of the reviews that take a side praise it; where the shop lands reviews, and enough of them."""
    if not day.has_upstream(REVIEWS):
        return []
    both = pl.col("positive") + pl.col("negative")
    opinions = (
        day.published(REVIEWS, "item_opinion")
        .filter(pl.col("aspect_id") == "overall")
        .group_by(_ITEM)
        .agg(pl.col("positive").sum(), pl.col("negative").sum())
        .filter(both >= LEAST_REVIEWS)
        .join(items, on=_ITEM, how="semi")
        .with_columns(both.alias("both"))
    )
    return [
        statements(
            opinions,
            4 + len(_RELATIONS),
            subject=_ITEM,
            words=(
                pl.format("{} of {} reviews that take a side praise it.", "positive", "both"),
                pl.format("{} 条有倾向的评价中 {} 条好评。", "both", "positive"),
            ),
            citation=pl.format("reviews.item_opinion {} overall", _ITEM),
        )
    ]
