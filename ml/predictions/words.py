"""What pages and ``shelduck why`` call targets, contenders and features, in every language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ml.predictions.columns import Customer, Prediction
from ml.predictions.contenders.base import DAYS_AHEAD
from ml.words import Text, Words

TARGETS: Final[Mapping[str, Text]] = {
    Prediction.purchase_7d: Words("Purchase in 7 days", "7 天内购买"),
    Prediction.purchase_28d: Words("Purchase in 28 days", "28 天内购买"),
    Prediction.orders_28d: Words("Orders in 28 days", "28 天内订单数"),
    Prediction.orders_90d: Words("Orders in 90 days", "90 天内订单数"),
    Prediction.spend_28d: Words("Spend in 28 days", "28 天内消费"),
    Prediction.spend_90d: Words("Spend in 90 days", "90 天内消费"),
    Prediction.spend_365d: Words("Spend in 365 days (extrapolated)", "365 天内消费（外推）"),
    Prediction.churn: Words("Churn", "流失"),
}
CONTENDERS: Final[Mapping[str, Text]] = {
    "mean": Words("Mean of all", "全体均值"),
    "last_90_days": Words("Like the last 90 days", "如同过去 90 天"),
    "recency_frequency": Words("Recency and frequency", "近度与频度"),
    "bg_nbd": Words("BG/NBD", "BG/NBD"),
    "boosted": Words("Boosted trees", "梯度提升树"),
}
FEATURES: Final[Mapping[str, Text]] = {
    "frequency": Words("purchase days after the first (frequency)", "首购之后的购买天数（频度）"),
    "recency": Words("days from the first to the last purchase (recency)", "首购至末购天数（近度）"),
    "age": Words("days since the first purchase (age, T)", "距首购天数（T）"),
    "alive": Words("chance of not having dropped out", "尚未流失的概率"),
    DAYS_AHEAD: Words("days that are predicted", "预测的天数"),
    Customer.purchase_days: Words("days with a purchase ever", "历来有购买的天数"),
    Customer.revenue: Words("paid ever, less refunds", "历来消费净额"),
    Customer.days_since_first: Words("days since the first purchase", "距首次购买天数"),
    Customer.days_since_last: Words("days since the last purchase", "距上次购买天数"),
    Customer.purchase_rate: Words("purchase days per day since the first", "自首购以来每日购买率"),
    Customer.spend_per_day: Words("paid per purchase day", "每个购买日消费"),
    Customer.shop_days: Words("days of the shop's history", "商店历史天数"),
    Customer.baskets_7d: Words("baskets in 7 days", "7 天内购物次数"),
    Customer.baskets_28d: Words("baskets in 28 days", "28 天内购物次数"),
    Customer.baskets_90d: Words("baskets in 90 days", "90 天内购物次数"),
    Customer.purchase_days_7d: Words("purchase days in 7 days", "7 天内购买天数"),
    Customer.purchase_days_28d: Words("purchase days in 28 days", "28 天内购买天数"),
    Customer.purchase_days_90d: Words("purchase days in 90 days", "90 天内购买天数"),
    Customer.purchases_28d: Words("purchase lines in 28 days", "28 天内购买行数"),
    Customer.purchases_90d: Words("purchase lines in 90 days", "90 天内购买行数"),
    Customer.revenue_7d: Words("paid in 7 days", "7 天内消费"),
    Customer.revenue_28d: Words("paid in 28 days", "28 天内消费"),
    Customer.revenue_90d: Words("paid in 90 days", "90 天内消费"),
    Customer.basket_value: Words("paid per basket in a year", "一年内每次购物消费"),
    Customer.discount_share_28d: Words("share of discounts in 28 days", "28 天内折扣占比"),
    Customer.discount_share_90d: Words("share of discounts in 90 days", "90 天内折扣占比"),
    Customer.return_rate: Words("share returned in a year", "一年内退货占比"),
    Customer.views_28d: Words("item pages viewed in 28 days", "28 天内浏览商品页数"),
    Customer.carts_28d: Words("additions to the cart in 28 days", "28 天内加购次数"),
    Customer.mean_gap: Words("mean days between purchases", "平均购买间隔天数"),
    Customer.std_gap: Words("spread of the days between purchases", "购买间隔的离散程度"),
    Customer.decayed_30d: Words("recent purchase days (half in 30 days)", "近期购买天数（30 天减半）"),
    Customer.decayed_90d: Words("recent purchase days (half in 90 days)", "近期购买天数（90 天减半）"),
    Customer.new_items_28d: Words("items first bought in 28 days", "28 天内首次购买的商品数"),
    Customer.expected_gap: Words("expected days between purchases", "预期购买间隔天数"),
    Customer.overdue_ratio: Words("days since the last purchase ÷ expected gap", "距上次购买天数 ÷ 预期间隔"),
    Customer.price_index: Words("position by price, 0 to 1", "价格偏好（0 到 1）"),
    Customer.campaigns_90d: Words("campaigns received in 90 days", "90 天内收到的营销活动"),
    Customer.sends_90d: Words("messages received in 90 days", "90 天内收到的消息"),
}


def called(names: Mapping[str, Text], value: str) -> Text:
    """What ``value`` is called; itself where it has no name here."""
    return names.get(value, value)
