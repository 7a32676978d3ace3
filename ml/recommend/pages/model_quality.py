"""What the page Models says of one version: how far its probabilities hold, for whom it works, what it looks at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from ml.charts.intervals import Span, intervals
from ml.charts.kinds import Bar, Spot, bars, calibration
from ml.documents import Cell, Chart, Section
from ml.recommend.evaluation.groups import GROUP, NDCG, RECALL, SLICE
from ml.recommend.evaluation.settings import ALL, SETTING
from ml.recommend.pages.features import about, column_meaning, plain_name
from ml.recommend.pages.trained import Trained
from ml.recommend.pages.words import GROUPS, SETTINGS, SLICES, called
from ml.registry.versions import ModelVersion
from ml.words import Text, Words, said

QUALITY: Final = Words("Quality (NDCG@10)", "质量（NDCG@10）")
INTERVAL: Final = Words("95 % interval", "95% 区间")
COUNTS: Final = Words("What counts", "计入范围")
_FEATURES: Final = 15


def calibration_section(trained: Trained, version: ModelVersion) -> Iterator[Section]:
    """Promised against observed probability, objective by objective."""
    found = trained.reliability(version)
    if not found:
        return
    promised, observed = Words("Promised probability", "预测概率"), Words("Share that was bought", "实际购买比例")
    charts, rows = [], list[tuple[Cell, ...]]()
    for objective, each in found.items():
        name = called(SETTINGS, objective)
        pairs = list(zip(each.promised, each.observed, strict=True))
        spots = [Spot(promise, share) for promise, share in pairs]
        description = both(
            f"{{}}: promised against bought; mean distance {each.error:.4f}.",
            f"{{}}：预测与实际；平均偏差 {each.error:.4f}。",
            name,
        )
        charts.append(Chart(calibration(spots, promised, observed, ".0%"), description))
        rows += [(name, f"{promise:.2%}", f"{share:.2%}") for promise, share in pairs]
    text = Words(
        "Ten groups of equally many candidates, of shoppers from whom nothing was learned. On the line, what is "
        "promised is what happens.",
        "候选按预测分成十个等量组，取自未参与学习的顾客。落在线上表示预测与实际一致。",
    )
    heading = Words("Can the probabilities be believed?", "概率可信吗？")
    columns = (COUNTS, promised, observed)
    yield Section(heading, text, columns, tuple(rows), frozenset(columns[1:]), charts=tuple(charts), name="calibration")


def segments_section(trained: Trained, version: ModelVersion) -> Iterator[Section]:
    """Quality for groups of shoppers and of products."""
    table = trained.segments(version)
    if table.is_empty():
        return
    people = table.filter(pl.col(NDCG).is_not_null() & (pl.col(SETTING) == ALL)).sort(*_in_order())
    spans = [
        Span(called(GROUPS, row[GROUP]), row[NDCG], row["low"], row["high"], called(SLICES, row[SLICE]))
        for row in people.iter_rows(named=True)
        if row["low"] is not None
    ]
    description = Words("Quality for groups of shoppers, with 95 % intervals.", "各顾客群的质量及 95% 区间。")
    charts = (Chart(intervals(spans, QUALITY, ".2f"), description),) if spans else ()
    numeric = (Words("Shoppers", "顾客数"), "NDCG@10", INTERVAL, "Recall@10")
    rows = tuple(
        (
            called(SETTINGS, row[SETTING]),
            *(called(SLICES, row[SLICE]), called(GROUPS, row[GROUP]), f"{row['shoppers']:,}"),
            "–" if row[NDCG] is None else f"{row[NDCG]:.4f}",
            "–" if row["low"] is None else interval(row),
            "–" if row[RECALL] is None else f"{row[RECALL]:.4f}",
        )
        for row in table.iter_rows(named=True)
    )
    columns = (COUNTS, Words("By", "按"), Words("Group", "分组"), *numeric)
    heading = Words("For whom, and for which products", "对哪些顾客和商品")
    yield Section(heading, "", columns, rows, frozenset(numeric), charts=charts, name="segments", folded=True)


def importances_section(trained: Trained, version: ModelVersion) -> Iterator[Section]:
    """The features that the ranking looks at most, by plain names."""
    table = trained.importances(version)
    if table.is_empty():
        return
    charts, share = [], Words("Share of the gain", "占增益的比例")
    for objective in table["objective"].unique(maintain_order=True):
        own = table.filter(pl.col("objective") == objective)
        description = both("{}: what the ranking looks at most.", "{}：排序最看重的特征。", called(SETTINGS, objective))
        charts.append(Chart(bars(_largest(own), share, ".0%"), description))
    ordered = table.sort("objective", "share_of_gain", descending=[False, True])
    rows = tuple(
        (
            called(SETTINGS, row["objective"]),
            *(plain_name(row["feature"]), about(row["feature"]), column_meaning(row["feature"]), row["feature"]),
            f"{row['share_of_gain']:.2%}",
        )
        for row in ordered.iter_rows(named=True)
    )
    columns = (
        COUNTS,
        Words("Feature", "特征"),
        Words("About", "关于"),
        Words("What it is", "含义"),
        Words("Column", "列"),
        share,
    )
    heading = Words("What the ranking looks at", "排序依据什么")
    text = Words(
        "The share of each feature in what the trees gained by splitting on it.",
        "各特征在决策树分裂增益中所占的比例。",
    )
    yield Section(
        heading, text, columns, rows, frozenset([share]), charts=tuple(charts), name="importances", folded=True
    )


def _largest(shares: pl.DataFrame) -> list[Bar]:
    """A bar per name, the largest first; what it is about, such as the product or its brand, are its parts."""
    found: dict[Text, Counter[Text]] = defaultdict(Counter)
    for feature, share in shares.select("feature", "share_of_gain").iter_rows():
        found[plain_name(feature)][about(feature)] += share
    ordered = sorted(found.items(), key=lambda each: (-each[1].total(), str(each[0])))
    return [Bar(name, share, part) for name, parts in ordered[:_FEATURES] for part, share in parts.items()]


def _in_order() -> tuple[str, pl.Expr]:
    """Groups of shoppers as people count them: by what they differ in, then from few to many, or new to lapsed."""
    return SLICE, pl.col(GROUP).replace_strict(list(GROUPS), range(len(GROUPS)), default=len(GROUPS))


def interval(row: dict[str, Any]) -> str:
    """The interval of a row of a leaderboard or of a group."""
    return f"{row['low']:.4f} … {row['high']:.4f}"


def both(en: str, zh: str, name: Text) -> Words:
    """The two texts with ``name`` in them, each in its language."""
    return Words(en.format(said(name, "en")), zh.format(said(name, "zh")))
