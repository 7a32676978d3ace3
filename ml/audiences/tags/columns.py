"""Names of the columns that only affinities and the work on tags have."""

from __future__ import annotations

from typing import Final

from ml.audiences.columns import Aud
from ml.tables import Col


class Affinity:
    """Column names of ``customer_affinity`` and ``affinity_base``, and of what is computed from them."""

    purchase_days_90d: Final = "purchase_days_90d"
    purchases_squared: Final = "purchases_squared"
    purchases_by_all_purchases: Final = "purchases_by_all_purchases"
    # computed
    subcategories_365d: Final = "subcategories_365d"
    recent_share: Final = "recent_share"
    base_share: Final = "base_share"
    shape: Final = "shape"
    expected: Final = "expected"
    all_purchases: Final = "all_purchases"


ANY_ITEM: Final = "any"
"""``item_field`` of the rows about all items together."""
DESCRIBED: Final = (
    *(Aud.tag_id, Aud.name_en, Aud.name_zh, Aud.kind, Aud.condition, Col.item_field, Col.item_value),
    *(Aud.minimum_support, Aud.withheld),
)
"""The columns of ``tag`` that do not count members."""
