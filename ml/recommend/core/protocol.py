"""What every recommender takes and gives: four tables validated where they are made, and one protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Protocol, Self, runtime_checkable

import numpy as np
import polars as pl
from scipy import sparse

from ml.errors import InvalidTable
from ml.placements import Placement
from ml.recommend.core.encoding import Encoded, Ints, Matrix, Vocabulary, on_columns, rows_of
from ml.recommend.core.parameters import Space
from ml.recommend.core.topk import Limits, Mask
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
_RANKED = {
    Col.user_id: pl.String(),
    Col.item_id: pl.String(),
    Col.rank: pl.Int32(),
    Col.score: pl.Float64(),
    Col.candidate_source: pl.String(),
}


@dataclass(frozen=True, eq=False)
class Interactions:
    """What shoppers chose and liked, and how they rated.

    Attributes:
        frame: one row per user, item and day, sorted by them: user_id, item_id (text), event_date, purchases (times),
            quantity (units), revenue (the shop's currency). Other columns are dropped.
        ratings: user_id, item_id, event_date, rating: the day's last, one row per user, item and day.
        liked_from: a pair whose latest rating is below is ``disliked``.

    Raises:
        InvalidTable: a column is missing, has a null, or does not fit its type.
    """

    frame: pl.DataFrame
    ratings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_RATING))
    liked_from: float = 0.0

    def __post_init__(self) -> None:
        for name, table, schema in (("frame", "history", _HISTORY), ("ratings", "ratings", _RATING)):
            typed = _typed(getattr(self, name), table, schema)
            object.__setattr__(self, name, typed.sort(Col.user_id, Col.item_id, Col.event_date))

    @classmethod
    def empty(cls) -> Interactions:
        """A history in which nobody bought anything."""
        return cls(pl.DataFrame(schema=_HISTORY))

    @cached_property
    def encoded(self) -> Encoded:
        """The rows of ``frame`` as arrays and sparse matrices; made once, shared by every recommender."""
        return Encoded.of(self.frame)

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
        return Interactions(self.frame.filter(holds), self.ratings.filter(holds), self.liked_from)


@dataclass(frozen=True, eq=False)
class Items:
    """A catalogue: one row per item_id, sorted by it; further columns (name, brand, categories…) are kept.

    Raises:
        InvalidTable: item_id is missing, null or repeated.
    """

    frame: pl.DataFrame

    def __post_init__(self) -> None:
        ids = _typed(self.frame, "items", {Col.item_id: pl.String()})
        if ids.n_unique() != len(ids):
            raise _invalid("items", f"one row per {Col.item_id}", f"{len(ids) - ids.n_unique()} repeated")
        object.__setattr__(self, "frame", self.frame.with_columns(ids[Col.item_id]).sort(Col.item_id))

    @classmethod
    def of(cls, ids: Sequence[str] | pl.Series) -> Items:
        """A catalogue of bare ids."""
        return cls(pl.DataFrame({Col.item_id: pl.Series(ids, dtype=pl.String)}))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The ids in order; row i of ``frame`` has code i."""
        return Vocabulary(self.frame[Col.item_id].rename("id"))


@dataclass(frozen=True, eq=False)
class Request:
    """Whom to rank what for, knowing what.

    Attributes:
        users: the shoppers to score; unknown ones are fine and count as new.
        history: the whole shop's history as of the day, of all shoppers.
        items: the eligible items; nothing else is recommended.
        as_of: the day whose end is "now"; the history holds nothing later.
        k: the longest list, ≥ 1.
        exclude_seen: leave out what a shopper has in the history.
        only_seen: rank nothing but what a shopper has in the history…
        among: …and of that only these pairs (user_id, item_id), where they are given.
        limits: memory and threads; they change no list.
        profiles: the shop's table of users (user_id, country, language, last_channel, last_store_id…), for those
            who bought nothing yet.

    Raises:
        InvalidTable: k < 1, a user twice, filters that contradict each other, or an event after ``as_of``.
    """

    users: Sequence[str]
    history: Interactions
    items: Items
    as_of: date
    k: int = 10
    exclude_seen: bool = False
    only_seen: bool = False
    among: pl.DataFrame | None = None
    limits: Limits = field(default_factory=Limits)
    profiles: pl.DataFrame | None = None

    def __post_init__(self) -> None:
        if self.k < 1:
            raise _invalid("request", "k of at least 1", str(self.k))
        if len(set(self.users)) != len(self.users):
            raise _invalid("request", "every user once", f"{len(self.users) - len(set(self.users))} repeated")
        if self.exclude_seen and self.only_seen:
            raise _invalid("request", "exclude_seen or only_seen", "both")
        if self.among is not None and not self.only_seen:
            raise _invalid("request", "only_seen where pairs are given", "pairs without it")
        latest = self.history.last_day
        if latest is not None and latest > self.as_of:
            raise _invalid("request", f"a history that ends on {self.as_of}", f"an event of {latest}")

    def on(self, placement: Placement, due: pl.DataFrame) -> Request:
        """The same request for a placement; ``due`` holds the pairs (user_id, item_id) that are due again."""
        return replace(
            self,
            exclude_seen=placement.exclude_seen,
            only_seen=placement.only_seen,
            among=due if placement.only_due else None,
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Users and eligible items: the shape of a block of scores for everybody."""
        return len(self.users), len(self.items.vocabulary)

    @cached_property
    def user_rows(self) -> Ints:
        """The row of each user in the history's matrices; -1 for a new one."""
        return self.history.encoded.users.codes(self.users)

    @cached_property
    def seen(self) -> Matrix:
        """Requested users x eligible items: times bought."""
        encoded = self.history.encoded
        return on_columns(rows_of(encoded.counts, self.user_rows), encoded.items, self.items.vocabulary)

    @cached_property
    def mask(self) -> Mask:
        """Which cells of requested users x eligible items may be ranked."""
        return Mask(self.shape, self._left_out(), self._kept())

    def _left_out(self) -> Matrix | None:
        seen = self.seen if self.exclude_seen else None
        if self.history.disliked.is_empty():
            return seen
        disliked = self._cells(self.history.disliked)
        return disliked if seen is None else disliked + seen

    def _kept(self) -> Matrix | None:
        if self.among is None:
            return self.seen if self.only_seen else None
        return self.seen.multiply(self._cells(self.among)).tocsr()

    def _cells(self, pairs: pl.DataFrame) -> Matrix:
        """Requested users x eligible items with a 1 per pair (user_id, item_id); other pairs are dropped."""
        users = Vocabulary.of(pl.Series(self.users, dtype=pl.String))
        position = np.empty(len(users), dtype=np.int64)
        position[users.codes(self.users)] = np.arange(len(self.users))
        row, column = users.codes(pairs[Col.user_id]), self.items.vocabulary.codes(pairs[Col.item_id])
        known = (row >= 0) & (column >= 0)
        cells = np.ones(int(known.sum()), dtype=np.float32), (position[row[known]], column[known])
        return sparse.csr_matrix(cells, shape=self.shape)


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
        typed = _typed(self.frame, "recommendations", _RANKED).sort(Col.user_id, Col.rank)
        if typed.select(Col.user_id, Col.item_id).n_unique() != len(typed):
            raise _invalid("recommendations", "an item once per user", "a repeated one")
        expected = pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over(Col.user_id)
        if typed.select((pl.col(Col.rank) != expected).any()).item():
            raise _invalid("recommendations", "ranks 1, 2, 3… per user", "others")
        object.__setattr__(self, "frame", typed)


@runtime_checkable
class Recommender(Protocol):
    """One way to rank items for shoppers. Registered in ``ml.recommend.models.RECOMMENDERS``."""

    name: ClassVar[str]
    space: ClassVar[Space]
    """The parameters that `shelduck tune` searches, and where; maybe none."""

    @property
    def scores_are_probabilities(self) -> bool:
        """Whether scores are calibrated probabilities of a purchase, so that money can be multiplied with them."""
        ...

    @property
    def params(self) -> dict[str, str | int | float | bool]:
        """The settings of this instance, as a training logs them."""
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


def _typed(frame: pl.DataFrame, table: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    missing = [column for column in schema if column not in frame.columns]
    if missing:
        raise _invalid(table, f"columns {', '.join(schema)}", f"no {', '.join(missing)}")
    try:
        typed = frame.select(pl.col(name).cast(kind) for name, kind in schema.items())
    except pl.exceptions.PolarsError as misfit:
        raise _invalid(table, "values that fit the schema", str(misfit).splitlines()[0]) from misfit
    nulls = [name for name in schema if typed[name].null_count()]
    if nulls:
        raise _invalid(table, "no nulls", f"some in {', '.join(nulls)}")
    return typed


def _invalid(table: str, expected: str, found: str) -> InvalidTable:
    return InvalidTable(table, expected=expected, found=found, remedy="Mend the code that made it")
