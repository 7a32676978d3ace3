"""Feature tables as of a day: what a recommender may read of them, wherever they come from.

A history brings along the snapshots that it was read with (``Interactions.snapshots``), so that whoever fits or asks a
recommender need not know which tables it reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Protocol

import polars as pl

from ml.errors import StaleFeatures

if TYPE_CHECKING:
    from ml.recommend.core.interactions import Interactions, Items

USER: Final = "user"
ITEM: Final = "item"
USER_ITEM: Final = "user_item"
USER_GROUP: Final = "user_group"
"""What a row of a feature table is about: ``features("user_item", …)`` reads ``feat_user_item``."""


class Snapshot(Protocol):
    """A shop as it was known at the end of a day."""

    @property
    def as_of(self) -> date:
        """The day."""
        ...

    @property
    def history(self) -> Interactions:
        """What was bought by then."""
        ...

    @property
    def items(self) -> Items:
        """The items that could be recommended then."""
        ...

    @property
    def ranker_columns(self) -> Mapping[str, Sequence[str]]:
        """By entity the columns that rankers learn from."""
        ...

    def features(self, entity: str, columns: Sequence[str], users: Sequence[str] | None = None) -> pl.DataFrame:
        """The key and ``columns`` (float32) of a feature table; of ``users`` only, if given.

        Rows are sorted by the key's first column; a shopper's own are in no certain order.

        Raises:
            StaleFeatures: the table has no such column.
        """
        ...


class Snapshots(Protocol):
    """The snapshots that a history was read with, by day."""

    def of(self, history: Interactions, items: Items, as_of: date) -> Snapshot | None:
        """The one as of a day; None where there is none. ``history`` is what asks, ``items`` what it knows of items."""
        ...


@dataclass(frozen=True)
class NoSnapshots:
    """Of a history that came without feature tables."""

    def of(self, history: Interactions, items: Items, as_of: date) -> Snapshot | None:  # noqa: ARG002
        """None."""
        return None


def snapshot_of(history: Interactions, items: Items, as_of: date) -> Snapshot:
    """The snapshot as of the day up to which ``history`` knows.

    Raises:
        StaleFeatures: the history came without one.
    """
    found = history.snapshots.of(history, items, as_of)
    if found is None:
        raise StaleFeatures(
            f"feature tables as of {as_of}",
            expected="a history that was read from a day's slice",
            found="none with this history",
            remedy=f"Run: shelduck run --as-of {as_of}",
        )
    return found
