"""Gate of ``review_topic``: topics with names, whose reviews are those of ``review_label``."""

from __future__ import annotations

from typing import Final

import great_expectations.expectations as gxe
import polars as pl

from expectations.day import Day
from ml.reviews.columns import Rev
from ml.reviews.outputs import REVIEW_LABEL, REVIEW_TOPIC
from ml.reviews.topic_weeks import WEEKS

GATE, WATCH = 6, 1

_NAMELESS: Final = "without_a_name"
_MISCOUNTED: Final = "reviews_that_are_not_labelled_so"
_MORE: Final = "more_decided_than_there_are"
_NO_SHARE: Final = "not_a_share"
_UNQUOTED: Final = "quotes_without_their_reviews"
_NO_TERMS: Final = "named_by_no_term"


def prepare(day: Day) -> pl.DataFrame:
    """A row per topic and week, with 1 where a claim is broken."""
    key = (Rev.topic_id, Rev.week)
    labelled = day.table(REVIEW_LABEL.name).group_by(key).agg(pl.len().cast(pl.Int64).alias("labelled"))
    shares, quotes = (Rev.share, Rev.share_before), pl.col(Rev.quotes).list.len()
    named = [pl.col(name).fill_null("").str.strip_chars() == "" for name in (Rev.name_en, Rev.name_zh)]
    broken = {
        _NAMELESS: pl.any_horizontal(named),
        _MISCOUNTED: pl.col(Rev.reviews) != pl.col("labelled").fill_null(0),
        _MORE: pl.col(Rev.positive) + pl.col(Rev.negative) > pl.col(Rev.reviews),
        _NO_SHARE: pl.any_horizontal(~pl.col(name).is_between(0, 1) for name in shares),
        _UNQUOTED: (quotes != pl.col(Rev.quoted_review_ids).list.len()) | (quotes > pl.col(Rev.reviews)),
        _NO_TERMS: (pl.col(Rev.terms_en).list.len() == 0) & (pl.col(Rev.terms_zh).list.len() == 0),
    }
    return (
        day.table(REVIEW_TOPIC.name)
        .join(labelled, on=key, how="left", maintain_order="left")
        .select(claim.fill_null(value=False).cast(pl.Int8).alias(name) for name, claim in broken.items())
    )


def gate(day: Day) -> list[gxe.Expectation]:
    """A row per topic and week; counts agree with the labels. Without a model there is no topic."""
    topics = day.table(REVIEW_TOPIC.name)[Rev.topic_id].n_unique()
    labelled = day.table(REVIEW_LABEL.name)[Rev.topic_id].drop_nulls().n_unique()
    claims = {
        _NAMELESS: "every topic has a name in both languages",
        _MISCOUNTED: "a topic counts the reviews that are labelled so",
        _MORE: "no more reviews are positive or negative than there are",
        _NO_SHARE: "shares are from 0 to 1",
        _UNQUOTED: "every quote is of one of its reviews",
    }
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=WEEKS * max(topics, labelled),
            max_value=WEEKS * topics,
            description="every topic has a row for each of the last 26 weeks",
        ),
        *(
            gxe.ExpectColumnSumToBeBetween(column=column, max_value=0, description=claim)
            for column, claim in claims.items()
        ),
    ]


def watch(_day: Day) -> list[gxe.Expectation]:
    """Topics that nothing names."""
    return [
        gxe.ExpectColumnSumToBeBetween(
            column=_NO_TERMS, max_value=0, description="every topic is named by terms that tell it from others"
        )
    ]
