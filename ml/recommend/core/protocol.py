"""What every recommender is, and the lists that it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar, Protocol, Self, runtime_checkable

import polars as pl

from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.needs import Needs, ShopSize
from ml.recommend.core.parameters import Space
from ml.recommend.core.request import Request
from ml.recommend.core.typed_tables import invalid_table, typed
from ml.tables import Col

_RANKED = {
    Col.user_id: pl.String(),
    Col.item_id: pl.String(),
    Col.rank: pl.Int32(),
    Col.score: pl.Float64(),
    Col.candidate_source: pl.String(),
}


@dataclass(frozen=True, eq=False)
class Recommendations:
    """Ranked lists: one row per user and rank (1 is best), sorted by them, no item twice for a user.

    Columns: user_id, item_id, rank, score (never rising with rank, comparable within a list), candidate_source
    (the recommender that proposed the item).

    Raises:
        InvalidTable: a column is missing or null, a rank or an item is repeated, ranks have gaps.
    """

    frame: pl.DataFrame

    def __post_init__(self) -> None:
        checked = typed(self.frame, "recommendations", _RANKED).sort(Col.user_id, Col.rank)
        pair = pl.struct(Col.user_id, Col.item_id)
        if (  # hashes that all differ are of pairs that do, and cost a quarter; equal ones may collide
            checked.select(pair.hash().n_unique()).item() != len(checked)
            and checked.select(pair.n_unique()).item() != len(checked)
        ):
            raise invalid_table("recommendations", "an item once per user", "a repeated one")
        expected = pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(Col.user_id)
        if checked.select((pl.col(Col.rank) != expected).any()).item():
            raise invalid_table("recommendations", "ranks 1, 2, 3… per user", "others")
        object.__setattr__(self, "frame", checked)


@runtime_checkable
class Recommender(Protocol):
    """One way to rank items for shoppers. Registered in ``ml.recommend.recommenders.RECOMMENDERS``."""

    name: ClassVar[str]
    space: ClassVar[Space]
    """The parameters that `shelduck tune` searches, and where; maybe none."""

    @property
    def learned_ages(self) -> Sequence[int]:
        """How many days before the end of a history lie the days whose snapshots it learns from; maybe none."""
        ...

    @property
    def read_columns(self) -> Mapping[str, Sequence[str]]:
        """By entity the columns of feature tables that it reads when it ranks."""
        ...

    @property
    def scores_are_probabilities(self) -> bool:
        """Whether scores are calibrated probabilities of a purchase, so that money can be multiplied with them."""
        ...

    @property
    def params(self) -> dict[str, str | int | float | bool]:
        """The settings of this instance, as a training logs them."""
        ...

    def needs(self, shop: ShopSize) -> Needs:
        """What it takes in a shop of a size, estimated before it is fitted."""
        ...

    def fit(self, history: Interactions, items: Items, as_of: date) -> Self:
        """Learn from a history that ends on ``as_of``; forgets what was learned before. Returns itself."""
        ...

    def recommend(self, request: Request) -> Recommendations:
        """At most k items for each user, from what was learned and the request's history.

        Raises:
            NotFitted: ``fit`` was not called.
        """
        ...

    def save(self, folder: Path) -> None:
        """Write settings and state as JSON, npz and Parquet."""
        ...

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what ``save`` wrote; ranks identically."""
        ...
