"""What the page Profiles calls columns and values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ml.profile.columns import Profile, Stage
from ml.tables import Col
from ml.words import Text, Words

STAGES: Final[Mapping[str, Text]] = {
    Stage.PROSPECT: Words("Prospect", "潜在顾客"),
    Stage.NEW: Words("New", "新顾客"),
    Stage.ACTIVE: Words("Active", "活跃"),
    Stage.AT_RISK: Words("At risk", "有流失风险"),
    Stage.LAPSED: Words("Lapsed", "已流失"),
}
WEEKDAYS: Final[Mapping[int, Text]] = {
    1: Words("Monday", "周一"),
    2: Words("Tuesday", "周二"),
    3: Words("Wednesday", "周三"),
    4: Words("Thursday", "周四"),
    5: Words("Friday", "周五"),
    6: Words("Saturday", "周六"),
    7: Words("Sunday", "周日"),
}
BANDS: Final[Mapping[str, Text]] = {
    "low": Words("low", "低"),
    "medium": Words("medium", "中"),
    "high": Words("high", "高"),
}
COLUMNS: Final[Mapping[str, Text]] = {
    Profile.lifecycle_stage: Words("Stage", "阶段"),
    Profile.days_since_last_purchase: Words("Days since the last purchase", "距上次购买天数"),
    Profile.days_since_first_purchase: Words("Days since the first purchase", "距首次购买天数"),
    Col.purchase_days_365d: Words("Days with a purchase in a year", "一年内有购买的天数"),
    Profile.baskets_365d: Words("Baskets in a year", "一年内购物次数"),
    Col.revenue_365d: Words("Paid in a year", "一年内消费金额"),
    Profile.mean_basket_value_365d: Words("Paid per basket", "每次购物金额"),
    Profile.recency_score: Words("Recency (fifth)", "近度（五分位）"),
    Profile.frequency_score: Words("Frequency (fifth)", "频度（五分位）"),
    Profile.monetary_score: Words("Money (fifth)", "金额（五分位）"),
    Profile.mean_days_between_purchases: Words("Days between purchases", "购买间隔天数"),
    Profile.purchase_regularity: Words("Regularity, 0 to 1", "规律性（0 到 1）"),
    Profile.days_until_next_purchase: Words("Days until the next purchase", "距下次购买天数"),
    Profile.preferred_weekday: Words("Usual day of the week", "常购星期"),
    Profile.preferred_hour: Words("Usual hour", "常购时段"),
    Profile.preferred_channel: Words("Usual channel", "常用渠道"),
    Profile.preferred_store_id: Words("Usual store", "常去门店"),
    Profile.price_index: Words("Position by price, 0 to 1", "价格偏好（0 到 1）"),
    Profile.price_band: Words("Price band", "价格档位"),
    Profile.discount_share_365d: Words("Share bought at a discount", "折扣占比"),
    Profile.top_category_1: Words("First category", "首选品类"),
    Profile.top_category_2: Words("Second category", "第二品类"),
    Profile.top_category_3: Words("Third category", "第三品类"),
    Profile.top_subcategory_1: Words("First subcategory", "首选子品类"),
    Profile.top_brand_1: Words("First brand", "首选品牌"),
    Profile.top_brand_2: Words("Second brand", "第二品牌"),
    Profile.top_brand_3: Words("Third brand", "第三品牌"),
    Profile.campaigns_365d: Words("Campaigns received in a year", "一年内收到的营销活动"),
    Profile.redemptions_365d: Words("Coupons redeemed in a year", "一年内使用的优惠券"),
}
