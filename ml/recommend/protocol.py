"""What every recommender takes and gives: four tables validated where they are made, and one protocol."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Protocol, Self, runtime_checkable

import polars as pl

from ml.errors import InvalidTable
from ml.recommend.encoding import Encoded, Ints, Matrix, Vocabulary, on_columns, rows_of
from ml.recommend.parameters import Space
from ml.recommend.topk import Limits
from ml.tables import Col

_HISTORY = {
    Col.user_id: pl.String(),
    Col.item_id: pl.String(),
    Col.event_date: pl.Date(),
    Col.purchases: pl.Int64(),
    Col.quantity: pl.Float64(),
    Col.revenue: pl.Float64(),
}
_RANKED = {
    Col.user_id: pl.String(),
    Col.item_id: pl.String(),
    Col.rank: pl.Int32(),
    Col.score: pl.Float64(),
    Col.candidate_source: pl.String(),
}


@dataclass(frozen=True, eq=False)
class Interactions:
    """What shoppers bought: one row per user, item and day, sorted by them.

    Columns: user_id, item_id (text), event_date, purchases (times), quantity (units), revenue (the shop's
    currency), and ``rating`` (a day's mean, null where nobody rated) if there is one. Other columns are dropped.

    Raises:
        InvalidTable: a column is missing, has a null, or does not fit its type.
    """

    frame: pl.DataFrame

    def __post_init__(self) -> None:
        schema = _HISTORY | ({Col.rating: pl.Float64()} if Col.rating in self.frame.columns else {})
        typed = _typed(self.frame, "history", schema, nullable=(Col.rating,))
        object.__setattr__(self, "frame", typed.sort(Col.user_id, Col.item_id, Col.event_date))

    @classmethod
    def empty(cls) -> Interactions:
        """A history in which nobody bought anything."""
        return cls(pl.DataFrame(schema=_HISTORY))

    @cached_property
    def encoded(self) -> Encoded:
        """The same rows as arrays and sparse matrices; made once, shared by every recommender."""
        return Encoded.of(self.frame)

    @property
    def last_day(self) -> date | None:
        """The day of the latest event; None in an empty history."""
        latest = self.frame[Col.event_date].max()
        return latest if isinstance(latest, date) else None

    def until(self, day: date) -> Interactions:
        """Only what happened on or before ``day``; itself when that is everything."""
        if self.last_day is None or self.last_day <= day:
            return self
        return Interactions(self.frame.filter(pl.col(Col.event_date) <= day))

    def after(self, day: date, days: int) -> Interactions:
        """Only what happened in the ``days`` days that follow ``day``."""
        within = pl.col(Col.event_date).is_between(day, day + timedelta(days=days), closed="right")
        return Interactions(self.frame.filter(within))


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
        only_seen: rank nothing but what a shopper has in the history.
        limits: memory and threads; they change no list.
        profiles: the shop's table of users (user_id, country, language, last_channel, last_store_id…), for those
            who bought nothing yet.

    Raises:
        InvalidTable: k < 1, a user twice, both filters at once, or an event after ``as_of``.
    """

    users: Sequence[str]
    history: Interactions
    items: Items
    as_of: date
    k: int = 10
    exclude_seen: bool = False
    only_seen: bool = False
    limits: Limits = field(default_factory=Limits)
    profiles: pl.DataFrame | None = None

    def __post_init__(self) -> None:
        if self.k < 1:
            raise _invalid("request", "k of at least 1", str(self.k))
        if len(set(self.users)) != len(self.users):
            raise _invalid("request", "every user once", f"{len(self.users) - len(set(self.users))} repeated")
        if self.exclude_seen and self.only_seen:
            raise _invalid("request", "exclude_seen or only_seen", "both")
        latest = self.history.last_day
        if latest is not None and latest > self.as_of:
            raise _invalid("request", f"a history that ends on {self.as_of}", f"an event of {latest}")

    @cached_property
    def user_rows(self) -> Ints:
        """The row of each user in the history's matrices; -1 for a new one."""
        return self.history.encoded.users.codes(self.users)

    @cached_property
    def seen(self) -> Matrix:
        """Requested users x eligible items: times bought."""
        encoded = self.history.encoded
        return on_columns(rows_of(encoded.counts, self.user_rows), encoded.items, self.items.vocabulary)


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


def _typed(
    frame: pl.DataFrame, table: str, schema: dict[str, pl.DataType], nullable: Sequence[str] = ()
) -> pl.DataFrame:
    missing = [column for column in schema if column not in frame.columns]
    if missing:
        raise _invalid(table, f"columns {', '.join(schema)}", f"no {', '.join(missing)}")
    try:
        typed = frame.select(pl.col(name).cast(kind) for name, kind in schema.items())
    except pl.exceptions.PolarsError as misfit:
        raise _invalid(table, "values that fit the schema", str(misfit).splitlines()[0]) from misfit
    nulls = [name for name in schema if name not in nullable and typed[name].null_count()]
    if nulls:
        raise _invalid(table, "no nulls", f"some in {', '.join(nulls)}")
    return typed


def _invalid(table: str, expected: str, found: str) -> InvalidTable:
    return InvalidTable(table, expected=expected, found=found, remedy="Mend the code that made it")
