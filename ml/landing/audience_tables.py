"""The contract's tables of tags and audiences: who belongs to a group, in the marketer's own words."""

from __future__ import annotations

from typing import Final

from ml.landing.schema import Column, Kind, LandingTable, Rule, Type, identifier, text
from ml.rule_types import ITEM_FIELDS, PROMOTION

CONDITION, AFFINITY, LOOK_ALIKE = "condition", "affinity", "look_alike"
AUDIENCE_KINDS: Final = (CONDITION, AFFINITY, LOOK_ALIKE)
_NAME: Final = "[a-z][a-z0-9_]*"


def _named(column: str) -> Rule:
    return Rule(
        column,
        f"not regexp_full_match({column}, '{_NAME}')",
        f"{column} is not a name of small letters, digits and _",
        f"Begin {column} with a letter from a to z and go on with small letters, digits and _, such as lapsing_buyers",
    )


TAGS: Final = LandingTable(
    "tags",
    Kind.ENTITY,
    ("tag_id",),
    (
        identifier("tag_id", "name of the tag in conditions, such as likes_baking", required=True),
        text("name", "what people read; absent means the tag_id"),
        text("name_zh", "the same in Chinese"),
        text("condition", "whom it fits, as docs/conditions.md says"),
        Column("minimum_support", Type.INTEGER, "purchase lines below which nobody gets it", unit="purchase lines"),
        Column("enabled", Type.BOOLEAN, "false switches it off, also one that Shelduck ships; absent means true"),
    ),
    "Tags of the shop's own, beside those that Shelduck ships; one of a shipped name replaces that.",
    (
        _named("tag_id"),
        Rule(
            "condition",
            "condition is null and coalesce(enabled, true)",
            "condition is missing",
            "Say whom the tag fits, such as discount_share_365d > .3",
        ),
    ),
)

AUDIENCES: Final = LandingTable(
    "audiences",
    Kind.ENTITY,
    ("audience_id",),
    (
        identifier("audience_id", "name of the audience, such as lapsing_wine_lovers", required=True),
        text("name", "what people read; absent means the audience_id"),
        text("name_zh", "the same in Chinese"),
        text("kind", "what chooses its members; absent means condition", one_of=AUDIENCE_KINDS),
        text("condition", "who may be a member, as docs/conditions.md says; absent means everybody"),
        text("purpose", "consent that a member must have given; absent means marketing"),
        text(
            "item_field",
            "for affinity: column of items by which it chooses what they are to buy",
            one_of=tuple(field for field in ITEM_FIELDS if field != PROMOTION),
        ),
        text("item_value", "for affinity: value of that column, as the catalogue spells it"),
        Column(
            "top_share",
            Type.RATIO,
            "for affinity and look_alike: share of shoppers to take; absent means 0.05",
            unit="share of 1",
        ),
        Column("enabled", Type.BOOLEAN, "false switches it off; absent means true"),
    ),
    "Audiences: one row per group of shoppers that marketing works with. One ends by enabled, never by its absence "
    "from a later file.",
    (
        _named("audience_id"),
        Rule(
            "condition",
            f"coalesce(kind, '{CONDITION}') = '{CONDITION}' and condition is null",
            "condition is missing",
            "Say who belongs to it, such as churn_probability > .6",
        ),
        Rule(
            "item_value",
            f"kind = '{AFFINITY}' and (item_field is null or item_value is null)",
            "item_field or item_value is missing",
            "Say what they are to buy, such as item_field item_category and item_value WINE",
        ),
        Rule(
            "top_share",
            "not (top_share > 0 and top_share <= 1)",
            "the share is not above 0 and at most 1",
            "Write a share of the shoppers, such as 0.05",
        ),
    ),
)

AUDIENCE_USERS: Final = LandingTable(
    "audience_users",
    Kind.ENTITY,
    ("audience_id", "user_id"),
    (
        identifier("audience_id", "an audience of kind look_alike", required=True),
        identifier("user_id", "a shopper whom its members are to be like", required=True),
        Column("enabled", Type.BOOLEAN, "false takes the shopper off the list; absent means true"),
    ),
    "Lists of shoppers for whom look-alikes are sought.",
)
