"""What sentiment is learned from: texts whose ratings say what they think, per language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zlib import crc32

import numpy as np
import polars as pl

from ml.reviews.columns import Rev
from ml.reviews.numbers import Flags, Ints
from ml.reviews.reading import SAID, is_counted
from ml.tables import Col
from ml.text.language import CHINESE, ENGLISH

LEAST: Final = 50
"""Texts of each class below which a language has no model."""
LEAST_GROUPS: Final = 30
"""Different people or texts of each class, likewise: a fold may hold all copies of one text and must leave others."""
MOST: Final = 20_000
"""Texts of a language that are learned from; of more, a random part."""
_START: Final = 24
"""Letters in which texts agree that may be of one origin."""


@dataclass(frozen=True, eq=False)
class Examples:
    """Texts of one language; parallel rows.

    Attributes:
        positive: whether the rating is above the middle.
        groups: a number per group of texts that may be copies of each other or are of one person.
        months: first day of the month in which each was written, as a text.
    """

    language: str
    texts: Sequence[str]
    positive: Flags
    groups: Ints
    months: Sequence[str]

    @property
    def is_enough(self) -> bool:
        """Whether something can be learned from them."""
        return all(
            len(groups) >= LEAST and len(np.unique(groups)) >= LEAST_GROUPS
            for groups in (self.groups[self.positive], self.groups[~self.positive])
        )


def examples(reviews: pl.DataFrame, liked_from: float, seed: int) -> list[Examples]:
    """Of each language the texts that are learned from; the middle rating, spam and duplicates are left out.

    Args:
        reviews: see ``ml.reviews.reading``.
    """
    rated = reviews.filter(is_counted() & (pl.col(SAID) != "") & (pl.col(Col.rating) != liked_from))
    return [
        _of(rated.filter(pl.col(Col.language) == language), language, liked_from, seed)
        for language in (ENGLISH, CHINESE)
    ]


def _of(rows: pl.DataFrame, language: str, liked_from: float, seed: int) -> Examples:
    if len(rows) > MOST:
        drawn = [crc32(f"{seed} {review}".encode()) for review in rows[Rev.review_id]]
        rows = rows.with_columns(pl.Series("drawn", drawn)).sort("drawn", Rev.review_id).head(MOST).sort(Rev.review_id)
    return Examples(
        language,
        rows[SAID].to_list(),
        (rows[Col.rating] > liked_from).to_numpy(),
        groups_of(rows),
        rows[Col.created_date].dt.strftime("%Y-%m-01").to_list(),
    )


def groups_of(rows: pl.DataFrame) -> Ints:
    """A number per group: rows of one person, and rows whose texts begin alike, are in one, also through others."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    anonymous = pl.concat_str(pl.lit("anonymous "), Rev.review_id)
    authors = rows.select(pl.concat_str(pl.lit("person "), pl.col(Col.user_id).fill_null(anonymous))).to_series()
    names = pl.concat([authors.alias(""), pl.Series(starts_of(rows[SAID].to_list()), dtype=pl.String)]).rank("dense")
    numbers = names.to_numpy().astype(np.int64)
    people, starts = numbers[: len(rows)], numbers[len(rows) :]
    count = int(numbers.max(initial=0)) + 1
    linked = coo_matrix((np.ones(len(rows)), (people, starts)), shape=(count, count))
    _, component = connected_components(linked, directed=False)
    found: Ints = np.unique(component[people], return_inverse=True)[1].astype(np.int64)
    return found


def starts_of(texts: Sequence[str]) -> list[str]:
    """The first letters and digits of each text; texts that begin alike may be copies of each other."""
    return ["".join(letter for letter in text.lower() if letter.isalnum())[:_START] for text in texts]
