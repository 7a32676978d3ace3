"""The words of a passport, by code, in every language: one place, as the reasons' own catalogue is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from ml.recommend.core.explanation import BASE, LOG_ODDS, PURCHASE
from ml.warehouse.feature_columns import column_words
from ml.words import Words

Step: TypeAlias = Literal[
    "shown",
    "unknown_item",
    "not_recommendable",
    "disliked",
    "already_bought",
    "never_bought",
    "not_due",
    "ruled_out",
    "not_proposed",
    "pruned",
    "no_opinion",
    "ranked_below",
    "moved_out",
    "unknown",
]
STEPS: Final[Mapping[Step, Words]] = {
    "shown": Words("it is on the shelf", "在货架上"),
    "unknown_item": Words("the catalogue of the day does not have it", "当日目录中没有此商品"),
    "not_recommendable": Words(
        "the catalogue says that it is not to be recommended (not sold any more, or not available)",
        "目录标明不可推荐（已停售或不可售）",
    ),
    "disliked": Words("the shopper rated it below what counts as liking", "顾客的评分低于“喜欢”的界限"),
    "already_bought": Words(
        "the shopper bought it already; this shelf shows what is new", "顾客已购买过；此货架只展示新品"
    ),
    "never_bought": Words(
        "the shopper never bought it; this shelf shows what was bought", "顾客从未购买；此货架只展示买过的"
    ),
    "not_due": Words("it is not due again yet; this shelf shows what is", "尚未到再次购买的时间；此货架只展示到期的"),
    "ruled_out": Words("rules took it away before the ranking", "排序之前被规则排除"),
    "not_proposed": Words("no generator proposed it, so it was never a candidate", "没有任何生成器提出，从未成为候选"),
    "pruned": Words("the ranker's first trees left it out", "被排序器的前几棵树淘汰"),
    "no_opinion": Words(
        "the recommender has no opinion on it; it would only fill up", "推荐器对它没有意见；只可能用来补足"
    ),
    "ranked_below": Words("it was ranked too low", "排名太低"),
    "moved_out": Words(
        "it was ranked high enough, and rules gave its place away", "排名足够高，但规则把位置给了别的商品"
    ),
    "unknown": Words("unknown: the day cannot be ranked again", "未知：无法重新排序当日"),
}
SOURCES: Final[Mapping[str, Words]] = {
    "buy_it_again": Words("own purchases, by how often and how lately", "自己的购买：次数与远近"),
    "taste": Words("what shoppers of like purchases buy", "购买相似的顾客所买"),
    "new_buyers": Words("the same, weighed with new buyers", "口味，并考虑新买家"),
    "popularity": Words("what wins new buyers everywhere", "赢得新买家的商品"),
    "new_in_category": Words("new in the shop, in liked categories", "喜欢的类别中的新品"),
    "cold_text": Words("bought by nobody yet, described like own purchases", "尚无人购买，描述与自己买过的相近"),
}
GROUPS: Final[Mapping[str, Words]] = {
    "base": Words("every item starts from", "所有商品的起点"),
    "user_item": Words("this shopper and this item", "该顾客与该商品"),
    "taste": Words("taste", "口味"),
    "type": Words("this shopper and items of its type", "该顾客与同类型商品"),
    "category": Words("this shopper and its category", "该顾客与该类别"),
    "line": Words("this shopper and its brand's items of the type", "该顾客与同品牌同类型商品"),
    "brand": Words("this shopper and its brand", "该顾客与该品牌"),
    "item": Words("the item in the whole shop", "全店范围内的该商品"),
    "user": Words("how this shopper buys", "该顾客的购买习惯"),
    "purchase": Words("what the shopper bought", "顾客购买过的商品"),
    "factors": Words("factors that were learned", "学得的因子"),
    "other": Words("other", "其他"),
}
TERMS: Final[Mapping[str, Words]] = {
    BASE: Words("what every item starts from", "所有商品的起点"),
    "taste": Words("score of the taste", "口味得分"),
    "taste_place": Words("place among the candidates by taste", "按口味在候选中的名次"),
    "buyers": Words("shoppers who bought it in the window", "窗口内购买它的顾客数"),
    "buyers_alike": Words("shoppers of the same segment who bought it", "同一分群中购买它的顾客数"),
    "expected_buyers": Words("buyers that the weeks before let expect", "按之前几周预期的买家数"),
    "repeated_purchases": Words(
        "share of repeated purchases, to tell equal numbers apart", "重复购买的比例，用于区分相同数目"
    ),
    "bought_again": Words("bought more than once", "购买不止一次"),
    "lateness": Words(
        "days since the last purchase against the usual gap (logarithm)", "距上次购买与平均间隔之比（对数）"
    ),
    "lateness_squared": Words("the same, squared", "同上，平方"),
    "overdue_squared": Words("the same, squared, where it is overdue", "同上，平方，仅当已到期"),
    "repeat_buyers": Words("share of its buyers who bought it again", "买家中再次购买的比例"),
    "share_of_purchase_days": Words("part of the shopper's purchase days (logarithm)", "占顾客购买天数的比例（对数）"),
    "user_item.decayed_purchase_days_14d": Words(
        "purchase days, each worth half as much every 14 days (logarithm)", "购买天数，每 14 天减半（对数）"
    ),
    "item.buyers_28d": Words(
        "shoppers who bought it in the last 28 days (logarithm)", "最近 28 天购买它的顾客数（对数）"
    ),
}
UNITS: Final[Mapping[str, Words]] = {
    LOG_ODDS: Words("log-odds of a purchase", "购买的对数几率"),
    "similarity": Words("similarity to what the shopper bought", "与顾客所购商品的相似度"),
    "factors": Words("product of factors", "因子之积"),
    "buyers": Words("buyers", "买家数"),
    "decayed_purchases": Words("purchases, each worth less the older it is", "购买次数，越早越轻"),
    "rise": Words("rise over what was expected (Poisson z-score)", "超出预期的程度（泊松 z 值）"),
}
_FACTOR: Final = re.compile(r"factor (\d+)")
_LEVELS: Final = ("type", "category", "line", "brand")


def group_of(name: str) -> str:
    """Which of ``GROUPS`` a term belongs to."""
    first, dot, _ = name.partition(".")
    if dot:
        return first if first in GROUPS else "other"
    if _FACTOR.fullmatch(name):
        return "factors"
    known = {BASE: "base", PURCHASE: "purchase", "taste": "taste", "taste_place": "taste"}
    return known.get(name, "other")


def term_words(name: str) -> Words | None:
    """What a term is; None for a purchase, which its item names, and for a name that nothing describes."""
    if factor := _FACTOR.fullmatch(name):
        return Words(f"factor {factor[1]}", f"因子 {factor[1]}")
    source, dot, column = name.partition(".")
    table = f"feat_{'user_group' if source in _LEVELS else source}"
    return column_words().get((table, column)) if dot and (table, column) in column_words() else TERMS.get(name)
