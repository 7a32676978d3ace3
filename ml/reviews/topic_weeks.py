"""``review_topic``: how many reviews each topic has, by week."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

import polars as pl

from ml.reviews.columns import Rev, Sentiment
from ml.reviews.labels import NEARNESS, QUOTE, Labelled
from ml.reviews.opinions import BEFORE, quoted
from ml.reviews.outputs import REVIEW_TOPIC
from ml.reviews.reading import SAID, is_counted
from ml.reviews.topics import Topic, Topics
from ml.text.language import CHINESE, ENGLISH

WEEKS: Final = 26
_NAMED: Final = 3
_ALL: Final = "all_reviews"
_ALL_BEFORE: Final = "all_reviews_before"
_DIGITS: Final = 6
_JOINTS: Final[Mapping[str, str]] = {ENGLISH: ", ", CHINESE: "、"}


def topic_weeks(reviews: pl.DataFrame, labelled: Labelled, topics: Topics, as_of: date) -> pl.DataFrame:
    """One row per topic and week of the last 26, the one of ``as_of`` last; none without topics."""
    if not topics.topics:
        return REVIEW_TOPIC.empty()
    weeks = _weeks(as_of)
    kept = labelled.labels.filter(is_counted())
    counts = _counts(kept)
    listed = _named(topics).join(pl.DataFrame({Rev.week: weeks}), how="cross")
    key = (Rev.topic_id, Rev.week)
    told = (
        listed.join(counts, on=key, how="left")
        .join(_summed(counts, [Rev.topic_id], Rev.reviews, Rev.reviews_before), on=key, how="left")
        .join(_all(kept), on=Rev.week, how="left")
        .join(_summed(_all(kept), [], _ALL, _ALL_BEFORE), on=Rev.week, how="left")
        .join(_quotes(reviews, labelled), on=key, how="left")
    )
    none = pl.lit([], dtype=pl.List(pl.String))
    numbers = (Rev.reviews, Rev.positive, Rev.negative, Rev.reviews_before)
    filled = told.with_columns(pl.col(numbers).fill_null(0), pl.col(Rev.quotes, Rev.quoted_review_ids).fill_null(none))
    return REVIEW_TOPIC.checked(
        filled.with_columns(
            (pl.col(Rev.reviews) / pl.col(_ALL)).round(_DIGITS).alias(Rev.share),
            (pl.col(Rev.reviews_before) / pl.col(_ALL_BEFORE)).round(_DIGITS).alias(Rev.share_before),
        )
    )


def _weeks(as_of: date) -> list[date]:
    monday = as_of - timedelta(days=as_of.weekday())
    return [monday - timedelta(days=7 * ago) for ago in range(WEEKS)]


def _named(topics: Topics) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                Rev.topic_id: each.topic_id,
                Rev.name_en: _name(each, ENGLISH, CHINESE),
                Rev.name_zh: _name(each, CHINESE, ENGLISH),
                Rev.terms_en: list(each.terms.get(ENGLISH, ())),
                Rev.terms_zh: list(each.terms.get(CHINESE, ())),
            }
            for each in topics.topics
        ],
        schema_overrides={Rev.terms_en: pl.List(pl.String), Rev.terms_zh: pl.List(pl.String)},
    )


def _name(topic: Topic, language: str, other: str) -> str:
    """The first terms in the language, else in the other one; the id where there is no term."""
    for each in (language, other):
        if terms := topic.terms.get(each):
            return _JOINTS[each].join(terms[:_NAMED])
    return topic.topic_id


def _counts(kept: pl.DataFrame) -> pl.DataFrame:
    def those(sentiment: Sentiment) -> pl.Expr:
        return (pl.col(Rev.sentiment) == sentiment.value).sum().cast(pl.Int64)

    return (
        kept.filter(pl.col(Rev.topic_id).is_not_null())
        .group_by(Rev.topic_id, Rev.week)
        .agg(
            pl.len().cast(pl.Int64).alias(Rev.reviews),
            those(Sentiment.POSITIVE).alias(Rev.positive),
            those(Sentiment.NEGATIVE).alias(Rev.negative),
        )
    )


def _all(kept: pl.DataFrame) -> pl.DataFrame:
    return kept.group_by(Rev.week).agg(pl.len().cast(pl.Int64).alias(_ALL))


def _summed(counts: pl.DataFrame, by: list[str], name: str, into: str) -> pl.DataFrame:
    """What the four weeks before each week counted."""
    moved = [
        counts.select(*by, (pl.col(Rev.week) + pl.duration(days=days)).alias(Rev.week), pl.col(name).alias(into))
        for days in range(7, BEFORE + 1, 7)
    ]
    return pl.concat(moved).group_by(*by, Rev.week).agg(pl.col(into).sum())


def _quotes(reviews: pl.DataFrame, labelled: Labelled) -> pl.DataFrame:
    """Of each topic and week the reviews nearest to it."""
    said = (
        labelled.labels.filter(is_counted() & pl.col(Rev.topic_id).is_not_null())
        .select(Rev.review_id, Rev.topic_id, Rev.week)
        .join(reviews.select(Rev.review_id, pl.col(SAID).alias(QUOTE)), on=Rev.review_id, how="left")
        .join(labelled.nearness, on=Rev.review_id, how="left")
    )
    return quoted(said, (Rev.topic_id, Rev.week), NEARNESS)
