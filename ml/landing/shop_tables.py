"""The contract's tables about the shop: what shoppers did, what is sold, who they are, what they allowed."""

from __future__ import annotations

from typing import Final

from ml.event_types import EVENT_TYPES
from ml.landing.schema import (
    CURRENCY,
    CURRENCY_RULE,
    Column,
    Kind,
    LandingTable,
    Rule,
    Type,
    identifier,
    moment,
    number,
    text,
)

INTERACTIONS: Final = LandingTable(
    "interactions",
    Kind.EVENT,
    ("event_id",),
    (
        identifier(
            "event_id", "one per event and never reused; a basket's lines are events of their own", required=True
        ),
        identifier("user_id", "the shopper, pseudonymous", required=True),
        identifier("item_id", "the item as the catalogue names it", required=True),
        text("event_type", "what happened, in GA4's words, plus rate", required=True, one_of=EVENT_TYPES),
        moment("event_ts", "when it happened; not after its arrival day", required=True),
        number("quantity", "pieces or weight; above zero where something was bought or returned"),
        number("event_value", "money of the whole line, after discounts; not negative"),
        CURRENCY,
        number("discount", "money taken off the whole line"),
        number("rating", "stars or another scale, for event_type rate"),
        identifier("session_id", "visit or basket"),
        text("channel", "web, app, store or another"),
        identifier("store_id", "the branch"),
        identifier("recommendation_id", "the published recommendation that led here"),
        Column("position", Type.INTEGER, "place in the list that was shown, from 1"),
    ),
    "What shoppers did: one row per event, a basket's lines apart.",
    (
        CURRENCY_RULE,
        Rule(
            "quantity",
            "event_type in ('purchase', 'refund') and quantity <= 0",
            "quantity is not above zero where something was bought or returned",
            "Leave lines out that moved no goods; send returns as event_type refund with a quantity above zero",
        ),
        Rule(
            "event_value",
            "event_value < 0",
            "event_value is negative",
            "Send returns as event_type refund with the amount paid back",
        ),
    ),
)
ITEMS: Final = LandingTable(
    "items",
    Kind.ENTITY,
    ("item_id",),
    (
        identifier("item_id", "the item", required=True),
        text("item_name", "name as shoppers read it", required=True),
        text("item_brand", "brand"),
        text("item_category", "first level of the category tree"),
        text("item_category2", "second level"),
        text("item_category3", "third level"),
        text("description", "longer text"),
        number("price", "list price"),
        number("unit_cost", "what a piece costs the shop, in the same currency; for the objective margin"),
        CURRENCY,
        text("availability", "absent means in stock", one_of=("in_stock", "out_of_stock", "preorder", "backorder")),
        text("image_uri", "address of a picture"),
        moment("creation_ts", "when the item joined the catalogue"),
    ),
    "The catalogue. The newest arrival of an item counts; absence from a later file is not deletion.",
    (
        CURRENCY_RULE,
        Rule("price", "price < 0", "price is negative", "Leave an unknown price empty"),
        Rule("unit_cost", "unit_cost < 0", "unit_cost is negative", "Leave an unknown cost empty"),
    ),
)
USERS: Final = LandingTable(
    "users",
    Kind.ENTITY,
    ("user_id",),
    (
        identifier("user_id", "the shopper, pseudonymous", required=True),
        text("country", "ISO 3166 code"),
        text("language", "BCP 47 tag"),
        moment("signup_ts", "when the shopper signed up"),
    ),
    "Shoppers, also those who never bought. The newest arrival counts.",
)
USER_ATTRIBUTES: Final = LandingTable(
    "user_attributes",
    Kind.ENTITY,
    ("user_id", "name"),
    (
        identifier("user_id", "the shopper", required=True),
        text("name", "attribute, such as age_band", required=True),
        text("value", "its value", required=True),
    ),
    "Protected attributes of shoppers (age band, income band, household), read only by fairness and reporting.",
)
CONSENTS: Final = LandingTable(
    "consents",
    Kind.ENTITY,
    ("user_id", "purpose", "granted_ts"),
    (
        identifier("user_id", "the shopper", required=True),
        text("purpose", "what for, such as personalisation", required=True),
        Column("granted", Type.BOOLEAN, "true: given, false: withdrawn", required=True),
        moment("granted_ts", "when it was given or withdrawn", required=True),
    ),
    "Consents given and withdrawn.",
    restricts=True,
)
