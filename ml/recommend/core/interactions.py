"""What shoppers chose and how they rated, and the catalogue: the two tables that every recommender learns from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

import polars as pl

from ml.recommend.core.encoding import Encoded, Floats, Vocabulary
from ml.recommend.core.latest import Latest
from ml.recommend.core.snapshots import NoSnapshots, Snapshots
from ml.recommend.core.typed_tables import invalid_table, typed
from ml.tables import Col

_HISTORY = {
    Col.user_id: pl.String(),
    Col.item_id: pl.String(),
    Col.event_date: pl.Date(),
    Col.purchases: pl.Int64(),
    Col.quantity: pl.Float64(),
    Col.revenue: pl.Float64(),
}
_RATING = {Col.user_id: pl.String(), Col.item_id: pl.String(), Col.event_date: pl.Date(), Col.rating: pl.Float64()}


@dataclass(frozen=True, eq=False)
class Interactions:
    """What shoppers chose and liked, and how they rated.

    Attributes:
        frame: one row per user, item and day, sorted by them: user_id, item_id (text), event_date, purchases (times),
            quantity (units), revenue (the shop's currency). Other columns are dropped.
        ratings: user_id, item_id, event_date, rating: the day's last, one row per user, item and day.
        liked_from: a pair whose latest rating is below is ``disliked``.
        snapshots: the feature tables that it was read with, of its last day and of earlier ones.

    Raises:
        InvalidTable: a column is missing, has a null, or does not fit its type.
    """

    frame: pl.DataFrame
    ratings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_RATING))
    liked_from: float = 0.0
    snapshots: Snapshots = field(default_factory=NoSnapshots)

    def __post_init__(self) -> None:
        for name, table, schema in (("frame", "history", _HISTORY), ("ratings", "ratings", _RATING)):
            checked = typed(getattr(self, name), table, schema)
            object.__setattr__(self, name, checked.sort(Col.user_id, Col.item_id, Col.event_date))

    @classmethod
    def empty(cls) -> Interactions:
        """A history in which nobody bought anything."""
        return cls(pl.DataFrame(schema=_HISTORY))

    @cached_property
    def encoded(self) -> Encoded:
        """The rows of ``frame`` as arrays and sparse matrices; made once, shared by every recommender."""
        return Encoded.of(self.frame)

    @cached_property
    def recent(self) -> Latest[Floats]:
        """What was last counted of it: every shard asks for the same (see ``recency.popular``)."""
        return Latest()

    @cached_property
    def latest_ratings(self) -> pl.DataFrame:
        """user_id, item_id, rating: the latest of each pair, sorted by the pair."""
        last = pl.col(Col.rating).last()  # rows are in the order of days
        return self.ratings.group_by(Col.user_id, Col.item_id, maintain_order=True).agg(last)

    @cached_property
    def disliked(self) -> pl.DataFrame:
        """Pairs of user_id and item_id that are not offered: their latest rating is below ``liked_from``."""
        return self.latest_ratings.filter(pl.col(Col.rating) < self.liked_from).select(Col.user_id, Col.item_id)

    @property
    def last_day(self) -> date | None:
        """The day of the latest event; None in an empty history."""
        days = [part[Col.event_date].max() for part in (self.frame, self.ratings)]
        return max((day for day in days if isinstance(day, date)), default=None)

    def until(self, day: date) -> Interactions:
        """Only what happened on or before ``day``; itself when that is everything."""
        if self.last_day is None or self.last_day <= day:
            return self
        return self._where(pl.col(Col.event_date) <= day)

    def after(self, day: date, days: int) -> Interactions:
        """Only what happened in the ``days`` days that follow ``day``."""
        return self._where(pl.col(Col.event_date).is_between(day, day + timedelta(days=days), closed="right"))

    def _where(self, holds: pl.Expr) -> Interactions:
        return replace(self, frame=self.frame.filter(holds), ratings=self.ratings.filter(holds))


@dataclass(frozen=True, eq=False)
class Items:
    """A catalogue: one row per item_id, sorted by it; further columns (name, brand, categories…) are kept.

    Raises:
        InvalidTable: item_id is missing, null or repeated.
    """

    frame: pl.DataFrame

    def __post_init__(self) -> None:
        ids = typed(self.frame, "items", {Col.item_id: pl.String()})
        if ids.n_unique() != len(ids):
            raise invalid_table("items", f"one row per {Col.item_id}", f"{len(ids) - ids.n_unique()} repeated")
        object.__setattr__(self, "frame", self.frame.with_columns(ids[Col.item_id]).sort(Col.item_id))

    @classmethod
    def of(cls, ids: Sequence[str] | pl.Series) -> Items:
        """A catalogue of bare ids."""
        return cls(pl.DataFrame({Col.item_id: pl.Series(ids, dtype=pl.String)}))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The ids in order; row i of ``frame`` has code i."""
        return Vocabulary(self.frame[Col.item_id].rename("id"))
