"""Plain names of the columns that rankers learn from; a number of days is a window, or a half-life of recent days."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ml.recommend.core.snapshots import USER_GROUP
from ml.recommend.two_stage.day_features import LEVELS
from ml.recommend.two_stage.features import SCORES
from ml.warehouse.feature_columns import column_words
from ml.words import Text, Words

_WINDOW: Final = re.compile(r"^(.+)_(\d+)d$")
_OF: Final[Mapping[str, Words]] = {
    "item": Words("product", "商品"),
    "user": Words("shopper", "顾客"),
    "user_item": Words("shopper, product", "顾客与商品"),
    **dict.fromkeys(LEVELS, Words("shopper, kind of product", "顾客与商品类别")),
}
_SCORE: Final = Words("taste", "口味")
_SCORED: Final[Mapping[str, Words]] = {
    SCORES[0]: Words("score by similar shoppers", "相似顾客得分"),
    SCORES[1]: Words("place by that score", "按该得分的名次"),
}
_COLUMNS: Final[Mapping[str, Words]] = {
    "purchases": Words("purchases", "购买次数"),
    "buyers": Words("buyers", "购买人数"),
    "repeat_buyers": Words("repeat buyers", "复购人数"),
    "repeat_share": Words("share of buyers who came back", "复购者占比"),
    "new_buyers": Words("new buyers", "新购买者数"),
    "new_buyer_rate": Words("rate of new buyers", "尚未购买者中的新购买比例"),
    "trend": Words("trend of sales", "销售趋势"),
    "mean_price": Words("mean price", "平均价格"),
    "price_change": Words("price against the year's", "近期价格与全年之比"),
    "days_since_last_purchase": Words("days since last purchase", "距上次购买天数"),
    "days_since_second_last_purchase": Words("days since 2nd last purchase", "距倒数第二次购买天数"),
    "days_since_third_last_purchase": Words("days since 3rd last purchase", "距倒数第三次购买天数"),
    "days_since_first_purchase": Words("days since first purchase", "距首次购买天数"),
    "mean_days_between_purchases": Words("days between purchases", "通常的购买间隔天数"),
    "due_ratio": Words("how far it is due again", "到期程度"),
    "purchase_days": Words("purchase days", "有购买的天数"),
    "decayed_purchase_days": Words("recent purchase days", "近期有购买的天数"),
    "purchase_days_per_buyer": Words("purchase days per buyer", "每位购买者的购买天数"),
    "purchase_rate": Words("purchases per day since the first", "自首次购买以来的日均购买"),
    "items": Words("different products", "购买过的不同商品数"),
    "new_items": Words("first-time products", "首次购买的商品数"),
    "item_days": Words("product purchase days", "商品与购买天数之积"),
    "user_share": Words("share of own purchases", "占该顾客购买的比例"),
    "type_share": Words("share of its product type", "占其商品类型的比例"),
    "type_purchases": Words("purchases of its product type", "同类型商品的购买次数"),
}


def about(feature: str) -> Text:
    """What a feature (``<source>.<column>``, or a score) is about."""
    return _OF.get(feature.partition(".")[0], _SCORE)


def column_meaning(feature: str) -> Text:
    """What its column is, as the dbt project says; empty for scores."""
    source, _, column = feature.partition(".")
    return column_words().get((f"feat_{USER_GROUP if source in LEVELS else source}", column), "")


def plain_name(feature: str) -> Text:
    """What it is called, apart from what it is about; one that has no name here keeps its own."""
    if feature in _SCORED:
        return _SCORED[feature]
    column = feature.partition(".")[2]
    window = _WINDOW.match(column)
    stem, days = (window[1], window[2]) if window else (column, "")
    what = _COLUMNS.get(stem)
    if what is None:
        return feature
    return Words(f"{what.en}, {days} days", f"{what.zh}，{days} 天") if days else what
