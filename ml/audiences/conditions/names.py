"""Names of columns for people, as they stand in the middle of a sentence: a measure, and the window that it is over."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ml.words import Words

_WINDOW: Final = re.compile(r"(?P<measure>.+)_(?P<days>\d+)d(?P<bound>_low|_high)?$")
_BOUNDS: Final = {"_low": Words(" (low)", "（下限）"), "_high": Words(" (high)", "（上限）")}
_AHEAD: Final[Mapping[str, str]] = MappingProxyType(
    {"purchase_probability": "购买概率", "expected_orders": "预期下单天数", "predicted_clv": "预期消费金额"}
)
"""Measures whose window lies ahead."""
_MEASURES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "lifecycle_stage": "生命周期阶段",
        "days_since_last_purchase": "距上次购买天数",
        "days_since_first_purchase": "距首次购买天数",
        "purchase_days": "有购买的天数",
        "baskets": "购物次数",
        "revenue": "消费金额",
        "mean_basket_value": "每次购物金额",
        "recency_score": "近度（五分位）",
        "frequency_score": "频度（五分位）",
        "monetary_score": "金额（五分位）",
        "mean_days_between_purchases": "平均购买间隔天数",
        "std_days_between_purchases": "购买间隔标准差",
        "purchase_regularity": "购买规律性",
        "expected_days_between_purchases": "预期购买间隔天数",
        "days_until_next_purchase": "距下次购买天数",
        "overdue_ratio": "逾期比",
        "preferred_weekday": "常购星期",
        "preferred_weekday_share": "常购星期占比",
        "preferred_hour": "常购时段",
        "preferred_hour_share": "常购时段占比",
        "preferred_channel": "常用渠道",
        "preferred_channel_share": "常用渠道占比",
        "preferred_store_id": "常去门店",
        "preferred_store_share": "常去门店占比",
        "price_index": "价格偏好",
        "price_band": "价格档位",
        "discount_share": "折扣占比",
        "campaigns": "收到的营销活动",
        "running_campaigns": "进行中的营销活动",
        "sends": "收到的消息",
        "opens": "打开次数",
        "clicks": "点击次数",
        "conversions": "转化次数",
        "redemptions": "使用的优惠券",
        "open_rate": "打开率",
        "click_rate": "点击率",
        "redemption_rate": "优惠券使用率",
        "days_since_last_send": "距上次收到消息天数",
        "days_since_last_redemption": "距上次用券天数",
        "expected_next_order_date": "预期下次下单日期",
        "churn_probability": "流失概率",
        "churn_days": "视为流失的天数",
        "historic_orders": "历史下单天数",
        "historic_clv": "历史消费金额",
        "total_clv": "总客户价值",
        "is_clv_365d_extrapolated": "年度预测为外推",
    }
    | {
        f"top_{what}_{place}{share}": f"{order}{name}{told}"
        for what, name in {"category": "品类", "subcategory": "子品类", "brand": "品牌"}.items()
        for place, order in {1: "首选", 2: "第二", 3: "第三"}.items()
        for share, told in {"": "", "_share": "占比"}.items()
    }
)


def column_words(column: str) -> Words:
    """The name of a column; of one that is not known here, the column's own with blanks."""
    found = _WINDOW.match(column)
    if found is None or column in _MEASURES:
        return Words(_spaced(column), _MEASURES.get(column, column))
    measure, days, bound = found["measure"], found["days"], _BOUNDS.get(found["bound"], Words("", ""))
    if measure in _AHEAD:
        english = f"{_spaced(measure)} of the next {days} days{bound.en}"
        return Words(english, f"未来 {days} 天{_AHEAD[measure]}{bound.zh}")
    if measure not in _MEASURES:
        return Words(_spaced(column), column)
    return Words(f"{_spaced(measure)} in {days} days{bound.en}", f"近 {days} 天{_MEASURES[measure]}{bound.zh}")


def _spaced(name: str) -> str:
    return name.replace("_", " ")
