"""Input of the gates of a day: its tables by name, the settings they depend on, and the draft's counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final, TypeVar

import polars as pl

from ml.placements import DUE_FROM, SHOP, Placement, on
from ml.tables import Col

Known = TypeVar("Known")
_IDS: Final = (Col.user_id, Col.item_id, Col.related_item_id, Col.placement, Col.layout)


@dataclass(frozen=True, eq=False)
class Earlier:
    """The tables of an earlier day's slice, read lazily by name."""

    as_of: date
    scan: Callable[[str], pl.LazyFrame]


@dataclass(frozen=True, eq=False)
class Day:
    """A day's tables, each read once.

    Attributes:
        as_of: the day D.
        k: the longest shelf (settings).
        history_days: the longest window of the history (settings).
        placements: the shelves that are published (settings).
        liked_from: the lowest rating that counts as liking (settings).
        minimum_audience: members below which an audience is withheld (settings).
        consent: whether consents are landed or assumed (settings).
        read: gives a table by name; a draft's gates also read the slice it came from.
        short_lists: placement to shoppers with fewer than k items, as the draft explains them; empty when unknown.
        probabilities: pairs in ``purchase_probability`` as the draft counts them; None when no recommender gives any.
        earlier: the feature tables of a day of the last four weeks, for what is watched; None when not at hand.
        before: gives a published table of the day before by name, for what is watched; None when not at hand.
        published_before: the same of so many days before.
    """

    as_of: date
    k: int
    history_days: int
    read: Callable[[str], pl.DataFrame | pl.LazyFrame]
    short_lists: Mapping[str, int] = field(default_factory=dict)
    probabilities: int | None = None
    before: Callable[[str], pl.DataFrame | pl.LazyFrame | None] = lambda _: None
    published_before: Callable[[str, int], pl.DataFrame | None] = lambda _, __: None
    earlier: Earlier | None = None
    placements: tuple[Placement, ...] = on(SHOP)
    liked_from: float = 0.0
    minimum_audience: int = 1
    consent: str = "landed"
    _tables: dict[str, pl.DataFrame] = field(default_factory=dict, init=False, repr=False)
    _known: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def table(self, name: str) -> pl.DataFrame:
        """One of the day's tables, whole and kept: for those that grow with the catalogue, or not at all."""
        if name not in self._tables:
            self._tables[name] = self.read(name).lazy().collect()
        return self._tables[name]

    def scan(self, name: str) -> pl.LazyFrame:
        """The same table, read lazily: for those that grow with the shoppers."""
        return (self._tables[name] if name in self._tables else self.read(name)).lazy()

    def yesterday(self, name: str) -> pl.DataFrame | None:
        """A published table of the day before, whole; None when not at hand."""
        found = self.before(name)
        return None if found is None else found.lazy().collect()

    def rows(self, name: str) -> int:
        """How many rows one of the day's tables has."""
        return int(self.scan(name).select(pl.len()).collect().item())

    def once(self, what: str, compute: Callable[[], Known]) -> Known:
        """What ``compute`` gives: computed for the first suite that asks, and kept under its name for the others."""
        if what not in self._known:
            self._known[what] = compute()
        found: Known = self._known[what]
        return found

    def history(self, days: int) -> pl.LazyFrame:
        """The purchase history of the ``days`` days that end with the day."""
        return self.scan("history").filter(pl.col(Col.event_date) > self.as_of - timedelta(days=days))

    def shoppers_of_the_year(self) -> int:
        """How many shoppers the history of the last 365 days has."""
        return self.once("shoppers of the year", lambda: int(figure(self.history(365), pl.col(Col.user_id).n_unique())))

    def disliked(self) -> pl.DataFrame:
        """user_id and item_id (as categories) of pairs whose latest rating is below what counts as liking."""

        def found() -> pl.DataFrame:
            latest = coded(self.scan("rating")).sort(Col.event_date).group_by(Col.user_id, Col.item_id).last()
            return latest.filter(pl.col(Col.rating) < self.liked_from).select(Col.user_id, Col.item_id).collect()

        return self.once("disliked", found)

    def due(self) -> pl.DataFrame:
        """user_id and item_id (as categories) of pairs that are due again."""

        def found() -> pl.DataFrame:
            pairs = self.scan("feat_user_item").filter(pl.col(Col.due_ratio) >= DUE_FROM)
            return coded(pairs.select(Col.user_id, Col.item_id)).collect(engine="streaming")

        return self.once("due", found)

    def bought(self) -> pl.DataFrame:
        """user_id and item_id (as categories) of the pairs of the history, each once."""

        def found() -> pl.DataFrame:
            return coded(self.scan("history").select(Col.user_id, Col.item_id)).unique().collect(engine="streaming")

        return self.once("bought", found)

    def has_a_past(self) -> bool:
        """Whether the history reaches back over 28 days, so that its last 7 can be compared with them."""
        oldest = self.oldest_event()
        return oldest is not None and (self.as_of - oldest).days >= 27

    def oldest_event(self) -> date | None:
        """The first day of the history; None for an empty one."""

        def found() -> date | None:
            oldest = figure(self.scan("history"), pl.col(Col.event_date).min())
            return oldest if isinstance(oldest, date) else None

        return self.once("oldest event", found)

    def recommendable(self) -> pl.DataFrame:
        """The ids (texts) of the items that may stand on a shelf."""
        return self.table("dim_item").filter(pl.col(Col.is_recommendable)).select(Col.item_id)

    def days_before(self, column: str) -> pl.Expr:
        """How many days a date lies before the day; 0 is the day itself, below it the future."""
        return (pl.lit(self.as_of) - pl.col(column)).dt.total_days()


def coded(frame: pl.LazyFrame) -> pl.LazyFrame:
    """``frame`` with its ids of shoppers, items and placements as categories: four bytes a row instead of a text."""
    schema = frame.collect_schema()
    return frame.with_columns(pl.col(name).cast(pl.Categorical) for name in _IDS if schema.get(name) == pl.String)


def figure(frame: pl.LazyFrame, asked: pl.Expr) -> Any:
    """One value over all rows; only the columns that it takes are read."""
    return frame.select(asked).collect(engine="streaming").item()


ANYTHING = (-1e15, 1e15)
"""Bounds that hold for every sum: where there is too little to judge, the expectation still runs and is counted."""


def bounds_around(usual: float, factor: float, *, judged: bool) -> tuple[float, float]:
    """From ``usual`` / ``factor`` to ``usual`` × ``factor``, or anything when there is too little to judge by."""
    return (usual / factor, usual * factor) if judged and usual > 0 else ANYTHING
