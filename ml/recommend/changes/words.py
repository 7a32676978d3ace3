"""Words of the diff of shelves; in English, placements and figures keep the names that tables and settings have."""

from __future__ import annotations

from typing import Final

from ml.recommend.changes.expected import JUDGED
from ml.recommend.changes.groups import ALL, KNOWN, NEWCOMER, STATUS
from ml.recommend.changes.lists import OVERLAP
from ml.recommend.evaluation.groups import ACTIVITY, SEGMENT
from ml.recommend.pages.words import GROUPS, PLACEMENTS
from ml.tables import Col
from ml.words import Text, Words, said

PLACEMENT: Final = Words(Col.placement, "货架")
BEFORE: Final = Words("before", "之前")
AFTER: Final = Words("after", "之后")
CHANGE: Final = Words("change", "变化")
POINTS: Final = Words("points", "百分点")
GROUP: Final = Words("group", "分组")
BY: Final = Words("by", "按")
FIGURE: Final = Words("figure", "指标")
SHOPPER: Final = Words("shopper", "顾客")
SHARE_JUDGED: Final = Words(JUDGED, "可评估比例")
SIMILARITY: Final = Words(OVERLAP, "重合度")
NEWER: Final = Words("the newer ranker", "较新的排序模型")
OLDER: Final = Words("the ranker of what is compared with", "比较基准的排序模型")
GROUPED: Final = (PLACEMENT, BY, GROUP)
_BY: Final = {ALL: "全部", ACTIVITY: "活跃度", SEGMENT: "顾客分群", STATUS: "新老顾客"}
_STATUS: Final = {NEWCOMER: "此前未购买", KNOWN: "此前购买过"}
_FIGURES: Final = {
    "coverage": "覆盖率",
    "novelty": "新颖度",
    "popularity": "热门度",
    "gini": "基尼系数",
    "diversity": "多样性",
    "miscalibration": "口味偏差",
}


def placement(name: str) -> Text:
    """A placement."""
    return Words(name, said(PLACEMENTS.get(name, name), "zh"))


def group(name: str) -> Text:
    """A group of shoppers."""
    return Words(name, _STATUS.get(name) or said(GROUPS.get(name, name), "zh"))


def by(name: str) -> Text:
    """What groups differ by."""
    return Words(name, _BY.get(name, name))


def grouped(shelf: str, kind: str, name: str) -> tuple[Text, Text, Text]:
    """A placement, what its groups differ by, and one of them."""
    return placement(shelf), by(kind), group(name)


def figure(name: str) -> Text:
    """A figure such as ``coverage_at_10``."""
    stem, _, depth = name.partition("_at_")
    return Words(name, f"{_FIGURES[stem]}@{depth}") if stem in _FIGURES else name
