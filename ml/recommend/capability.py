"""What ``recommend`` publishes, reads and runs."""

from __future__ import annotations

from typing import Final

from ml.capability import Capability, Training
from ml.recommend.model import MODEL
from ml.recommend.outputs import (
    DEFAULT_SHELF,
    ITEM_VECTOR,
    PAGE_SLOT,
    POLICY,
    POPULAR_ITEM,
    PURCHASE_PROBABILITY,
    RECOMMENDATION,
    SIMILAR_ITEM,
)
from ml.warehouse import slices

RECOMMEND: Final = Capability(
    name="recommend",
    description="Shelves with reasons, similar items, popular items, probabilities of purchases, items as vectors",
    outputs=(
        *(RECOMMENDATION, DEFAULT_SHELF, PAGE_SLOT, SIMILAR_ITEM, POPULAR_ITEM, POLICY),
        *(PURCHASE_PROBABILITY, ITEM_VECTOR),
    ),
    reads=(
        *(slices.HISTORY, slices.RATING, slices.DIM_ITEM, slices.DIM_USER),
        *(slices.FEAT_USER, slices.FEAT_ITEM, slices.FEAT_USER_ITEM, slices.FEAT_USER_GROUP),
        slices.FEAT_EXPOSURE,
        *(slices.DIM_RULE, slices.DIM_LAYOUT, slices.DIM_CONSENT, slices.DAILY_VOLUME),
    ),
    compute="ml.recommend.daily:compute",
    training=Training(
        days="ml.recommend.training:training_days",
        fit="ml.recommend.training:train",
        promote="ml.recommend.promotion:promote_candidate",
        review="ml.recommend.review.findings:findings",
    ),
    models=(MODEL,),
    settings=(
        *("timezone", "id_words", "purchase_events", "liked_from", "placements", "k", "objectives", "language"),
        *("seed", "evaluation_days", "history_days", "knowledge"),
    ),
    changes="ml.recommend.changes.sections:sections",
    pages="ml.recommend.pages.all:pages",
    shopper="ml.recommend.pages.shopper:shopper",
    published="ml.recommend.policy_links:link_published",
    dag="build_shelves",
    training_dag="train_recommenders",
    reviewing_dag="review_candidate",
)
