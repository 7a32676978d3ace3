"""The page *Voice of customer*: what reviewers say, what they complain about, which products are affected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from ml.charts.kinds import Point, columns_over_time
from ml.documents import Chart, Figure, Page, Section
from ml.publish.store import Version
from ml.reviews.columns import Rev, Sentiment
from ml.reviews.opinions import SUPPORT
from ml.reviews.pages.aspects import aspect_sections
from ml.reviews.pages.evidence import evidence_sections
from ml.reviews.pages.products import product_sections
from ml.reviews.pages.published import PublishedReviews
from ml.reviews.pages.shares import summed
from ml.reviews.pages.topics import topic_sections
from ml.reviews.pages.words import NEGATIVE, REVIEWS, SENTIMENTS, between, share
from ml.settings import Settings
from ml.words import Words

_WEEKS: Final = 26
_TITLE: Final = Words("Voice of customer", "顾客之声")
_LEAD: Final = Words(
    "What reviewers say and complain about, which products are affected, and how sure that is.",
    "评论者说了什么、在抱怨什么、涉及哪些商品，以及有多确定。",
)


def pages(settings: Settings, version: Version) -> Iterator[Page]:
    """Voice of customer.

    Raises:
        NotPublished: the version cannot be read.
    """
    yield Page("voice", _TITLE, _LEAD, tuple(_sections(PublishedReviews(settings, version))))


def _sections(day: PublishedReviews) -> Iterator[Section]:
    if day.labels.is_empty():
        text = Words(
            "Nobody has written a review yet: land some with a file of the table, see `shelduck contract reviews`.",
            "尚无评论：请用落地表文件提供，参见 `shelduck contract reviews`。",
        )
        yield Section(Words("No reviews", "没有评论"), text, name="none")
        return
    yield _at_a_glance(day)
    yield from topic_sections(day)
    yield from product_sections(day)
    yield from aspect_sections(day)
    yield from evidence_sections(day)


def _at_a_glance(day: PublishedReviews) -> Section:
    """The week in figures, and the weeks before it."""
    by = day.counted.group_by(Rev.week, Rev.sentiment).len(Rev.reviews)
    counts = {(week, sentiment): reviews for week, sentiment, reviews in by.iter_rows()}
    weeks = sorted({week for week, _ in counts})[-_WEEKS:]
    points = [
        Point(week, float(counts.get((week, sentiment), 0)), name)
        for sentiment, name in SENTIMENTS.items()
        for week in weeks
    ]
    description = Words(
        f"Reviews by week, those that count; the newest week ends on {day.version.as_of}.",
        f"每周计入的评论数；最新一周截至 {day.version.as_of}。",
    )
    charts = (Chart(columns_over_time(points, REVIEWS, "~d"), description),) if points else ()
    rows = tuple(
        (str(week), *(f"{counts.get((week, sentiment), 0):,}" for sentiment in SENTIMENTS)) for week in weeks[::-1]
    )
    columns = (Words("Week from", "周起始日"), *SENTIMENTS.values())
    numeric = frozenset(SENTIMENTS.values())
    figures = tuple(_figures(day))
    return Section(_heading(day), _period(day), columns, rows, numeric, figures, charts, "now")


def _heading(day: PublishedReviews) -> Words:
    is_now = day.week <= day.version.as_of <= day.last_day
    return Words("This week", "本周") if is_now else Words("The last week with reviews", "最近有评论的一周")


def _period(day: PublishedReviews) -> Words:
    few_en = few_zh = ""
    if len(day.counted.filter(pl.col(Rev.week) == day.week)) < SUPPORT:
        few_en, few_zh = " So few reviews tell little.", "评论很少，说明不了什么。"
    if day.week == day.last_day:
        return Words(f"{day.week}, the first day of the week.{few_en}", f"{day.week}，本周第一天。{few_zh}")
    return Words(f"From {day.week} to {day.last_day}.{few_en}", f"{day.week} 至 {day.last_day}。{few_zh}")


def _figures(day: PublishedReviews) -> Iterator[Figure]:
    week = day.counted.filter(pl.col(Rev.week) == day.week)
    positive, negative = (int((week[Rev.sentiment] == each.value).sum()) for each in Sentiment)
    whole = len(day.labels)
    yield Figure(REVIEWS, f"{len(week):,}", Words(f"{whole:,} in the history", f"历史共 {whole:,} 条"))
    counts = pl.DataFrame({Rev.reviews: [len(week)], Rev.positive: [positive], Rev.negative: [negative]})
    told = summed(counts.with_columns(pl.lit(0).alias(Rev.week)), [Rev.week]).row(0, named=True)
    interval = between(told[Rev.negative_low], told[Rev.negative_high])
    note = Words(f"of positive and negative; 95% interval {interval}", f"在正负面评论中；95% 区间 {interval}")
    if told[Rev.negative_share] is None:
        note = Words(f"fewer than {SUPPORT} tell it", f"不足 {SUPPORT} 条")
    yield Figure(NEGATIVE, share(told[Rev.negative_share]), note, "#complaints" if len(day.topics) else "")
    abstained, flagged = int(day.labels[Rev.is_abstained].sum()), whole - len(day.counted)
    yield Figure(
        Words("Model abstained", "模型弃权"), share(abstained / whole), Words("of all", "占全部"), "#languages"
    )
    yield Figure(
        Words("Not counted", "不计入"), f"{flagged:,}", Words("spam and duplicates", "垃圾与重复评论"), "#flags"
    )
    yield from _written(day)


def _written(day: PublishedReviews) -> Iterator[Figure]:
    """Where most reviews come from that were not written in the shop: a source may say that its dates are made up."""
    elsewhere = None if day.sources is None else day.sources.drop_nulls(Rev.source)
    if elsewhere is not None and len(elsewhere):
        source, reviews = elsewhere.row(0)
        count = len(elsewhere)
        note = Words(f"{reviews:,} reviews; {count:,} such sources", f"{reviews:,} 条；共 {count:,} 个此类来源")
        yield Figure(Words("Not from the shop", "非本店来源"), source, note, "#sources")
