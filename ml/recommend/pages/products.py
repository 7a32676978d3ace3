"""Find a product: what is similar, what is bought together, and who gets it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from ml.documents import Field, LookUp, Part
from ml.recommend.pages.addresses import PRODUCT, SHOPPER
from ml.recommend.pages.mentioned import Mentioned
from ml.recommend.pages.published_shelves import PublishedShelves
from ml.recommend.pages.words import COLUMNS, PLACEMENTS, RELATIONS, called
from ml.records import as_json, by_key
from ml.tables import Col
from ml.words import Words

_DIGITS: Final = 2
_TOGETHER: Final = 256
_SHOWN: Final = 6
"""Related products of each relation."""
_EXAMPLES: Final = 5
"""Shoppers who are named of those who get a product."""
ABOUT, RECEIVED = "about", "received"
_NAME: Final = "name"
_SHELVES, _FIRST, _MEAN, _WHO = "shelves", "first", "mean", "who"
_ABOUT: Final = (Col.item_brand, Col.item_category, Col.price)
_FIGURES: Final = (Col.support, Col.lift)


def product_look_up(day: PublishedShelves, mentioned: Mentioned) -> LookUp:
    """Every product that stands on a shelf or is bought together with another, the most shown first."""
    relations = [each for each in RELATIONS if each in mentioned.related[Col.relation].unique()]
    return LookUp(
        name=PRODUCT,
        label=Words("Find a product", "查找商品"),
        title=Words("{name} · product {id}", "{name} · 商品 {id}"),
        hint=Words(
            "Words of its name, or its id; {number} products stand on a shelf or are bought together with another.",
            "请输入商品名称中的词或商品编号；共有 {number} 个商品在货架上或常与其他商品一起购买。",
        ),
        missing=Words(
            "No such product stands on a shelf or is bought together with another.",
            "没有这样的商品在货架上或常与其他商品一起购买。",
        ),
        parts=(_about_part(day), _received_part(), *(_relation_part(each) for each in relations)),
        ids=_offered(day, mentioned.related),
        records=lambda ids: _records(day, mentioned, relations, ids),
        names=mentioned.names,
        by_name=True,
        together=_TOGETHER,
    )


def _offered(day: PublishedShelves, related: pl.DataFrame) -> list[str]:
    shown = day.shelves.group_by(Col.item_id).len().sort("len", Col.item_id, descending=[True, False])
    together = related.filter(pl.col(Col.relation) == "bought_together")[Col.item_id].unique().sort()
    return pl.concat([shown[Col.item_id], together]).unique(maintain_order=True).to_list()


def _about_part(day: PublishedShelves) -> Part:
    there = [name for name in _ABOUT if name in day.catalogue.columns]
    fields = tuple(Field(name, COLUMNS[name], is_numeric=name == Col.price) for name in there)
    return Part(ABOUT, Words("In the catalogue", "商品目录"), fields)


def _received_part() -> Part:
    fields = (
        Field(Col.placement, COLUMNS[Col.placement], words=PLACEMENTS),
        Field(_SHELVES, Words("Shoppers", "顾客数"), is_numeric=True),
        Field(_FIRST, Words("In first place", "排第一"), is_numeric=True),
        Field(_MEAN, Words("Mean rank", "平均名次"), is_numeric=True),
        Field(_WHO, Words("Some of them", "部分顾客"), to=SHOPPER),
    )
    return Part(RECEIVED, Words("Who gets it", "谁会看到"), fields)


def _relation_part(relation: str) -> Part:
    fields = (
        Field(Col.related_item_id, COLUMNS[Col.related_item_id], to=PRODUCT),
        *(Field(name, COLUMNS[name], is_numeric=True) for name in _FIGURES),
    )
    return Part(relation, called(RELATIONS, relation), fields)


def shown_relations(day: PublishedShelves) -> pl.DataFrame:
    """The rows of ``similar_item`` that are shown: the first ones of the products that are offered."""
    related = day.related(_SHOWN)
    offered = pl.DataFrame({Col.item_id: _offered(day, related)})
    return related.join(offered, on=Col.item_id, how="semi", maintain_order="left")


def _records(
    day: PublishedShelves, mentioned: Mentioned, relations: Sequence[str], ids: Sequence[str]
) -> Iterator[tuple[str, str]]:
    items = pl.DataFrame({Col.item_id: ids})
    theirs = mentioned.related.join(items, on=Col.item_id, how="semi", maintain_order="left").select(
        *(Col.relation, Col.item_id, Col.support),
        mentioned.number(Col.related_item_id),
        pl.col(Col.lift).round_sig_figs(_DIGITS),
    )
    found = items.join(by_key(_catalogue(day, items), Col.item_id, ABOUT), on=Col.item_id, how="left")
    found = found.join(by_key(_received(day, items), Col.item_id, RECEIVED), on=Col.item_id, how="left")
    for relation in relations:
        rows = theirs.filter(pl.col(Col.relation) == relation).drop(Col.relation)
        found = found.join(by_key(rows, Col.item_id, relation), on=Col.item_id, how="left")
    return as_json(found.with_columns(mentioned.number(Col.item_id).alias(_NAME)), Col.item_id)


def _catalogue(day: PublishedShelves, items: pl.DataFrame) -> pl.DataFrame:
    there = [name for name in _ABOUT if name in day.catalogue.columns]
    return day.catalogue.select(Col.item_id, *there).join(items, on=Col.item_id, how="semi")


def _received(day: PublishedShelves, items: pl.DataFrame) -> pl.DataFrame:
    """By item and placement: shelves, first places, mean rank, and a few of the shoppers, those who see it first."""
    rows = day.shelves.select(Col.item_id, Col.placement, Col.user_id, Col.rank)
    theirs = rows.join(items, on=Col.item_id, how="semi").sort(Col.rank, Col.user_id)
    found = theirs.group_by(Col.item_id, Col.placement).agg(
        pl.len().alias(_SHELVES),
        (pl.col(Col.rank) == 1).sum().alias(_FIRST),
        pl.col(Col.rank).mean().round(1).alias(_MEAN),
        pl.col(Col.user_id).head(_EXAMPLES).alias(_WHO),
    )
    return found.sort(Col.item_id, _SHELVES, Col.placement, descending=[False, True, False])
