"""What pages call the values of the published columns, in every language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ml.placements import BUY_AGAIN, DISCOVER, DUE_AGAIN, FOR_YOU
from ml.recommend.explanations.reasons import BOUGHT_BEFORE, NEW_IN_CATEGORY, POPULAR, SIMILAR_TO
from ml.recommend.similar_items.similar import BOUGHT_TOGETHER, SIMILAR
from ml.recommend.similar_items.substitutes import COMPLEMENT, SUBSTITUTE
from ml.recommend.text_vectors.similar import SIMILAR_TEXT
from ml.tables import Col
from ml.words import Text, Words

PLACEMENTS: Final[Mapping[str, Text]] = {
    FOR_YOU: Words("For you", "为你推荐"),
    DISCOVER: Words("Discover", "发现新品"),
    BUY_AGAIN: Words("Buy again", "再次购买"),
    DUE_AGAIN: Words("Due again", "该补货了"),
    "see_again": Words("See again", "再看一遍"),
}
REASONS: Final[Mapping[str, Text]] = {
    BOUGHT_BEFORE: Words("Bought before", "以前买过"),
    BOUGHT_TOGETHER: Words("Bought together", "经常一起购买"),
    SIMILAR_TO: Words("Similar to a purchase", "与买过的商品相似"),
    POPULAR: Words("Popular", "热门"),
    NEW_IN_CATEGORY: Words("New in a known category", "常购品类中的新品"),
}
SOURCES: Final[Mapping[str, Text]] = {
    "buy_it_again": Words("Own purchases", "本人的购买记录"),
    "buy_it_when_due": Words("Own purchases, when due", "本人到期该再买的商品"),
    "taste": Words("Taste of similar shoppers", "口味相近的顾客"),
    "new_buyers": Words("Winning new buyers", "正在赢得新顾客的商品"),
    "popularity": Words("Popularity", "热门商品"),
    "new_in_category": Words("New in the shop", "新上架商品"),
    "cold_text": Words("Nobody bought it yet, described alike", "尚无人购买、描述相近"),
    "rules": Words("Rules", "业务规则"),
}
RECIPES: Final[Mapping[str, Text]] = {
    "two_stage": Words("Two-stage ranker", "两阶段排序"),
    "buy_it_again": Words("Buy it again", "再次购买"),
    "buy_it_when_due": Words("Buy it when due", "到期再买"),
    "user_pearson": Words("Similar shoppers", "相似顾客"),
    "popularity": Words("Popularity", "热门"),
    "trending": Words("Trending", "趋势"),
    "als": Words("Matrix factors (ALS)", "矩阵分解（ALS）"),
    "ease": Words("Linear model (EASE)", "线性模型（EASE）"),
}
RELATIONS: Final[Mapping[str, Text]] = {
    SIMILAR: Words("Similar", "相似商品"),
    BOUGHT_TOGETHER: Words("Bought together", "一起购买"),
    SUBSTITUTE: Words("Substitutes", "替代品"),
    COMPLEMENT: Words("Complements", "搭配品"),
    SIMILAR_TEXT: Words("Similar descriptions", "描述相近"),
}
SETTINGS: Final[Mapping[str, Text]] = {
    "all": Words("Anything bought", "所有购买"),
    "new": Words("Never bought before", "首次购买"),
    "again": Words("Bought again", "重复购买"),
    "due": Words("Due again", "到期复购"),
    "cold": Words("Newcomers", "新顾客"),
}
"""What counts in an evaluation: see ``ml.recommend.evaluation.settings``."""
SLICES: Final[Mapping[str, Text]] = {
    "activity": Words("Activity", "活跃度"),
    "segment": Words("Segment", "顾客分群"),
    "category": Words("Category", "品类"),
    "product_age": Words("Age of the product", "商品上架时间"),
}
GROUPS: Final[Mapping[str, Text]] = {
    "1-9 baskets": Words("1-9 baskets", "1–9 次购物"),
    "10-29 baskets": Words("10-29 baskets", "10–29 次购物"),
    "30-99 baskets": Words("30-99 baskets", "30–99 次购物"),
    "100 baskets or more": Words("100 baskets or more", "100 次及以上"),
    "cold": Words("bought nothing before", "从未购买"),
    "new": Words("new", "新顾客"),
    "active": Words("active", "活跃"),
    "slipping away": Words("slipping away", "正在流失"),
    "lapsed": Words("lapsed", "已流失"),
    "sold before": Words("sold before", "以前售出过"),
    "never sold before": Words("never sold before", "从未售出"),
    "first sold in the last 28 days": Words("first sold in the last 28 days", "最近 28 天首次售出"),
}
COLUMNS: Final[Mapping[str, Text]] = {
    Col.rank: Words("Rank", "名次"),
    Col.item_id: Words("Product", "商品"),
    Col.related_item_id: Words("Product", "商品"),
    Col.score: Words("Score", "得分"),
    Col.support: Words("Seen", "次数"),
    Col.confidence: Words("Share", "占比"),
    Col.lift: Words("Lift", "提升度"),
    Col.placement: Words("Shelf", "货架"),
    Col.candidate_source: Words("Proposed by", "候选来源"),
    Col.reason_code: Words("Kind of reason", "理由类型"),
    Col.reason_text: Words("Why", "推荐理由"),
    Col.evidence_item_ids: Words("Evidence", "依据"),
    Col.rank_before_rules: Words("Rank without rules", "规则生效前的名次"),
    Col.rules_applied: Words("Rules that moved it", "移动过它的规则"),
    Col.propensity: Words("Chance of being drawn", "抽中概率"),
    Col.recommendation_id: Words("Id of the recommendation", "推荐编号"),
    Col.event_date: Words("Day", "日期"),
    Col.quantity: Words("Quantity", "数量"),
    Col.revenue: Words("Paid", "金额"),
    Col.item_brand: Words("Brand", "品牌"),
    Col.item_category: Words("Category", "品类"),
    Col.price: Words("Price", "价格"),
    Col.recipe: Words("Recommender", "推荐器"),
    Col.policy_id: Words("Policy", "策略"),
}


def called(names: Mapping[str, Text], value: str) -> Text:
    """What ``value`` is called; itself where it has no name here."""
    return names.get(value, value)
