"""Column names that more than one package uses, and what a published table is: a key and described, typed columns.

A table is validated where it is made: ``RECOMMENDATION.checked(frame)`` returns the frame with the
table's column order and types, sorted by its key, or raises ``InvalidTable``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ml.errors import InvalidTable

if TYPE_CHECKING:
    import polars as pl


class Col:
    """Column names. A capability keeps the names that only its own tables have in its own package."""

    # identifiers
    user_id: Final = "user_id"
    item_id: Final = "item_id"
    related_item_id: Final = "related_item_id"
    recommendation_id: Final = "recommendation_id"
    policy_id: Final = "policy_id"
    # time
    as_of_date: Final = "as_of_date"
    arrival_date: Final = "arrival_date"
    event_date: Final = "event_date"
    # history (one row per user, item and day)
    purchases: Final = "purchases"
    quantity: Final = "quantity"
    revenue: Final = "revenue"
    rating: Final = "rating"
    # items
    item_name: Final = "item_name"
    item_brand: Final = "item_brand"
    item_category: Final = "item_category"
    item_category2: Final = "item_category2"
    item_category3: Final = "item_category3"
    description: Final = "description"
    created_date: Final = "created_date"
    is_recommendable: Final = "is_recommendable"
    # shoppers
    is_registered: Final = "is_registered"
    country: Final = "country"
    language: Final = "language"
    last_channel: Final = "last_channel"
    last_store_id: Final = "last_store_id"
    # features (as of a day, over the days before it)
    purchases_7d: Final = "purchases_7d"
    purchases_28d: Final = "purchases_28d"
    purchases_90d: Final = "purchases_90d"
    purchases_365d: Final = "purchases_365d"
    buyers_28d: Final = "buyers_28d"
    buyers_365d: Final = "buyers_365d"
    repeat_buyers_365d: Final = "repeat_buyers_365d"
    new_buyer_rate_28d: Final = "new_buyer_rate_28d"
    purchase_days_365d: Final = "purchase_days_365d"
    revenue_7d: Final = "revenue_7d"
    revenue_28d: Final = "revenue_28d"
    revenue_365d: Final = "revenue_365d"
    quantity_28d: Final = "quantity_28d"
    trend_7d: Final = "trend_7d"
    due_ratio: Final = "due_ratio"
    mean_days_between_purchases: Final = "mean_days_between_purchases"
    days_since_last_purchase: Final = "days_since_last_purchase"
    days_since_first_purchase: Final = "days_since_first_purchase"
    decayed_purchase_days_14d: Final = "decayed_purchase_days_14d"
    decayed_purchase_days_30d: Final = "decayed_purchase_days_30d"
    decayed_purchase_days_90d: Final = "decayed_purchase_days_90d"
    group_level: Final = "group_level"
    group_id: Final = "group_id"
    # daily volume (one row per arrival date)
    events: Final = "events"
    refused: Final = "refused"
    users: Final = "users"
    # ranked lists
    placement: Final = "placement"
    rank: Final = "rank"
    score: Final = "score"
    probability: Final = "probability"
    horizon_days: Final = "horizon_days"
    propensity: Final = "propensity"
    candidate_source: Final = "candidate_source"
    reason_code: Final = "reason_code"
    reason_text: Final = "reason_text"
    evidence_item_ids: Final = "evidence_item_ids"
    source: Final = "source"
    version: Final = "version"
    relation: Final = "relation"
    support: Final = "support"
    confidence: Final = "confidence"
    lift: Final = "lift"
    scope: Final = "scope"
    trend: Final = "trend"
    layout: Final = "layout"
    row: Final = "row"
    position: Final = "position"
    places: Final = "places"
    is_fixed: Final = "is_fixed"
    # policy
    model_name: Final = "model_name"
    recipe: Final = "recipe"
    rules_hash: Final = "rules_hash"
    mode: Final = "mode"
    code_revision: Final = "code_revision"
    objective: Final = "objective"
    # rules
    rule_id: Final = "rule_id"
    rule_type: Final = "rule_type"
    item_field: Final = "item_field"
    item_value: Final = "item_value"
    amount: Final = "amount"
    shelf_position: Final = "shelf_position"
    window_days: Final = "window_days"
    purpose: Final = "purpose"
    is_in_force: Final = "is_in_force"
    rules_applied: Final = "rules_applied"
    rank_before_rules: Final = "rank_before_rules"
    # what rules look at
    price: Final = "price"
    unit_cost: Final = "unit_cost"
    mean_price_28d: Final = "mean_price_28d"
    mean_price_365d: Final = "mean_price_365d"
    is_promoted_next_7d: Final = "is_promoted_next_7d"
    is_granted: Final = "is_granted"


DEFAULT_OWNER: Final = "marketing analytics"


class Kind(StrEnum):
    """What a published column holds; ``Table.schema`` says which type of polars that is."""

    TEXT = "text"
    TEXTS = "list of texts"
    COUNT = "64-bit integer"
    RANK = "32-bit integer"
    NUMBER = "64-bit float"
    DAY = "date"
    FLAG = "boolean"
    BYTES = "bytes"


@dataclass(frozen=True)
class Column:
    """A column of a published table.

    Attributes:
        unit: of numbers, such as ``days`` or ``share of 1``; empty where there is none.
    """

    name: str
    kind: Kind
    description: str
    unit: str = ""

    @property
    def meaning(self) -> str:
        """The description and the unit in one line, as lists of columns and tooltips show them."""
        return f"{self.description} [{self.unit}]" if self.unit else self.description


@dataclass(frozen=True)
class Table:
    """A published table. Importing one loads no library.

    Attributes:
        key: the columns that identify a row; they come first and the table is sorted by them.
        columns: all columns, in order.
        description: what a row is.
        person: the column with the id of the shopper whom the row is about; empty where rows are about nobody.
        version: raised when columns change: the major part when one is removed or gets another type, else the minor.
        kept_days: of how many newest days it is kept; None: as long as the version that it is part of.
        owner: the role, never a person, that decides what the table means and answers questions about it.
    """

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    description: str
    person: str = ""
    version: str = "1.0"
    kept_days: int | None = None
    owner: str = DEFAULT_OWNER

    def column(self, name: str) -> Column:
        """The column of that name.

        Raises:
            InvalidTable: the table has none.
        """
        found = next((column for column in self.columns if column.name == name), None)
        if found is None:
            raise self._invalid(f"one of {', '.join(column.name for column in self.columns)}", name)
        return found

    @cached_property
    def schema(self) -> dict[str, pl.DataType]:
        """The type of each column, in order."""
        import polars as pl

        types = {
            Kind.TEXT: pl.String(),
            Kind.TEXTS: pl.List(pl.String()),
            Kind.COUNT: pl.Int64(),
            Kind.RANK: pl.Int32(),
            Kind.NUMBER: pl.Float64(),
            Kind.DAY: pl.Date(),
            Kind.FLAG: pl.Boolean(),
            Kind.BYTES: pl.Binary(),
        }
        return {column.name: types[column.kind] for column in self.columns}

    def checked(self, frame: pl.DataFrame) -> pl.DataFrame:
        """``frame`` with exactly these columns, sorted by the key.

        Raises:
            InvalidTable: a column is missing, a type does not fit, or a key is null or repeated.
        """
        from ml.table_check import checked

        return checked(frame, self.schema, self.key, self._invalid)

    def scanned(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """What ``checked`` gives, read lazily: of rows that are stored as it gives them only the key is held in memory.

        Raises:
            InvalidTable: as for ``checked``.
        """
        from ml.table_check import scanned

        return scanned(rows, self.schema, self.key, self._invalid)

    def empty(self) -> pl.DataFrame:
        """A frame of this table without rows."""
        import polars as pl

        return pl.DataFrame(schema=self.schema)

    def _invalid(self, expected: str, found: str) -> InvalidTable:
        return InvalidTable(self.name, expected=expected, found=found, remedy="Mend the code that made the table")
