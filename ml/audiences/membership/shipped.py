"""The audiences that every shop has until it lands its own: a landed row of the same id replaces one, or ends it.

They are code, so that the hash of the code changes with them.
"""

from __future__ import annotations

from typing import Final

from ml.audiences.columns import AudienceKind
from ml.audiences.membership.definitions import TOP_ITEMS, Definition
from ml.tables import Col
from ml.words import Words

SHIPPED: Final = (
    Definition(
        "lapsing_high_value",
        Words("High-value customers about to leave", "即将流失的高价值顾客"),
        condition="monetary_score >= 4 and lifecycle_stage = 'at_risk'",
    ),
    Definition(
        "newcomers",
        Words("Newcomers", "新顾客"),
        condition="lifecycle_stage = 'new'",
    ),
    Definition(
        "overdue_regulars",
        Words("Regular customers who are overdue", "逾期未购的常客"),
        condition="purchase_regularity >= .55 and purchase_days_365d >= 6 and overdue_ratio between 1.5 and 6",
    ),
    Definition(
        "best_customers",
        Words("Best customers", "最佳顾客"),
        condition="recency_score >= 4 and frequency_score >= 4 and monetary_score = 5",
    ),
    Definition(
        "bargain_hunters",
        Words("Bargain hunters", "优惠敏感顾客"),
        condition="discount_share_365d > .3 and purchase_days_365d >= 4",
    ),
    Definition(
        "likely_top_category",
        Words("Likely buyers of the top category", "最可能购买热门品类的顾客"),
        kind=AudienceKind.AFFINITY,
        item_field=Col.item_category2,
        item_value=TOP_ITEMS,
    ),
)
"""By what every shop with purchases knows; thresholds hold for a fifth or less of a usual shop's customers."""
