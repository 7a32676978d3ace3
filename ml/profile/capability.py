"""What ``profile`` publishes, reads and runs."""

from __future__ import annotations

from typing import Final

from ml.capability import Capability
from ml.profile.outputs import CUSTOMER_PROFILE
from ml.warehouse import slices

PROFILE: Final = Capability(
    name="profile",
    description="One row per shopper: recency, rhythm, preferences, affinities, campaigns, life-cycle stage",
    outputs=(CUSTOMER_PROFILE,),
    reads=(CUSTOMER_PROFILE.name, slices.DAILY_VOLUME),
    compute="ml.profile.daily:compute",
    needs=("interactions",),
    settings=("timezone", "id_words", "purchase_events"),
    pages="ml.profile.pages.page:pages",
    shopper="ml.profile.pages.shopper:shopper",
)
