"""The published tables of ``recommend``."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ml.tables import Col, Column, Kind, Table

_PLACEMENT: Final = Column(Col.placement, Kind.TEXT, "The shelf, such as for_you.")
_USER: Final = Column(Col.user_id, Kind.TEXT, "The shopper.")
_ITEM: Final = Column(Col.item_id, Kind.TEXT, "The item.")
_POLICY_ID: Final = Column(Col.policy_id, Kind.TEXT, "The policy that made the row: see the table policy.")
_AS_OF: Final = Column(Col.as_of_date, Kind.DAY, "The day whose end the row knows; it is for use on the next one.")
_RECOMMENDATION_ID: Final = Column(
    Col.recommendation_id, Kind.TEXT, "Identifies the row; land it with clicks and purchases to measure what it earned."
)
_RANK: Final = Column(Col.rank, Kind.RANK, "Place in the list, from 1.")

_SHELF: Final = (
    _RECOMMENDATION_ID,
    _ITEM,
    Column(Col.item_name, Kind.TEXT, "Its name in the catalogue."),
    Column(
        Col.score,
        Kind.NUMBER,
        "What the item was ranked by: for a calibrated recommender the probability of a purchase within the window.",
    ),
    Column(Col.propensity, Kind.NUMBER, "Probability with which the item was drawn for this place.", "share of 1"),
    Column(Col.candidate_source, Kind.TEXT, "What proposed the item."),
    Column(Col.rank_before_rules, Kind.RANK, "Place without rules, from 1; null where rules brought the item in."),
    Column(Col.rules_applied, Kind.TEXTS, "Ids of the rules that moved the item."),
    Column(Col.reason_code, Kind.TEXT, "The kind of reason: docs/reasons.md lists them."),
    Column(Col.reason_text, Kind.TEXT, "The reason in words."),
    Column(Col.evidence_item_ids, Kind.TEXTS, "Items that the shopper chose and that the reason speaks of."),
    _POLICY_ID,
    _AS_OF,
)

RECOMMENDATION: Final = Table(
    "recommendation",
    (Col.placement, Col.user_id, Col.rank),
    (_PLACEMENT, _USER, _RANK, *_SHELF),
    "One row per placement, shopper and rank, with the reason for it.",
    person=Col.user_id,
)
DEFAULT_SHELF: Final = Table(
    "default_shelf",
    (Col.placement, Col.rank),
    (_PLACEMENT, _RANK, *_SHELF),
    "One row per placement and rank, for shoppers without a shelf of their own.",
)
PAGE_SLOT: Final = Table(
    "page_slot",
    (Col.layout, Col.user_id, Col.row, Col.position),
    (
        Column(Col.layout, Kind.TEXT, "The layout of the screen."),
        replace(_USER, description="The shopper; empty for those without a shelf."),
        Column(Col.row, Kind.RANK, "Row of the screen, from 1."),
        Column(Col.position, Kind.RANK, "Place in the row, from 1."),
        _PLACEMENT,
        _ITEM,
        _RECOMMENDATION_ID,
        _AS_OF,
    ),
    "One row per layout, shopper, row and position of the screen.",
    person=Col.user_id,
)
SIMILAR_ITEM: Final = Table(
    "similar_item",
    (Col.relation, Col.item_id, Col.rank),
    (
        Column(Col.relation, Kind.TEXT, "similar, bought_together, substitute or complement."),
        _ITEM,
        _RANK,
        Column(Col.related_item_id, Kind.TEXT, "The item that is offered beside it."),
        Column(Col.score, Kind.NUMBER, "What the list is sorted by; its scale depends on the relation."),
        Column(Col.support, Kind.COUNT, "Shoppers, or baskets, that the relation rests on."),
        Column(Col.confidence, Kind.NUMBER, "Of those with the item, the share with the related one.", "share of 1"),
        Column(Col.lift, Kind.NUMBER, "How much more often both occur than if they were independent.", "times"),
    ),
    "One row per relation (similar, bought together, substitute, complement), item and rank.",
)
POPULAR_ITEM: Final = Table(
    "popular_item",
    (Col.scope, Col.rank),
    (
        Column(Col.scope, Kind.TEXT, "all, or a category."),
        _RANK,
        _ITEM,
        Column(Col.score, Kind.NUMBER, "Shoppers who bought it in the last 28 days.", "shoppers"),
        Column(Col.trend, Kind.NUMBER, "Purchases per day of the last 7 days over those of the last 28.", "times"),
    ),
    "One row per scope and rank, with the trend of sales.",
)
PURCHASE_PROBABILITY: Final = Table(
    "purchase_probability",
    (Col.user_id, Col.item_id),
    (
        _USER,
        _ITEM,
        Column(
            Col.probability,
            Kind.NUMBER,
            "Calibrated probability that the shopper buys the item within the horizon, to four significant digits. A "
            "pair without a row is none of the candidates that the ranker scored, so it is less likely.",
            "share of 1",
        ),
        Column(Col.horizon_days, Kind.RANK, "The purchase is expected within so many days after the day.", "days"),
        _POLICY_ID,
        _AS_OF,
    ),
    "One row per shopper and item that the ranker scored, rules aside; empty where no recommender of the policy gives "
    "probabilities.",
    person=Col.user_id,
    kept_days=7,
)
POLICY: Final = Table(
    "policy",
    (Col.policy_id, Col.placement),
    (
        _POLICY_ID,
        _PLACEMENT,
        Column(Col.model_name, Kind.TEXT, "The registered model; rules where no model is effective."),
        Column(Col.recipe, Kind.TEXT, "The recommender that serves the placement."),
        Column(Col.objective, Kind.TEXT, "What the placement is ranked for: purchase, revenue or margin."),
        Column(Col.rules_hash, Kind.TEXT, "Hash of the placements' terms and the rules in force."),
        Column(Col.mode, Kind.TEXT, "explore where rules have places drawn by chance, else exploit."),
        Column(Col.code_revision, Kind.TEXT, "Hash of the code that decided the rows."),
    ),
    "One row per placement, with its recipe and the hash of the rules that the day follows.",
)
