"""What the page *Voice of customer* calls columns and values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ml.reviews.columns import OVERALL, Sentiment
from ml.reviews.shipped_aspects import NAMES
from ml.words import Text, Words

TOPIC: Final = Words("Topic", "话题")
PRODUCT: Final = Words("Product", "商品")
CATEGORY: Final = Words("Category", "品类")
ASPECT: Final = Words("Aspect", "方面")
REVIEWS: Final = Words("Reviews", "评论数")
POSITIVE: Final = Words("Positive", "正面")
NEGATIVE: Final = Words("Negative", "负面")
UNDECIDED: Final = Words("Undecided", "未判定")
SHARE: Final = Words("Share", "占比")
NEGATIVE_SHARE: Final = Words("Negative share", "负面占比")
POSITIVE_SHARE: Final = Words("Positive share", "正面占比")
INTERVAL: Final = Words("95% interval", "95% 区间")
NOT_KNOWN: Final = "–"
SENTIMENTS: Final[Mapping[str | None, Words]] = {
    Sentiment.POSITIVE.value: POSITIVE,
    Sentiment.NEGATIVE.value: NEGATIVE,
    None: UNDECIDED,
}
LANGUAGES_NAMED: Final[Mapping[str | None, Words]] = {
    "en": Words("English", "英文"),
    "zh": Words("Chinese", "中文"),
    "other": Words("another language", "其他语言"),
    None: Words("no text", "无文字"),
}
_ASPECTS: Final[Mapping[str, Text]] = {**NAMES, OVERALL: Words("Overall", "总体")}
SPAM: Final[Mapping[str | None, Words]] = {
    "bulk": Words("spam: many by one person on a day", "垃圾评论：一人一天写了很多"),
    "contact": Words("spam: asks to be contacted", "垃圾评论：留联系方式"),
    "lure": Words("spam: a lure", "垃圾评论：引流"),
    "repetition": Words("spam: repeats itself", "垃圾评论：重复文字"),
}


def aspect(aspect_id: str) -> Text:
    """What an aspect is called; the shop's own are called by their ids."""
    return _ASPECTS.get(aspect_id, aspect_id)


def share(part: float | None) -> str:
    """A share as people read it; a dash where it is not known."""
    return NOT_KNOWN if part is None else f"{part:.0%}"


def between(low: float | None, high: float | None) -> str:
    """An interval of shares."""
    return NOT_KNOWN if low is None or high is None else f"{low:.0%}–{high:.0%}"
