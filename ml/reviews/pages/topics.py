"""What reviewers complain about in the week, and topics over time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, Final

import polars as pl

from ml.charts.kinds import Point, columns_over_time
from ml.documents import Cell, Chart, Section
from ml.reviews.capability import REVIEWS as CAPABILITY
from ml.reviews.columns import Rev, Sentiment
from ml.reviews.pages.published import PublishedReviews
from ml.reviews.pages.words import NEGATIVE, NOT_KNOWN, POSITIVE, REVIEWS, SHARE, TOPIC, share
from ml.words import Words

_LINES: Final = 6
"""Topics that a chart has: one for each colour."""
_LISTED: Final = 12
_BEGINNING: Final = 90
"""Characters of a review in the table."""
_BEFORE: Final = Words("Share of 4 weeks before", "此前 4 周占比")


def topic_sections(day: PublishedReviews) -> Iterator[Section]:
    """Both; or why there is no topic."""
    if day.topics.is_empty():
        yield _untrained(day)
        return
    yield _of_week(day)
    yield _over_time(day)


def _untrained(day: PublishedReviews) -> Section:
    command = f"`{CAPABILITY.training_command(day.version.as_of)}`"
    text = Words(
        f"Topics are learned: no model decides yet, or it found none in so few reviews. Train: {command}",
        f"话题需要训练得到：尚无模型生效，或评论太少而没有话题。训练：{command}",
    )
    return Section(Words("No topics yet", "尚无话题"), text, name="topics")


def _of_week(day: PublishedReviews) -> Section:
    """Topics of the week, those with most complaints first."""
    now = day.topics.filter(pl.col(Rev.week) == day.week, pl.col(Rev.reviews) > 0)
    order = now.sort(Rev.negative, Rev.reviews, Rev.topic_id, descending=[True, True, False])
    numeric = (REVIEWS, NEGATIVE, POSITIVE, SHARE, _BEFORE)
    negative = {*day.counted.filter(pl.col(Rev.sentiment) == Sentiment.NEGATIVE)[Rev.review_id]}
    rows = tuple(_row(row, negative) for row in order.head(_LISTED).iter_rows(named=True))
    text = Words(
        f"Of the week from {day.week} to {day.last_day}: topics by the number of their negative reviews. A topic is "
        "named by the terms that tell it from the others.",
        f"{day.week} 至 {day.last_day} 一周：按负面评论数排列的话题。话题以最能区分它的词命名。",
    )
    heading = Words("What reviewers complain about", "评论者在抱怨什么")
    columns = (TOPIC, *numeric, Words("A complaint", "一条抱怨"))
    return Section(heading, text, columns, rows, frozenset(numeric), name="complaints")


def _row(row: dict[str, Any], negative: Collection[str]) -> tuple[Cell, ...]:
    return (
        _name(row),
        *(f"{row[name]:,}" for name in (Rev.reviews, Rev.negative, Rev.positive)),
        share(row[Rev.share]),
        share(row[Rev.share_before]),
        _complaint(row, negative),
    )


def _complaint(row: dict[str, Any], negative: Collection[str]) -> str:
    """The beginning of the nearest quoted review that complains; a dash where none of the quoted ones does."""
    quoted = zip(row[Rev.quotes], row[Rev.quoted_review_ids], strict=True)
    text = next((text for text, review_id in quoted if review_id in negative), NOT_KNOWN)
    return text if len(text) <= _BEGINNING else f"{text[:_BEGINNING].rstrip()}…"


def _name(row: dict[str, Any]) -> Words:
    return Words(row[Rev.name_en], row[Rev.name_zh])


def _over_time(day: PublishedReviews) -> Section:
    """Weekly sizes of the largest topics."""
    sizes = day.topics.group_by(Rev.topic_id).agg(pl.col(Rev.reviews).sum())
    largest = sizes.sort(Rev.reviews, Rev.topic_id, descending=[True, False]).head(_LINES)[Rev.topic_id].to_list()
    since = pl.lit(day.counted[Rev.week].min(), dtype=pl.Date)
    shown = day.topics.filter(pl.col(Rev.topic_id).is_in(largest), pl.col(Rev.week) >= since)
    by_topic = {topic: shown.filter(pl.col(Rev.topic_id) == topic).sort(Rev.week) for topic in largest}
    names = {topic: _name(rows.row(-1, named=True)) for topic, rows in by_topic.items()}
    points = [
        Point(week, float(reviews), names[topic])
        for topic, rows in by_topic.items()
        for week, reviews in rows.select(Rev.week, Rev.reviews).iter_rows()
    ]
    weekly = shown.pivot(on=Rev.topic_id, index=Rev.week, values=Rev.reviews).sort(Rev.week, descending=True)
    columns = tuple(names.values())
    rows = tuple((str(row[Rev.week]), *(f"{row[topic]:,}" for topic in largest)) for row in weekly.to_dicts())
    description = Words(
        f"Reviews by week of the {len(largest)} largest topics; the newest week ends on {day.version.as_of}.",
        f"最大的 {len(largest)} 个话题每周的评论数；最新一周截至 {day.version.as_of}。",
    )
    heading = Words("Topics over time", "话题走势")
    chart = Chart(columns_over_time(points, REVIEWS, "~d"), description)
    week = Words("Week from", "周起始日")
    return Section(heading, "", (week, *columns), rows, frozenset(columns), charts=(chart,), name="topics")
