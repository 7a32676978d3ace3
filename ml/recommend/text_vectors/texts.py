"""The text of an item that is encoded: what it is, without what only tells packages of it apart."""

from __future__ import annotations

from typing import Final

import polars as pl

from ml.recommend.core.attributes import ATTRIBUTES
from ml.tables import Col

TEXT: Final = "text"
_SIZE: Final = r",[^,]*\d[^,]*$"
"""A last part that holds a number, such as ``, 13.5 OZ``: the size of the package."""
_LONGEST: Final = 500
"""Characters of a description; what a product is stands at its beginning."""


def texts_of(items: pl.DataFrame) -> pl.DataFrame:
    """item_id and text of each item, in the order given: name, brand, categories, description, as far as there are.

    Left out are a size at the end of the name and a brand with a number in it (a code says nothing to an encoder): on
    the demo shop 32,000 texts become 4,000. A part that repeats an earlier one is said once. An item without any part
    has an empty text.
    """
    kept = (each for each in _parts(items.columns))
    said = pl.concat_list([_squeezed(each) for each in kept] or [pl.lit("")])
    distinct = said.list.drop_nulls().list.unique(maintain_order=True)
    return items.select(Col.item_id, distinct.list.join(". ").alias(TEXT))


def _parts(columns: list[str]) -> list[pl.Expr]:
    """The parts of the text, of the columns that a catalogue has."""
    brand, name = pl.col(Col.item_brand), pl.col(Col.item_name)
    bare = name.str.replace(_SIZE, "")
    parts = {
        Col.item_name: pl.when(bare.str.contains(r"\p{L}")).then(bare).otherwise(name),
        Col.item_brand: pl.when(~brand.str.contains(r"\d")).then(brand),
        **{name: pl.col(name) for name in reversed(ATTRIBUTES) if name != Col.item_brand},
        Col.description: pl.col(Col.description).str.slice(0, _LONGEST),
    }
    return [part for name, part in parts.items() if name in columns]


def _squeezed(part: pl.Expr) -> pl.Expr:
    """Without needless white space; null where nothing else is there."""
    text = part.cast(pl.String).str.replace_all(r"\s+", " ").str.strip_chars()
    return pl.when(text != "").then(text)
