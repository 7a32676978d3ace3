"""The contract's tables of reviews: what shoppers wrote about items, and the shop's words for what they speak of."""

from __future__ import annotations

from typing import Final

from ml.landing.schema import Column, Kind, LandingTable, Rule, Type, identifier, moment, number, text, written

_WHOLE_REVIEW: Final = "overall"
"""What ``item_opinion`` calls a review as a whole."""
_LANGUAGE_TAG: Final = "[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"


def _language_rule(column: str) -> Rule:
    return Rule(
        column,
        f"not regexp_full_match({column}, '{_LANGUAGE_TAG}')",
        f"{column} is not a BCP 47 tag",
        "Write a tag such as en or zh-CN; leave an unknown language empty",
    )


REVIEWS: Final = LandingTable(
    "reviews",
    Kind.ENTITY,
    ("review_id",),
    (
        identifier("review_id", "the review; one that was edited arrives again under the same id", required=True),
        identifier("item_id", "the item that it is about, as the catalogue names it", required=True),
        moment("created_ts", "when it was written; not after its arrival day", required=True),
        identifier("user_id", "the shopper who wrote it, pseudonymous; absent means anonymous"),
        number("rating", "what the shopper gave", "stars, or the shop's own scale"),
        written("title", "its heading"),
        written("text", "what was written"),
        text("language", "BCP 47 tag of its language, such as en; absent means unknown"),
        text("source", "where it was written, such as the name of a site; absent means the shop"),
    ),
    "What shoppers wrote about items: one row per review.",
    (
        _language_rule("language"),
        Rule(
            "text",
            "rating is null and title is null and text is null",
            "rating, title and text are all missing",
            "Leave out reviews that say nothing",
        ),
    ),
)

REVIEW_ASPECTS: Final = LandingTable(
    "review_aspects",
    Kind.ENTITY,
    ("aspect_id", "language", "term"),
    (
        identifier("aspect_id", "the aspect, such as price, or one of the shop's own, such as scent", required=True),
        text("language", "BCP 47 tag of the term's language, such as en; only its first part counts", required=True),
        text("term", "word or phrase that tells that a review speaks of it", required=True),
        Column("enabled", Type.BOOLEAN, "false switches it off, also one that Shelduck ships; absent means true"),
    ),
    "Words of the shop's own by which reviews are known to speak of an aspect, beside those that Shelduck ships.",
    (
        Rule(
            "aspect_id",
            "not regexp_full_match(aspect_id, '[a-z][a-z0-9_]*')",
            "aspect_id is not a name of small letters, digits and _",
            "Begin it with a letter from a to z and go on with small letters, digits and _, such as scent",
        ),
        Rule(
            "aspect_id",
            f"aspect_id = '{_WHOLE_REVIEW}'",
            f"aspect_id is {_WHOLE_REVIEW}, which stands for the review as a whole",
            "Give the aspect another name",
        ),
        _language_rule("language"),
    ),
)
