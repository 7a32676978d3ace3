"""What ``assistant`` publishes and reads."""

from __future__ import annotations

from typing import Final

from ml.assistant.outputs import TABLES
from ml.capability import Capability
from ml.warehouse import slices

DIM_SHOP_DOCUMENT: Final = "dim_shop_document"

ASSISTANT: Final = Capability(
    name="assistant",
    description="What a chatbot may know of customers and products, and passages that answer questions",
    outputs=TABLES,
    reads=(
        *(DIM_SHOP_DOCUMENT, "customer_profile", slices.DIM_ITEM, slices.DIM_CONSENT),
        *(slices.HISTORY, slices.FEAT_USER_ITEM, slices.RATING),  # by which the gates judge the catalogue
    ),
    compute="ml.assistant.daily:compute",
    needs=("interactions",),
    upstream=("recommend", "audiences"),
    upstream_if_landed=("reviews",),
    settings=("consent",),
)
