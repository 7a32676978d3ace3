"""The vocabulary of columns and the schemas of the published tables, in one place.

A table is validated where it is made: ``RECOMMENDATION.checked(frame)`` returns the frame with the
schema's column order and types, sorted by its key, or raises ``InvalidTable``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from ml.errors import InvalidTable


class Col:
    """Column names; no other module spells one as a literal."""

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
    purchases_365d: Final = "purchases_365d"
    purchase_days_365d: Final = "purchase_days_365d"
    revenue_7d: Final = "revenue_7d"
    revenue_28d: Final = "revenue_28d"
    revenue_365d: Final = "revenue_365d"
    quantity_28d: Final = "quantity_28d"
    trend_7d: Final = "trend_7d"
    due_ratio: Final = "due_ratio"
    # daily volume (one row per arrival date)
    events: Final = "events"
    refused: Final = "refused"
    users: Final = "users"
    # ranked lists
    placement: Final = "placement"
    rank: Final = "rank"
    score: Final = "score"
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
    is_promoted_next_7d: Final = "is_promoted_next_7d"
    is_granted: Final = "is_granted"


@dataclass(frozen=True)
class Table:
    """A published table: its name, key and typed columns (the key's columns first)."""

    name: str
    key: tuple[str, ...]
    schema: dict[str, pl.DataType]

    def checked(self, frame: pl.DataFrame) -> pl.DataFrame:
        """``frame`` with exactly this schema, sorted by the key.

        Raises:
            InvalidTable: a column is missing, a type does not fit, or a key is null or repeated.
        """
        missing = [column for column in self.schema if column not in frame.columns]
        if missing:
            raise self._invalid(f"columns {sorted(self.schema)}", f"no {', '.join(missing)}")
        try:
            typed = frame.select(pl.col(name).cast(kind) for name, kind in self.schema.items()).sort(self.key)
        except pl.exceptions.PolarsError as misfit:
            raise self._invalid("values that fit the schema", str(misfit).splitlines()[0]) from misfit
        if typed.select(pl.any_horizontal(pl.col(self.key).is_null()).any()).item():
            raise self._invalid(f"a complete key {self.key}", "a null in it")
        repeated = len(typed) - typed.n_unique(self.key)
        if repeated:
            raise self._invalid(f"one row per {self.key}", f"{repeated} repeated")
        return typed

    def empty(self) -> pl.DataFrame:
        """A frame of this schema without rows."""
        return pl.DataFrame(schema=self.schema)

    def _invalid(self, expected: str, found: str) -> InvalidTable:
        return InvalidTable(self.name, expected=expected, found=found, remedy="Mend the code that made the table")


_TEXT, _COUNT, _RATIO, _DAY = pl.String(), pl.Int64(), pl.Float64(), pl.Date()

RECOMMENDATION = Table(
    "recommendation",
    (Col.placement, Col.user_id, Col.rank),
    {
        Col.placement: _TEXT,
        Col.user_id: _TEXT,
        Col.rank: pl.Int32(),
        Col.recommendation_id: _TEXT,
        Col.item_id: _TEXT,
        Col.item_name: _TEXT,
        Col.score: _RATIO,
        Col.propensity: _RATIO,
        Col.candidate_source: _TEXT,
        Col.rank_before_rules: pl.Int32(),
        Col.rules_applied: pl.List(pl.String()),
        Col.reason_code: _TEXT,
        Col.reason_text: _TEXT,
        Col.evidence_item_ids: pl.List(pl.String()),
        Col.policy_id: _TEXT,
        Col.as_of_date: _DAY,
    },
)
DEFAULT_SHELF = Table(
    "default_shelf",
    (Col.placement, Col.rank),
    {name: kind for name, kind in RECOMMENDATION.schema.items() if name != Col.user_id},
)
SIMILAR_ITEM = Table(
    "similar_item",
    (Col.relation, Col.item_id, Col.rank),
    {
        Col.relation: _TEXT,
        Col.item_id: _TEXT,
        Col.rank: pl.Int32(),
        Col.related_item_id: _TEXT,
        Col.score: _RATIO,
        Col.support: _COUNT,
        Col.confidence: _RATIO,
        Col.lift: _RATIO,
    },
)
POPULAR_ITEM = Table(
    "popular_item",
    (Col.scope, Col.rank),
    {Col.scope: _TEXT, Col.rank: pl.Int32(), Col.item_id: _TEXT, Col.score: _RATIO, Col.trend: _RATIO},
)
POLICY = Table(
    "policy",
    (Col.policy_id, Col.placement),
    {
        Col.policy_id: _TEXT,
        Col.placement: _TEXT,
        Col.model_name: _TEXT,
        Col.recipe: _TEXT,
        Col.objective: _TEXT,
        Col.rules_hash: _TEXT,
        Col.mode: _TEXT,
        Col.code_revision: _TEXT,
    },
)
PAGE_SLOT = Table(
    "page_slot",
    (Col.layout, Col.user_id, Col.row, Col.position),
    {
        Col.layout: _TEXT,
        Col.user_id: _TEXT,
        Col.row: pl.Int32(),
        Col.position: pl.Int32(),
        Col.placement: _TEXT,
        Col.item_id: _TEXT,
        Col.recommendation_id: _TEXT,
        Col.as_of_date: _DAY,
    },
)
PUBLISHED: Final = (RECOMMENDATION, DEFAULT_SHELF, PAGE_SLOT, SIMILAR_ITEM, POPULAR_ITEM, POLICY)
