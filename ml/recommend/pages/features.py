"""Plain names of the columns that rankers learn from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ml.recommend.two_stage.features import SCORES
from ml.words import Text, Words

_WINDOW: Final = re.compile(r"^(.+)_(\d+)d$")
_OF: Final[Mapping[str, Words]] = {
    "item": Words("product", "商品"),
    "user": Words("shopper", "顾客"),
    "user_item": Words("shopper, product", "顾客与商品"),
    "type": Words("shopper, product type", "顾客与商品类型"),
    "category": Words("shopper, category", "顾客与品类"),
    "line": Words("shopper, product line", "顾客与产品线"),
    "brand": Words("shopper, brand", "顾客与品牌"),
}
_SCORED: Final[Mapping[str, Words]] = {
    SCORES[0]: Words("taste: score by similar shoppers", "口味：相似顾客购买所得的分数"),
    SCORES[1]: Words("taste: place among all products", "口味：在全部商品中的名次"),
}
_COLUMNS: Final[Mapping[str, Words]] = {
    "purchases": Words("purchases", "购买次数"),
    "buyers": Words("buyers", "购买人数"),
    "repeat_buyers": Words("repeat buyers", "复购人数"),
    "repeat_share": Words("share of buyers who came back", "复购者占比"),
    "new_buyers": Words("new buyers", "新购买者数"),
    "new_buyer_rate": Words("share of those without it who bought it", "尚未购买者中的新购买比例"),
    "trend": Words("trend of sales", "销售趋势"),
    "mean_price": Words("mean price", "平均价格"),
    "price_change": Words("recent price against the year's", "近期价格与全年之比"),
    "days_since_last_purchase": Words("days since the last purchase", "距上次购买天数"),
    "days_since_second_last_purchase": Words("days since the purchase before the last", "距倒数第二次购买天数"),
    "days_since_third_last_purchase": Words("days since the third last purchase", "距倒数第三次购买天数"),
    "days_since_first_purchase": Words("days since the first purchase", "距首次购买天数"),
    "mean_days_between_purchases": Words("usual days between purchases", "通常的购买间隔天数"),
    "due_ratio": Words("how far it is due again", "到期程度"),
    "purchase_days": Words("days with a purchase", "有购买的天数"),
    "decayed_purchase_days": Words("recent days with a purchase", "近期有购买的天数"),
    "purchase_days_per_buyer": Words("days with a purchase per buyer", "每位购买者的购买天数"),
    "purchase_rate": Words("purchases per day since the first", "自首次购买以来的日均购买"),
    "items": Words("different products bought", "购买过的不同商品数"),
    "new_items": Words("products bought for the first time", "首次购买的商品数"),
    "item_days": Words("products times days bought", "商品与购买天数之积"),
    "user_share": Words("share of the shopper's purchases", "占该顾客购买的比例"),
    "type_share": Words("share of its product type", "占其商品类型的比例"),
    "type_purchases": Words("purchases of its product type", "同类型商品的购买次数"),
}


def plain_name(feature: str) -> Text:
    """What a feature (``<source>.<column>``, or a score) is called; one that has no name here keeps its own."""
    if feature in _SCORED:
        return _SCORED[feature]
    source, _, column = feature.partition(".")
    window = _WINDOW.match(column)
    stem, days = (window[1], window[2]) if window else (column, "")
    of, what = _OF.get(source), _COLUMNS.get(stem)
    if of is None or what is None:
        return feature
    if not days:
        return Words(f"{what.en} ({of.en})", f"{what.zh}（{of.zh}）")
    if stem.startswith("decayed_"):
        return Words(f"{what.en}, half-life {days} days ({of.en})", f"{what.zh}，半衰期 {days} 天（{of.zh}）")
    return Words(f"{what.en} in {days} days ({of.en})", f"{days} 天内{what.zh}（{of.zh}）")
