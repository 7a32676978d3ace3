"""A day's feature tables as arrays: rows by item code, by shopper, and by pair of shopper and item or group.

Nothing is computed here: what a column means is said where it is made, in ``dbt_project/models/features``. Of items
everything is in memory at once; shoppers are read a block at a time, so that memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ml.recommend.core.encoding import Encoded, Floats, Ints, Matrix, Vocabulary, positions_in
from ml.recommend.core.interactions import Items
from ml.recommend.core.snapshots import ITEM, USER, USER_GROUP, USER_ITEM, Snapshot
from ml.tables import Col

LEVELS: Final = ("type", "category", "line", "brand")
"""The groups of items whose rows ``feat_user_group`` has; ``feat_item`` has each one's number as ``<level>_id``."""
LATELY: Final = 28
NAMED: Final = (ITEM, USER, USER_ITEM, *LEVELS)
"""Where a feature comes from, the part of its name before the dot: ``type.due_ratio`` is read of the item's type."""
_GENERATORS: Final = {
    ITEM: (Col.purchases_90d, Col.buyers_365d, Col.new_buyer_rate_28d, Col.days_since_first_purchase),
    USER_ITEM: (
        *(Col.purchases_28d, Col.purchases_365d, Col.purchase_days_365d),
        *(Col.decayed_purchase_days_30d, Col.decayed_purchase_days_90d),
    ),
    USER_GROUP: (Col.decayed_purchase_days_90d,),
}
"""What generators of candidates read, whatever a ranker learns from."""
Wanted: TypeAlias = Mapping[str, tuple[str, ...]]
"""By entity the columns that are read."""


def feature_names(columns: Mapping[str, Iterable[str]]) -> list[str]:
    """The names of the ``columns`` of each entity as features of a candidate."""
    found = {entity: list(columns.get(entity, ())) for entity in (ITEM, USER, USER_ITEM)}
    found |= {level: list(columns.get(USER_GROUP, ())) for level in LEVELS}
    return [f"{source}.{column}" for source in NAMED for column in found[source]]


def wanted(names: Iterable[str]) -> Wanted:
    """The columns to read for features of these names, and for generators; names without a dot are not read."""
    columns = {entity: list(_GENERATORS.get(entity, ())) for entity in (ITEM, USER, USER_ITEM, USER_GROUP)}
    for source, dot, column in (name.partition(".") for name in names):
        if dot:
            columns[USER_GROUP if source in LEVELS else source].append(column)
    return {entity: tuple(dict.fromkeys(each)) for entity, each in columns.items()}


def with_groups(columns: Wanted) -> Wanted:
    """The same with what says to which groups an item belongs."""
    return {**columns, ITEM: (*columns[ITEM], *map(_id, LEVELS))}


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a feature table.

    Attributes:
        names: of the columns.
        values: rows x columns, float32; NaN where there is no value.
        keys: rising numbers of the rows, by which they are looked up.
    """

    names: tuple[str, ...]
    values: Floats
    keys: Ints

    @classmethod
    def of(cls, frame: pl.DataFrame, names: tuple[str, ...], keys: Ints | None = None) -> Rows:
        """The columns ``names`` of a frame, in the order of ``keys`` (by default as they are); negative ones go."""
        values = frame.select(names).to_numpy(order="c").astype(np.float32, copy=False)
        if keys is None:
            return cls(names, values, np.arange(len(values)))
        order = np.argsort(keys, kind="stable")
        order = order[np.searchsorted(keys[order], 0) :]
        return cls(names, values[order], keys[order])

    def column(self, name: str) -> Floats:
        """One column."""
        return np.asarray(self.values[:, self.names.index(name)])

    def at(self, positions: Ints, name: str) -> Floats:
        """A column at the rows of ``positions``; NaN at -1."""
        return np.take(self._columns[self.names.index(name)], positions)

    @cached_property
    def _columns(self) -> Floats:
        """Columns x rows, and at the end, where position -1 finds it, a row of NaN."""
        columns = np.full((len(self.names), len(self.values) + 1), np.nan, dtype=np.float32)
        columns[:, :-1] = self.values.T
        return columns

    def positions(self, wanted: Ints) -> Ints:
        """Where the rows of some keys stand; -1 for one that has none."""
        return positions_in(self.keys, wanted)


@dataclass(frozen=True, eq=False)
class DayFeatures:
    """See the module. ``items`` are the eligible ones; ``wanted`` says which columns are read."""

    snapshot: Snapshot
    encoded: Encoded
    items: Items
    wanted: Wanted

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What was ever sold and what is eligible; its codes are the item codes of everything here."""
        return Vocabulary.of(pl.concat([self.encoded.items.ids.alias("id"), self.items.vocabulary.ids.alias("id")]))

    @cached_property
    def column(self) -> Ints:
        """For each item code its row in ``items``; -1 for one that is not eligible."""
        return self.items.vocabulary.codes(self.vocabulary.ids)

    @cached_property
    def created_lately(self) -> NDArray[np.bool_]:
        """Per item code: whether the catalogue dates it to the last weeks."""
        if Col.created_date not in self.items.frame.columns:
            return np.zeros(len(self.vocabulary), dtype=np.bool_)
        day = self.snapshot.as_of
        recent = pl.col(Col.created_date).is_between(day - timedelta(days=LATELY - 1), day).fill_null(False)
        return np.where(self.column >= 0, self.items.frame.select(recent)[:, 0].to_numpy()[self.column], False)

    @cached_property
    def item(self) -> Rows:
        """A row per item code."""
        return Rows.of(self._items, self.wanted[ITEM])

    @cached_property
    def group(self) -> dict[str, Ints]:
        """By level: the number of each item code's group, from 1; 0 for an item that the table does not have."""
        return {level: self._items[_id(level)].fill_null(0).to_numpy().astype(np.int64) for level in LEVELS}

    @cached_property
    def groups(self) -> dict[str, int]:
        """By level more than the number of any group."""
        return {level: int(self._table[_id(level)].max() or 0) + 1 for level in LEVELS}  # type: ignore[arg-type]

    @cached_property
    def _table(self) -> pl.DataFrame:
        return self.snapshot.features(ITEM, with_groups(self.wanted)[ITEM])

    @cached_property
    def _items(self) -> pl.DataFrame:
        ids = pl.DataFrame({Col.item_id: self.vocabulary.ids})
        return ids.join(self._table, on=Col.item_id, how="left", maintain_order="left")

    def shoppers(self, codes: Ints) -> Shoppers:
        """The shoppers of these rising codes in the history, each once."""
        return Shoppers(self, codes)


@dataclass(frozen=True, eq=False)
class Shoppers:
    """Some shoppers seen from the end of the day; shopper i is the i-th of ``codes``, each in the history."""

    day: DayFeatures
    codes: Ints

    @cached_property
    def _ids(self) -> Vocabulary:
        return Vocabulary(self.day.encoded.users.names(self.codes).alias("id"))

    @cached_property
    def own(self) -> Rows:
        """A row per shopper."""
        table = self._read(USER)
        asked = pl.DataFrame({Col.user_id: self._ids.ids})
        return Rows.of(asked.join(table, on=Col.user_id, how="left", maintain_order="left"), self.day.wanted[USER])

    @cached_property
    def pairs(self) -> Rows:
        """A row per shopper and item that met; keys are shopper x items + item."""
        table = self._read(USER_ITEM)
        shopper, item = self._ids.codes(table[Col.user_id]), self.day.vocabulary.codes(table[Col.item_id])
        key = np.where(item >= 0, shopper * len(self.day.vocabulary) + item, -1)
        return Rows.of(table, self.day.wanted[USER_ITEM], key)

    @cached_property
    def groups(self) -> dict[str, Rows]:
        """By level a row per shopper and group of which something was bought; keys are shopper x groups + group."""
        table, names = self._read(USER_GROUP), self.day.wanted[USER_GROUP]
        parts = {level: table.filter(pl.col(Col.group_level) == level) for level in LEVELS}
        return {level: Rows.of(part, names, self._group_keys(part, level)) for level, part in parts.items()}

    def _group_keys(self, part: pl.DataFrame, level: str) -> Ints:
        group = part[Col.group_id].to_numpy().astype(np.int64)
        return self._ids.codes(part[Col.user_id]) * self.day.groups[level] + group

    @cached_property
    def worth(self) -> Matrix:
        """Shoppers x items: how often and how lately each was bought; half-lives of 30 and 90 days, added."""
        rows, width = self.pairs, max(len(self.day.vocabulary), 1)
        bought = rows.column(Col.purchase_days_365d) > 0
        value = rows.column(Col.decayed_purchase_days_30d) + rows.column(Col.decayed_purchase_days_90d)
        cells = value[bought], (rows.keys[bought] // width, rows.keys[bought] % width)
        return Matrix(cells, shape=(len(self.codes), len(self.day.vocabulary)))

    def worth_of(self, shopper: Ints, item: Ints) -> Floats:
        """Cells of ``worth``."""
        if not len(shopper):
            return np.zeros(0, dtype=np.float32)
        return np.asarray(self.worth[shopper, item], dtype=np.float32).ravel()

    def _read(self, entity: str) -> pl.DataFrame:
        return self.day.snapshot.features(entity, self.day.wanted[entity], self._ids.ids.to_list())


def _id(level: str) -> str:
    return f"{level}_id"
