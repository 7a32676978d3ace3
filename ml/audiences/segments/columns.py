"""Names of the columns of profile, predictions and purchases that segments are made from."""

from __future__ import annotations

from typing import Final


class Known:
    """What is known of a shopper; capabilities do not import each other, they meet in columns."""

    lifecycle_stage: Final = "lifecycle_stage"
    days_since_first_purchase: Final = "days_since_first_purchase"
    days_since_last_purchase: Final = "days_since_last_purchase"
    purchase_days_90d: Final = "purchase_days_90d"
    purchase_days_365d: Final = "purchase_days_365d"
    mean_basket_value_365d: Final = "mean_basket_value_365d"
    revenue_90d: Final = "revenue_90d"
    revenue_365d: Final = "revenue_365d"
    recency_score: Final = "recency_score"
    frequency_score: Final = "frequency_score"
    monetary_score: Final = "monetary_score"
    overdue_ratio: Final = "overdue_ratio"
    purchase_regularity: Final = "purchase_regularity"
    price_index: Final = "price_index"
    discount_share_365d: Final = "discount_share_365d"
    preferred_store_share: Final = "preferred_store_share"
    top_category_1_share: Final = "top_category_1_share"
    redemptions_365d: Final = "redemptions_365d"
    clicks_365d: Final = "clicks_365d"
    churn_probability: Final = "churn_probability"
    predicted_clv_90d: Final = "predicted_clv_90d"
    lifetime_days_since_first_purchase: Final = "lifetime_days_since_first_purchase"


FEAT_CUSTOMER: Final = "feat_customer"
PURCHASE_DAY: Final = "customer_purchase_day"
PROFILE: Final = "customer_profile"
