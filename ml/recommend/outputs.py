"""The published tables of ``recommend``."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ml.recommend.text_vectors.columns import VectorCol
from ml.tables import Col, Column, Kind, Table

_DATA_SCIENCE: Final = "data science"
_PLACEMENT: Final = Column(
    Col.placement, Kind.TEXT, "Which list of the shop it is, such as for_you; docs/placements.md describes them."
)
_USER: Final = Column(Col.user_id, Kind.TEXT, "Id of the shopper, as landed (pseudonymous).")
_ITEM: Final = Column(Col.item_id, Kind.TEXT, "Id of the item, as in the catalogue.")
_POLICY_ID: Final = Column(
    Col.policy_id, Kind.TEXT, "Id of the policy that made the row; the table policy says what it is made of."
)
_AS_OF: Final = Column(
    Col.as_of_date,
    Kind.DAY,
    "The day D of the version: the row is made from what had arrived by the end of D, for use on D + 1.",
)
_RECOMMENDATION_ID: Final = Column(
    Col.recommendation_id,
    Kind.TEXT,
    "Id of this recommendation; land it with clicks and purchases to measure what it earned.",
)
_RANK: Final = Column(Col.rank, Kind.RANK, "Place in the list; 1 is the best.", "place, from 1")

_SHELF: Final = (
    _RECOMMENDATION_ID,
    _ITEM,
    Column(Col.item_name, Kind.TEXT, "Name of the item in the catalogue."),
    Column(
        Col.score,
        Kind.NUMBER,
        "What the recommender ranked the item by: of a two-stage recommender the calibrated probability of a purchase "
        "within the horizon (SHELDUCK_EVALUATION_DAYS); of others only the order within one list means something.",
        "share of 1, or the recommender's own scale",
    ),
    Column(
        Col.propensity,
        Kind.NUMBER,
        "Probability with which this item was drawn for this place; 1 where none is drawn. Land it with impressions.",
        "share of 1",
    ),
    Column(
        Col.candidate_source,
        Kind.TEXT,
        "Name of the recommender or source that proposed the item, such as popularity or rule:pin.",
    ),
    Column(
        Col.rank_before_rules,
        Kind.RANK,
        "Place that the item had before business rules; null where a rule brought it in.",
        "place, from 1",
    ),
    Column(Col.rules_applied, Kind.TEXTS, "Ids of the business rules that moved the item; empty where none did."),
    Column(Col.reason_code, Kind.TEXT, "Kind of reason for the item; docs/reasons.md lists them."),
    Column(Col.reason_text, Kind.TEXT, "The reason in words, as a shopper may read it."),
    Column(Col.evidence_item_ids, Kind.TEXTS, "Ids of items that the shopper chose earlier and that the reason names."),
    _POLICY_ID,
    _AS_OF,
)

RECOMMENDATION: Final = Table(
    "recommendation",
    (Col.placement, Col.user_id, Col.rank),
    (_PLACEMENT, _USER, _RANK, *_SHELF),
    "One row per placement, shopper and rank: the shelves, each item with its score and the reason for it.",
    person=Col.user_id,
)
DEFAULT_SHELF: Final = Table(
    "default_shelf",
    (Col.placement, Col.rank),
    (_PLACEMENT, _RANK, *_SHELF),
    "One row per placement and rank: what to show to shoppers without a shelf of their own.",
)
PAGE_SLOT: Final = Table(
    "page_slot",
    (Col.layout, Col.user_id, Col.row, Col.position),
    (
        Column(Col.layout, Kind.TEXT, "Name of the screen, such as home; docs/layouts.md describes them."),
        replace(
            _USER,
            description="Id of the shopper; an empty text is the screen of shoppers without a shelf of their own.",
        ),
        Column(Col.row, Kind.RANK, "Row of the screen.", "place, from 1"),
        Column(Col.position, Kind.RANK, "Place in the row of the screen.", "place, from 1"),
        _PLACEMENT,
        _ITEM,
        _RECOMMENDATION_ID,
        _AS_OF,
    ),
    "One row per layout, shopper, row and position: finished screens, on which no item stands twice.",
    person=Col.user_id,
)
SIMILAR_ITEM: Final = Table(
    "similar_item",
    (Col.relation, Col.item_id, Col.rank),
    (
        Column(
            Col.relation,
            Kind.TEXT,
            "How the items are related: similar (the same shoppers buy both), bought_together (on one day), substitute "
            "or complement; or by their texts, similar_text, where an item has no other list. docs/reasons.md "
            "defines each.",
        ),
        _ITEM,
        _RANK,
        Column(Col.related_item_id, Kind.TEXT, "Id of the item to offer beside item_id."),
        Column(
            Col.score,
            Kind.NUMBER,
            "What the list is sorted by; compare it within one relation only.",
            "the relation's own scale",
        ),
        Column(
            Col.support,
            Kind.COUNT,
            "Evidence for the pair: shoppers who bought both; of bought_together and complement days of a shopper on "
            "which both were bought. Null of similar_text, as are confidence and lift: no purchase says so.",
            "shoppers or shopper-days",
        ),
        Column(
            Col.confidence,
            Kind.NUMBER,
            "Support as a share of the shoppers, or shopper-days, with item_id.",
            "share of 1",
        ),
        Column(Col.lift, Kind.NUMBER, "How many times as often both were bought as they would be by chance.", "times"),
    ),
    "One row per relation, item and rank: which items to offer beside an item.",
    version="1.1",
)
ITEM_VECTOR: Final = Table(
    "item_vector",
    (Col.item_id, VectorCol.kind),
    (
        _ITEM,
        Column(
            VectorCol.kind,
            Kind.TEXT,
            "What the vector is of: text (what the catalogue says of the item) or behaviour (who buys it).",
        ),
        Column(
            VectorCol.encoder,
            Kind.TEXT,
            "What made the vector: of texts use-multilingual-3, or hashed-tfidf where the extra text is not installed; "
            "of behaviour the recommender whose factors it is. Vectors of one encoder can be compared.",
        ),
        Column(
            VectorCol.vector,
            Kind.BYTES,
            "The vector, a signed byte per number: the cosine of two is their similarity. Of texts 512 numbers; "
            "docs/text-vectors.md says how to read it.",
        ),
    ),
    "One row per recommendable item and kind: the item as a vector. Behaviour only where a recommender of the policy "
    "has learned factors of items.",
    owner=_DATA_SCIENCE,
)
POPULAR_ITEM: Final = Table(
    "popular_item",
    (Col.scope, Col.rank),
    (
        Column(
            Col.scope,
            Kind.TEXT,
            "Which items are compared: all, or those of one category, as category:<item_category>.",
        ),
        _RANK,
        _ITEM,
        Column(Col.score, Kind.NUMBER, "Shoppers who bought the item in the last 28 days.", "shoppers"),
        Column(
            Col.trend,
            Kind.NUMBER,
            "Days on which a shopper bought it, per day of the last 7 ÷ per day of the last 28; above 1 sales rise.",
            "times",
        ),
    ),
    "One row per scope and rank: the items that most shoppers bought lately, overall and by category.",
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
        Column(
            Col.horizon_days,
            Kind.RANK,
            "Length of the horizon: the purchase falls on one of so many days after as_of_date.",
            "days",
        ),
        _POLICY_ID,
        _AS_OF,
    ),
    "One row per shopper and item that the ranker scored: how likely the purchase is, business rules aside. Empty "
    "where no recommender of the policy gives probabilities.",
    person=Col.user_id,
    kept_days=7,
    owner=_DATA_SCIENCE,
)
POLICY: Final = Table(
    "policy",
    (Col.policy_id, Col.placement),
    (
        replace(_POLICY_ID, description="Id of the policy: a hash of its model, rules, mode and code."),
        _PLACEMENT,
        Column(Col.model_name, Kind.TEXT, "Name of the registered model; rules where no model is effective yet."),
        Column(Col.recipe, Kind.TEXT, "Name of the recommender that ranks the placement."),
        Column(
            Col.objective,
            Kind.TEXT,
            "What the placement is ranked for: purchase (the likeliest), revenue or margin (the most money expected).",
        ),
        Column(
            Col.rules_hash,
            Kind.TEXT,
            "Hash of the placement's definition and of the business rules in force: it changes when either does.",
        ),
        Column(Col.mode, Kind.TEXT, "explore where a rule has places drawn by chance, else exploit."),
        Column(Col.code_revision, Kind.TEXT, "Hash of the code that decided the rows; equal hashes mean equal code."),
    ),
    "One row per placement: the policy of the day, which recommender serves it and which rules and code decided.",
    owner=_DATA_SCIENCE,
)
