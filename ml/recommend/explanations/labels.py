"""What items are called where a person reads it: by name, and where two have the same words, what tells them apart."""

from __future__ import annotations

from typing import Final

import polars as pl

from ml.recommend.explanations.catalogue import phrase
from ml.tables import Col
from ml.words import Language

DISTINCTIONS: Final = (Col.item_brand, Col.item_category3, Col.item_category2, Col.item_category)
"""What may tell two items of the same name apart, the most telling first; at last their ids do."""

_NAME_LENGTH: Final = 60
_LABEL, _OTHER, _ITS, _ALIKE = "label", "other", " of the other", "alike"


def short_names(dim_item: pl.DataFrame) -> pl.DataFrame:
    """Item names, cut to a length that fits a line; items without one are left out."""
    name = pl.col(Col.item_name)
    short = pl.when(name.str.len_chars() > _NAME_LENGTH).then(name.str.head(_NAME_LENGTH - 1) + "…").otherwise(name)
    return dim_item.select(Col.item_id, short).drop_nulls()


def beside(pairs: pl.DataFrame, other: str, dim_item: pl.DataFrame, language: Language = "en") -> pl.Series:
    """For each row of ``pairs`` the label of the item in the column ``other``, which stands beside ``item_id``.

    Its name, or its id if it has none. Where the names read alike, the first distinction that both have and that
    differs is added for both: ``TEA, 1 LB (Miller; this one is Smith)``.
    """
    distinctions = _there(dim_item)
    known = short_names(dim_item).join(_distinctions(dim_item), on=Col.item_id, how="left")
    mine = pairs.select(Col.item_id, pl.col(other).alias(_OTHER))
    both = mine.join(known, on=Col.item_id, how="left", maintain_order="left").join(
        known, left_on=_OTHER, right_on=Col.item_id, how="left", suffix=_ITS, maintain_order="left"
    )
    its_name = pl.col(Col.item_name + _ITS)
    apart = [
        pl.when(_words(pl.col(column)) != _words(pl.col(column + _ITS))).then(
            phrase("label.apart", language, name=its_name, other=pl.col(column + _ITS), own=pl.col(column))
        )
        for column in distinctions
    ]
    by_id = phrase("label.by_id", language, name=its_name, other=pl.col(_OTHER), own=pl.col(Col.item_id))
    alike = _words(pl.col(Col.item_name)) == _words(its_name)
    label = pl.when(alike).then(pl.coalesce(*apart, by_id)).otherwise(its_name)
    return both.select(pl.coalesce(label, _OTHER).alias(_LABEL))[_LABEL]


def within(items: pl.DataFrame, dim_item: pl.DataFrame | None) -> pl.Series:
    """For each row of ``items`` (item_id, item_name) a label that tells its item from the others among them.

    Where names read alike, the first distinction that all of them have and that differs is added, or else the id;
    without a catalogue it is the id.
    """
    once = items.select(Col.item_id, Col.item_name).unique(maintain_order=True)
    distinctions = [] if dim_item is None else _there(dim_item)
    if dim_item is not None:
        once = once.join(_distinctions(dim_item), on=Col.item_id, how="left", maintain_order="left")
    name = pl.col(Col.item_name).fill_null("")
    once = once.with_columns(_words(name).alias(_ALIKE))
    group = pl.len().over(_ALIKE)
    apart = [
        pl.when(_words(pl.col(column)).drop_nulls().n_unique().over(_ALIKE) == group).then(
            pl.format("{} ({})", name, pl.col(column))
        )
        for column in distinctions
    ]
    told = pl.coalesce(*apart, pl.format("{} (item {})", name, Col.item_id))
    labels = once.select(Col.item_id, pl.when(group > 1).then(told).otherwise(name).alias(_LABEL))
    return items.select(Col.item_id).join(labels, on=Col.item_id, how="left", maintain_order="left")[_LABEL]


def _there(dim_item: pl.DataFrame) -> list[str]:
    return [column for column in DISTINCTIONS if column in dim_item.columns]


def _distinctions(dim_item: pl.DataFrame) -> pl.DataFrame:
    """The distinctions by item; an empty text is none."""
    texts = (pl.col(column).cast(pl.String) for column in _there(dim_item))
    return dim_item.select(Col.item_id, *(pl.when(_words(text) != "").then(text) for text in texts))


def _words(text: pl.Expr) -> pl.Expr:
    """``text`` as a person reads it: without regard to case and width of spaces."""
    return text.str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()
