"""What ``audiences`` publishes, reads, learns and runs."""

from __future__ import annotations

from typing import Final

from ml.audiences.outputs import TABLES
from ml.audiences.segments.columns import FEAT_CUSTOMER, PURCHASE_DAY
from ml.audiences.segments.model import MODEL
from ml.capability import Capability, Training
from ml.warehouse import slices

DIM_TAG: Final = "dim_tag"
DIM_AUDIENCE: Final = "dim_audience"
DIM_AUDIENCE_USER: Final = "dim_audience_user"
CUSTOMER_AFFINITY: Final = "customer_affinity"
AFFINITY_BASE: Final = "affinity_base"

AUDIENCES: Final = Capability(
    name="audiences",
    description="Tags, segments and audiences of shoppers: who belongs to each, why, and who joined and left",
    outputs=TABLES,
    reads=(
        *(FEAT_CUSTOMER, PURCHASE_DAY),
        *("customer_profile", DIM_TAG, DIM_AUDIENCE, DIM_AUDIENCE_USER),
        *(CUSTOMER_AFFINITY, AFFINITY_BASE),
        *(slices.DIM_CONSENT, slices.DIM_ITEM, slices.DAILY_VOLUME),
        *(slices.FEAT_USER_ITEM, slices.HISTORY, slices.RATING),
    ),
    compute="ml.audiences.daily:compute",
    compares=(1, 7, 28),
    compared=("customer_profile", CUSTOMER_AFFINITY),
    needs=("interactions",),
    upstream=("recommend", "predictions"),
    training=Training(
        days="ml.audiences.segments.training:training_days",
        fit="ml.audiences.segments.training:train",
        promote="ml.audiences.segments.promotion:promote_candidate",
        review="ml.audiences.review:findings",
    ),
    models=(MODEL,),
    settings=(
        *("timezone", "id_words", "purchase_events", "consent", "minimum_audience", "seed"),
        *("history_days", "knowledge", "placements"),
    ),
    pages="ml.audiences.pages.page:pages",
    shopper="ml.audiences.pages.shopper:shopper",
)
