"""The published tables of ``reviews``."""

from __future__ import annotations

from typing import Final

from ml.reviews.columns import Rev
from ml.tables import Col, Column, Kind, Table

_TEXT, _TEXTS, _COUNT, _NUMBER, _FLAG, _DAY = (
    *(Kind.TEXT, Kind.TEXTS, Kind.COUNT),
    *(Kind.NUMBER, Kind.FLAG, Kind.DAY),
)
_SHARE, _REVIEWS = "share of 1", "reviews"
_WEEK: Final = Column(Rev.week, _DAY, "Monday of the week; the week of D ends with D.")
_SUPPORT: Final = "null below the least support"
_OWNER: Final = "customer insight"


def _interval(low: str, high: str, what: str) -> tuple[Column, Column]:
    return (
        Column(low, _NUMBER, f"Lower end of the 95 % interval of {what}; {_SUPPORT}.", _SHARE),
        Column(high, _NUMBER, f"Upper end of the 95 % interval of {what}; {_SUPPORT}.", _SHARE),
    )


REVIEW_LABEL: Final = Table(
    "review_label",
    (Rev.review_id,),
    (
        Column(Rev.review_id, _TEXT, "Id of the review, as landed."),
        Column(Col.user_id, _TEXT, "Id of who wrote it, as landed (pseudonymous); null where anonymous."),
        Column(Col.item_id, _TEXT, "Id of the item, as in the catalogue."),
        Column(Col.created_date, _DAY, "Day on which it was written, in the shop's time zone."),
        _WEEK,
        Column(Col.rating, _NUMBER, "Rating beside the text; null without one.", "the shop's scale"),
        Column(Col.language, _TEXT, "Language that the text is in: en, zh or other; null without a text."),
        Column(Rev.sentiment, _TEXT, "positive or negative; null where nothing decides."),
        Column(
            Col.probability,
            _NUMBER,
            "Calibrated probability that the text is positive; null where no model read it.",
            "probability",
        ),
        Column(
            Rev.decided_by,
            _TEXT,
            "model: the text is clear enough to the model; rating: it is not, or no model reads its language, and the"
            " rating decides; nothing: neither.",
        ),
        Column(Rev.is_abstained, _FLAG, "Whether the model read the text and abstained: it is not clear enough."),
        Column(Rev.aspects, Kind.TEXTS, "Aspects that the text is about, in alphabetical order."),
        Column(Rev.aspects_positive, Kind.TEXTS, "Of them those that it praises."),
        Column(Rev.aspects_negative, Kind.TEXTS, "Of them those that it complains of."),
        Column(Rev.topic_id, _TEXT, "Topic that it belongs to; null for none, or while no model decides."),
        Column(Rev.is_spam, _FLAG, "Whether it looks like spam; counted in no topic and no opinion."),
        Column(Rev.spam_reason, _TEXT, "Why: bulk, contact, lure or repetition; null where it does not."),
        Column(Rev.is_duplicate, _FLAG, "Whether an earlier review says the same; counted in no topic and no opinion."),
        Column(Rev.duplicate_of, _TEXT, "Id of that earlier review; null without one."),
        Column(Rev.is_not_bought, _FLAG, "Whether who wrote it is not known to have bought the item before."),
    ),
    description="One row per review of the history: what it says, and what speaks against counting it.",
    person=Col.user_id,
    owner=_OWNER,
)
REVIEW_TOPIC: Final = Table(
    "review_topic",
    (Rev.topic_id, Rev.week),
    (
        Column(Rev.topic_id, _TEXT, "Id of the topic; it outlives trainings while its reviews stay alike."),
        _WEEK,
        Column(
            Rev.name_en, _TEXT, "Name: the telling terms in English, joined; in Chinese where no English review has it."
        ),
        Column(
            Rev.name_zh, _TEXT, "Name: the telling terms in Chinese, joined; in English where no Chinese review has it."
        ),
        Column(Rev.terms_en, _TEXTS, "English terms that tell it from the other topics, the most telling first."),
        Column(Rev.terms_zh, _TEXTS, "Chinese terms that tell it from the other topics, the most telling first."),
        Column(Rev.reviews, _COUNT, "Reviews of the week that belong to it.", _REVIEWS),
        Column(Rev.share, _NUMBER, "Of all counted reviews of the week; null where there is none.", _SHARE),
        Column(Rev.reviews_before, _COUNT, "Reviews of the 28 days before the week that belong to it.", _REVIEWS),
        Column(Rev.share_before, _NUMBER, "Of all counted reviews of those days; null where there is none.", _SHARE),
        Column(Rev.positive, _COUNT, "Of the week's reviews the positive ones.", _REVIEWS),
        Column(Rev.negative, _COUNT, "Of the week's reviews the negative ones.", _REVIEWS),
        Column(Rev.quotes, _TEXTS, "Up to three of the week's reviews that are nearest to it, personal data masked."),
        Column(Rev.quoted_review_ids, _TEXTS, "Ids of the quoted reviews, in the same order."),
    ),
    description="One row per topic and week of the last 26: its telling terms, how many reviews it has, quotes.",
    owner=_OWNER,
)
ITEM_OPINION: Final = Table(
    "item_opinion",
    (Col.item_id, Rev.week, Rev.aspect_id),
    (
        Column(Col.item_id, _TEXT, "Id of the item, as in the catalogue."),
        _WEEK,
        Column(Rev.aspect_id, _TEXT, "Aspect that reviews are about; overall: the whole review."),
        Column(Col.item_category, _TEXT, "Category of the item; null where the catalogue has none."),
        Column(Rev.reviews, _COUNT, "Reviews of the week that are about it.", _REVIEWS),
        Column(Rev.positive, _COUNT, "Of them those that praise it.", _REVIEWS),
        Column(Rev.negative, _COUNT, "Of them those that complain of it.", _REVIEWS),
        Column(Rev.positive_share, _NUMBER, f"positive, of positive and negative; {_SUPPORT}.", _SHARE),
        *_interval(Rev.positive_low, Rev.positive_high, "positive_share (Wilson)"),
        Column(Rev.negative_share, _NUMBER, f"negative, of positive and negative; {_SUPPORT}.", _SHARE),
        *_interval(Rev.negative_low, Rev.negative_high, "negative_share (Wilson)"),
        Column(
            Col.trend,
            _NUMBER,
            "positive_share less that of the 28 days before the week; null where either is below the least support.",
            _SHARE,
        ),
        *_interval(Rev.trend_low, Rev.trend_high, "trend (Newcombe)"),
        Column(Rev.quotes, _TEXTS, "Up to three sentences that tell most, personal data masked."),
        Column(Rev.quoted_review_ids, _TEXTS, "Ids of the quoted reviews, in the same order."),
    ),
    description="One row per item, week and aspect that a counted review of the week is about.",
    owner=_OWNER,
)
TABLES: Final = (REVIEW_LABEL, REVIEW_TOPIC, ITEM_OPINION)
"""In the order in which they are made."""
