"""The features that behavioural segments are learned from, and those that tell segments of any scheme apart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ml.audiences.segments.columns import Known
from ml.words import Words


class Form(StrEnum):
    """How people read a value."""

    NUMBER = "number"
    SHARE = "share"


@dataclass(frozen=True)
class Feature:
    """A column that shoppers differ in.

    Attributes:
        column: of the profile or the predictions.
        label: what it is, as a sentence begins.
        is_skewed: many small values and few large ones: its logarithm is compared.
        high, low: how the name of a segment says that its members have more, or less, of it; of those learned from.
        have: of a count that is 0 for most shoppers: what those above 0 have done.
    """

    column: str
    label: Words
    form: Form = Form.NUMBER
    is_skewed: bool = False
    high: Words | None = None
    low: Words | None = None
    have: Words | None = None


LEARNED: Final = (
    Feature(
        Known.days_since_last_purchase,
        Words("Days since the last purchase", "距上次购买的天数"),
        is_skewed=True,
        high=Words("lapsing", "久未购买"),
        low=Words("recent", "近期购买"),
    ),
    Feature(
        Known.purchase_days_90d,
        Words("Days with a purchase in 90 days", "90 天内的购买天数"),
        is_skewed=True,
        high=Words("frequent", "高频"),
        low=Words("infrequent", "低频"),
    ),
    Feature(
        Known.mean_basket_value_365d,
        Words("Revenue per basket in 365 days", "365 天内每单金额"),
        is_skewed=True,
        high=Words("large-basket", "大单"),
        low=Words("small-basket", "小单"),
    ),
    Feature(
        Known.price_index,
        Words("Price index of what they buy", "所购商品的价格指数"),
        high=Words("high-price", "高价位"),
        low=Words("low-price", "低价位"),
    ),
    Feature(
        Known.discount_share_365d,
        Words("Discount share in 365 days", "365 天内的折扣占比"),
        Form.SHARE,
        high=Words("discount-driven", "偏好折扣"),
        low=Words("full-price", "原价购买"),
    ),
    Feature(
        Known.preferred_store_share,
        Words("Share of baskets in the preferred store", "常去门店的订单占比"),
        Form.SHARE,
        high=Words("single-store", "单店"),
        low=Words("multi-store", "多店"),
    ),
    Feature(
        Known.redemptions_365d,
        Words("Coupons redeemed in 365 days", "365 天内核销的优惠券"),
        is_skewed=True,
        high=Words("coupon-redeeming", "使用优惠券"),
        low=Words("coupon-free", "不用优惠券"),
        have=Words("redeemed a coupon in 365 days", "在 365 天内核销过优惠券"),
    ),
    Feature(
        Known.clicks_365d,
        Words("Campaign clicks in 365 days", "365 天内的活动点击"),
        is_skewed=True,
        high=Words("clicking", "点击活动"),
        low=Words("non-clicking", "不点击活动"),
        have=Words("clicked in a campaign within 365 days", "在 365 天内点击过活动"),
    ),
)
"""What behavioural segments are learned from: windows of the profile, so that a shop's age does not move everybody.
Predictions are left out: they are functions of the same columns, and would change with the model that serves them."""

DESCRIBED: Final = (
    *LEARNED,
    Feature(Known.revenue_365d, Words("Revenue in 365 days", "365 天内的消费额"), is_skewed=True),
    Feature(Known.overdue_ratio, Words("Overdue ratio", "逾期比"), is_skewed=True),
    Feature(Known.purchase_regularity, Words("Purchase regularity", "购买规律性")),
    Feature(Known.top_category_1_share, Words("Share of the top category", "首选品类占比"), Form.SHARE),
    Feature(Known.churn_probability, Words("Churn probability", "流失概率"), Form.SHARE),
    Feature(Known.predicted_clv_90d, Words("Predicted spend of 90 days", "预计 90 天消费额"), is_skewed=True),
)
"""What tells segments of any scheme apart, in numbers and words."""

BY_COLUMN: Final = {feature.column: feature for feature in DESCRIBED}
