"""A day's reviews as they are read: one text each, its language, and what speaks against counting it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import polars as pl

from ml.day import Day
from ml.reviews.columns import FCT_REVIEW, Rev
from ml.reviews.spam import spam_reason
from ml.tables import Col
from ml.text.language import language_of

SAID: Final = "said"
"""Title and text in one, personal data masked; empty where there is a rating alone."""


def reviews_of(day: Day) -> pl.DataFrame:
    """One row per review of the history, ordered by id: the columns of ``fct_review`` that matter, with ``SAID``, the
    detected language, week, spam and the flags of ``review_label``."""
    since = day.as_of - timedelta(days=int(day.record["history_days"]))
    return read(day.table(FCT_REVIEW).filter(pl.col(Col.created_date) > since))


def read(landed: pl.DataFrame) -> pl.DataFrame:
    """The same of rows of ``fct_review``."""
    rows = landed.sort(Rev.review_id).with_columns(
        pl.concat_str([Rev.title, Rev.text], separator="\n", ignore_nulls=True).str.strip_chars().alias(SAID)
    )
    said, of_day = rows[SAID].to_list(), rows[Rev.user_reviews_of_day].to_list()
    languages = [language_of(text) if text else None for text in said]
    reasons = [spam_reason(text, count) for text, count in zip(said, of_day, strict=True)]
    return rows.select(
        *(Rev.review_id, Col.user_id, Col.item_id, Col.created_date),
        pl.col(Col.created_date).dt.truncate("1w").alias(Rev.week),
        *(Col.rating, SAID, Rev.duplicate_of),
        pl.Series(Col.language, languages, dtype=pl.String),
        pl.Series(Rev.spam_reason, reasons, dtype=pl.String),
        pl.col(Rev.duplicate_of).is_not_null().alias(Rev.is_duplicate),
        (~pl.col(Rev.has_bought)).alias(Rev.is_not_bought),
    ).with_columns(pl.col(Rev.spam_reason).is_not_null().alias(Rev.is_spam))


def is_counted() -> pl.Expr:
    """Whether a review counts in topics, opinions and trainings: it is neither spam nor a duplicate."""
    return ~pl.col(Rev.is_spam) & ~pl.col(Rev.is_duplicate)
