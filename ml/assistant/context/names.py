"""Words of the shop's data that may stand in a document: names that are names, nothing that embarrasses somebody."""

from __future__ import annotations

from typing import Final

import polars as pl

from ml.tables import Col
from ml.text.private_purchases import is_private
from ml.text.validation.plain_names import is_plain

CATEGORIES: Final = (Col.item_category, Col.item_category2, Col.item_category3)
_TOLD: Final = (Col.item_brand, *CATEGORIES)


def plain_items(items: pl.DataFrame) -> pl.DataFrame:
    """Those of ``items`` whose name is a name and nothing else; brands and categories that are not become null."""
    named = items.filter(pl.col(Col.item_name).is_in(_plain_words(items, [Col.item_name])))
    return with_plain(named, _TOLD)


def with_plain(frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    """``frame`` with null instead of every text of ``columns`` that is no plain name."""
    plain = _plain_words(frame, list(columns))
    return frame.with_columns(pl.when(pl.col(name).is_in(plain)).then(name).alias(name) for name in columns)


def with_sayable(frame: pl.DataFrame, columns: tuple[str, ...]) -> pl.DataFrame:
    """``frame`` with null instead of categories that tell of a shopper's health, body, family or habits."""
    plain = with_plain(frame, columns)
    private = (pl.when(~is_private(name)).then(name).alias(name) for name in columns)
    return plain.with_columns(private)


def sayable_items(items: pl.DataFrame) -> pl.DataFrame:
    """Those of ``items`` of which a document about a customer may say that they are on their lists."""
    return items.filter(~is_private(Col.item_name, *CATEGORIES))


def _plain_words(frame: pl.DataFrame, columns: list[str]) -> list[str]:
    """The different texts of the columns that are plain; each is judged once, however many rows hold it.

    Quotation marks would end a name where it stands.
    """
    words = frame.select(pl.concat_list(columns).explode().drop_nulls().unique()).to_series().to_list()
    return [word for word in words if not {'"', "“", "”"} & set(word) and is_plain(word)]
