"""What ``audiences`` publishes, reads, learns and runs."""

from __future__ import annotations

from typing import Final

from ml.audiences.outputs import TABLES
from ml.capability import Capability
from ml.warehouse import slices

DIM_TAG: Final = "dim_tag"
DIM_AUDIENCE: Final = "dim_audience"
DIM_AUDIENCE_USER: Final = "dim_audience_user"

AUDIENCES: Final = Capability(
    name="audiences",
    description="Tags, segments and audiences of shoppers: who belongs to each, why, and who joined and left",
    outputs=TABLES,
    reads=(
        *("customer_profile", DIM_TAG, DIM_AUDIENCE, DIM_AUDIENCE_USER),
        *(slices.DIM_CONSENT, slices.DIM_ITEM, slices.DAILY_VOLUME),
    ),
    compute="ml.audiences.daily:compute",
    compares=(1, 7, 28),
    compared=("customer_profile",),
    needs=("interactions",),
    upstream=("recommend", "predictions"),
    settings=("timezone", "id_words", "purchase_events", "consent", "minimum_audience", "seed"),
    pages="ml.audiences.pages.page:pages",
    shopper="ml.audiences.pages.shopper:shopper",
)
