"""Names of the columns that tables of reviews have; shopper, item and rating are in ``ml.tables.Col``."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

FCT_REVIEW: Final = "fct_review"
DIM_REVIEW_ASPECT: Final = "dim_review_aspect"


class Rev:
    """Column names."""

    # ids
    review_id: Final = "review_id"
    topic_id: Final = "topic_id"
    aspect_id: Final = "aspect_id"
    # what is landed
    title: Final = "title"
    text: Final = "review_text"
    term: Final = "term"
    is_enabled: Final = "is_enabled"
    has_bought: Final = "has_bought"
    duplicate_of: Final = "duplicate_of"
    user_reviews_of_day: Final = "user_reviews_of_day"
    # of a review
    week: Final = "week"
    sentiment: Final = "sentiment"
    decided_by: Final = "decided_by"
    is_abstained: Final = "is_abstained"
    aspects: Final = "aspects"
    aspects_positive: Final = "aspects_positive"
    aspects_negative: Final = "aspects_negative"
    is_spam: Final = "is_spam"
    spam_reason: Final = "spam_reason"
    is_duplicate: Final = "is_duplicate"
    is_not_bought: Final = "is_not_bought"
    # of a topic, and of an item's aspect
    name_en: Final = "name_en"
    name_zh: Final = "name_zh"
    terms_en: Final = "terms_en"
    terms_zh: Final = "terms_zh"
    reviews: Final = "reviews"
    reviews_before: Final = "reviews_before_28d"
    share: Final = "share"
    share_before: Final = "share_before_28d"
    positive: Final = "positive"
    negative: Final = "negative"
    positive_share: Final = "positive_share"
    positive_low: Final = "positive_share_low"
    positive_high: Final = "positive_share_high"
    negative_share: Final = "negative_share"
    negative_low: Final = "negative_share_low"
    negative_high: Final = "negative_share_high"
    trend_low: Final = "trend_low"
    trend_high: Final = "trend_high"
    quotes: Final = "quotes"
    quoted_review_ids: Final = "quoted_review_ids"


class Sentiment(StrEnum):
    """Values of ``sentiment``; it is null where nothing decides."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class DecidedBy(StrEnum):
    """Values of ``decided_by``: the model that read the text, the rating, or nothing."""

    MODEL = "model"
    RATING = "rating"
    NOTHING = "nothing"


OVERALL: Final = "overall"
"""The aspect of ``item_opinion`` that stands for the whole review."""
