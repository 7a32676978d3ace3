"""Names of the columns that only ``customer_profile`` has, and of the life-cycle stages."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Profile:
    """Column names; the shopper, the day and features that others read too are in ``ml.tables.Col``."""

    # life cycle
    lifecycle_stage: Final = "lifecycle_stage"
    # recency, frequency, monetary
    days_since_last_purchase: Final = "days_since_last_purchase"
    days_since_first_purchase: Final = "days_since_first_purchase"
    purchase_days_90d: Final = "purchase_days_90d"
    baskets_90d: Final = "baskets_90d"
    baskets_365d: Final = "baskets_365d"
    revenue_90d: Final = "revenue_90d"
    mean_basket_value_365d: Final = "mean_basket_value_365d"
    recency_score: Final = "recency_score"
    frequency_score: Final = "frequency_score"
    monetary_score: Final = "monetary_score"
    # rhythm
    mean_days_between_purchases: Final = "mean_days_between_purchases"
    std_days_between_purchases: Final = "std_days_between_purchases"
    purchase_regularity: Final = "purchase_regularity"
    expected_days_between_purchases: Final = "expected_days_between_purchases"
    days_until_next_purchase: Final = "days_until_next_purchase"
    overdue_ratio: Final = "overdue_ratio"
    # preferences
    preferred_weekday: Final = "preferred_weekday"
    preferred_weekday_share: Final = "preferred_weekday_share"
    preferred_hour: Final = "preferred_hour"
    preferred_hour_share: Final = "preferred_hour_share"
    preferred_channel: Final = "preferred_channel"
    preferred_channel_share: Final = "preferred_channel_share"
    preferred_store_id: Final = "preferred_store_id"
    preferred_store_share: Final = "preferred_store_share"
    # price and discount
    price_index: Final = "price_index"
    price_band: Final = "price_band"
    discount_share_90d: Final = "discount_share_90d"
    discount_share_365d: Final = "discount_share_365d"
    # affinities
    top_category_1: Final = "top_category_1"
    top_category_1_share: Final = "top_category_1_share"
    top_category_2: Final = "top_category_2"
    top_category_2_share: Final = "top_category_2_share"
    top_category_3: Final = "top_category_3"
    top_category_3_share: Final = "top_category_3_share"
    top_subcategory_1: Final = "top_subcategory_1"
    top_subcategory_1_share: Final = "top_subcategory_1_share"
    top_subcategory_2: Final = "top_subcategory_2"
    top_subcategory_2_share: Final = "top_subcategory_2_share"
    top_subcategory_3: Final = "top_subcategory_3"
    top_subcategory_3_share: Final = "top_subcategory_3_share"
    top_brand_1: Final = "top_brand_1"
    top_brand_1_share: Final = "top_brand_1_share"
    top_brand_2: Final = "top_brand_2"
    top_brand_2_share: Final = "top_brand_2_share"
    top_brand_3: Final = "top_brand_3"
    top_brand_3_share: Final = "top_brand_3_share"
    # campaigns
    campaigns_90d: Final = "campaigns_90d"
    campaigns_365d: Final = "campaigns_365d"
    running_campaigns: Final = "running_campaigns"
    sends_90d: Final = "sends_90d"
    sends_365d: Final = "sends_365d"
    opens_365d: Final = "opens_365d"
    clicks_365d: Final = "clicks_365d"
    conversions_365d: Final = "conversions_365d"
    redemptions_365d: Final = "redemptions_365d"
    open_rate_365d: Final = "open_rate_365d"
    click_rate_365d: Final = "click_rate_365d"
    redemption_rate_365d: Final = "redemption_rate_365d"
    days_since_last_send: Final = "days_since_last_send"
    days_since_last_redemption: Final = "days_since_last_redemption"


class Stage(StrEnum):
    """Values of ``lifecycle_stage``; ``docs/profile.md`` defines them."""

    PROSPECT = "prospect"
    NEW = "new"
    ACTIVE = "active"
    AT_RISK = "at_risk"
    LAPSED = "lapsed"
