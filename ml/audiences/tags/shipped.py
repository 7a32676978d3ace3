"""The tags that Shelduck ships. A landed row of the same ``tag_id`` replaces one, or switches it off.

They name only what purchases, campaigns and predictions can show, never who somebody is. Where a shop's currency or
rhythm would decide, they ask for percentiles; habits of weekday, hour and store ask for enough baskets that chance
seldom makes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ml.words import Words


@dataclass(frozen=True)
class Definition:
    """A tag that a condition decides.

    Attributes:
        minimum_support: purchase lines in 365 days below which nobody gets it; 0: it counts none.
    """

    tag_id: str
    name: Words
    condition: str
    minimum_support: int = 0


def _tag(tag_id: str, english: str, chinese: str, condition: str, support: int = 0) -> Definition:
    return Definition(tag_id, Words(english, chinese), condition, support)


SHIPPED: Final = (
    # when they buy
    _tag(
        "weekend_shopper",
        "Weekend shopper",
        "周末购物者",
        "preferred_weekday in (6, 7) and preferred_weekday_share >= 33 % and baskets_365d >= 24",
    ),
    _tag(
        "fixed_weekday",
        "Keeps to one weekday",
        "固定星期购物",
        "preferred_weekday_share >= 40 % and baskets_365d >= 24",
    ),
    _tag(
        "morning_shopper",
        "Morning shopper",
        "早晨购物者",
        "preferred_hour between 5 and 10 and preferred_hour_share >= 20 % and baskets_365d >= 24",
    ),
    _tag(
        "night_shopper",
        "Night shopper",
        "夜间购物者",
        "(preferred_hour >= 21 or preferred_hour <= 4) and preferred_hour_share >= 20 % and baskets_365d >= 24",
    ),
    _tag("frequent_shopper", "Frequent shopper", "高频购物者", "purchase_days_365d_percentile >= 90 %"),
    _tag("regular", "Regular", "规律购物者", "purchase_regularity >= .6 and purchase_days_365d >= 12"),
    _tag("overdue", "Overdue", "逾期未购", "overdue_ratio >= 3 and purchase_days_365d >= 4"),
    # how much
    _tag("big_baskets", "Big baskets", "大额购物篮", "mean_basket_value_365d_percentile >= 85 % and baskets_365d >= 5"),
    _tag(
        "small_frequent_baskets",
        "Small baskets, often",
        "小额高频",
        "mean_basket_value_365d_percentile <= 40 % and frequency_score = 5",
    ),
    _tag("top_spender", "Top spender", "高消费", "revenue_365d_percentile >= 95 %"),
    _tag("high_value", "High value ahead", "未来高价值", "predicted_clv_90d_percentile >= 90 %"),
    _tag(
        "growing", "Buys more than before", "购买上升", "recent_share >= 40 % and days_since_first_purchase >= 270", 20
    ),
    _tag("slowing_down", "Buys less than before", "购买下降", "recent_share <= 12 % and recency_score >= 2", 20),
    # stage of life
    _tag("newcomer", "Newcomer", "新客", "lifecycle_stage = 'new'"),
    _tag("one_time_buyer", "Bought once", "一次性购买者", "purchase_days_365d = 1"),
    _tag("likely_to_leave", "Likely to leave", "可能流失", "churn_probability >= 50 %"),
    # prices and coupons
    _tag(
        "price_sensitive",
        "Price-sensitive",
        "价格敏感",
        "price_index_percentile <= 33 % and discount_share_365d_percentile >= 60 %",
        20,
    ),
    _tag("premium_buyer", "Buys the dearer items", "偏好高价商品", "price_index_percentile >= 85 %", 20),
    _tag("discount_seeker", "Discount seeker", "追求折扣", "discount_share_365d_percentile >= 85 %", 20),
    _tag("full_price_buyer", "Pays full price", "全价购买", "discount_share_365d_percentile <= 15 %", 20),
    _tag("coupon_redeemer", "Redeems coupons", "使用优惠券", "redemptions_365d >= 2"),
    _tag(
        "ignores_coupons",
        "Gets campaigns, redeems nothing",
        "收到活动但不用券",
        "campaigns_365d >= 4 and redemptions_365d = 0",
    ),
    # what and where
    _tag("explorer", "Explorer of many subcategories", "多品类探索者", "subcategories_365d_percentile >= 90 %"),
    _tag("specialist", "Specialist", "专一品类", "top_subcategory_1_share >= 25 %", 20),
    _tag("brand_loyal", "Loyal to one brand", "品牌忠诚", "top_brand_1_share >= 40 %", 30),
    _tag("store_loyal", "Loyal to one store", "门店忠诚", "preferred_store_share >= 98 % and baskets_365d >= 24"),
    _tag(
        "store_hopper", "Shops in many stores", "多门店购物者", "preferred_store_share <= 45 % and baskets_365d >= 24"
    ),
)
"""Sorted by what they are about."""
