"""Item features from the catalogue: a one-hot block of columns per attribute, and the TF-IDF of the texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from scipy import sparse

from ml.recommend.core.encoding import Matrix, Vocabulary
from ml.recommend.core.interactions import Items
from ml.tables import Col

ATTRIBUTES: Final = (Col.item_category, Col.item_category2, Col.item_category3, Col.item_brand)
TEXTS: Final = (Col.item_name, Col.description)
TEXT: Final = "text"
BLOCKS: Final = (*ATTRIBUTES, TEXT)
_TOKEN: Final = r"[\p{L}\p{N}]{2,}"


@dataclass(frozen=True, eq=False)
class Columns:
    """The attribute value or word of each column, and the inverse document frequency of each word (else 1)."""

    names: Vocabulary
    idf: np.ndarray

    @classmethod
    def of(cls, items: Items) -> Columns:
        """The columns of a catalogue."""
        cells = _cells(items)
        names = Vocabulary.of(cells["column"])
        found = names.codes(cells.select("item", "column").unique()["column"])
        frequency = np.bincount(found, minlength=len(names))
        idf = np.log((1.0 + len(items.frame)) / (1.0 + frequency)) + 1.0
        is_word = names.ids.str.starts_with(f"{TEXT}=").to_numpy()
        return cls(names, np.where(is_word, idf, 1.0).astype(np.float32))

    def blocks(self, items: Items) -> dict[str, Matrix]:
        """By attribute: CSR matrix of items x columns with rows of L2 norm 1 (or empty): a dot product is a cosine."""
        cells = _cells(items)
        column = self.names.codes(cells["column"])
        known = column >= 0
        row, block = cells["item"].to_numpy(), cells["block"].to_numpy()
        shape = (len(items.frame), len(self.names))
        found = {}
        for number, name in enumerate(BLOCKS):
            own = known & (block == number)
            value = self.idf[column[own]]
            found[name] = _unit(sparse.csr_matrix((value, (row[own], column[own])), shape=shape, dtype=np.float32))
        return found


def _cells(items: Items) -> pl.DataFrame:
    """One row per item and attribute value or word: item (row), block, column (its name)."""
    frame = items.frame.with_row_index("item")
    parts = [pl.DataFrame(schema={"item": pl.Int64, "block": pl.Int32, "column": pl.String})]
    for number, name in enumerate(ATTRIBUTES):
        if name in frame.columns:
            parts.append(_named(frame.select("item", pl.col(name).cast(pl.String).alias("column")), number))
    texts = [pl.col(name).cast(pl.String).fill_null("") for name in TEXTS if name in frame.columns]
    if texts:
        words = pl.concat_str(texts, separator=" ").str.to_lowercase().str.extract_all(_TOKEN)
        parts.append(_named(frame.select("item", words.alias("column")).explode("column"), len(ATTRIBUTES)))
    return pl.concat(parts)


def _named(cells: pl.DataFrame, number: int) -> pl.DataFrame:
    return cells.drop_nulls("column").select(
        pl.col("item").cast(pl.Int64),
        pl.lit(number, dtype=pl.Int32).alias("block"),
        pl.concat_str(pl.lit(f"{BLOCKS[number]}="), "column").alias("column"),
    )


def _unit(matrix: Matrix) -> Matrix:
    length = np.sqrt(matrix.multiply(matrix).sum(axis=1).A1)
    return (sparse.diags(1.0 / np.maximum(length, 1e-12)).astype(np.float32) @ matrix).tocsr()
