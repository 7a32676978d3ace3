"""What ``reviews`` publishes, reads, learns and runs."""

from __future__ import annotations

from typing import Final

from ml.capability import Capability, Training
from ml.reviews.columns import DIM_REVIEW_ASPECT, FCT_REVIEW
from ml.reviews.model import MODEL
from ml.reviews.outputs import TABLES
from ml.warehouse import slices

REVIEWS: Final = Capability(
    name="reviews",
    description="Sentiment, aspects and topics of reviews, and what is thought of each item, by week",
    outputs=TABLES,
    reads=(
        *(FCT_REVIEW, DIM_REVIEW_ASPECT, slices.DIM_ITEM),
        *(slices.HISTORY, slices.FEAT_USER_ITEM, slices.RATING),  # the gates of items and of the history read them
    ),
    compute="ml.reviews.daily:compute",
    needs=("reviews",),
    training=Training(
        days="ml.reviews.training:training_days",
        fit="ml.reviews.training:train",
        promote="ml.reviews.promotion:promote_candidate",
        review="ml.reviews.review:findings",
    ),
    models=(MODEL,),
    settings=("timezone", "id_words", "history_days", "knowledge", "liked_from", "seed"),
)
