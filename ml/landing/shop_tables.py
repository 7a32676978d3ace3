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
    money,
    number,
    place,
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
        number(
            "quantity", "how much of the item; above zero where something was bought or returned", "pieces, or weight"
        ),
        money("event_value", "money of the whole line, after discounts; not negative"),
        CURRENCY,
        money("discount", "money taken off the whole line"),
        number("rating", "what the shopper gave, for event_type rate", "stars, or the shop's own scale"),
        identifier("session_id", "the visit; of purchases the basket"),
        text("channel", "where it happened: web, app, store or another word"),
        identifier("store_id", "the store"),
        identifier("recommendation_id", "the published recommendation that the shopper followed"),
        place("position", "place in the list that was shown"),
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
        text("item_brand", "brand of the item"),
        text("item_category", "broadest level of the category tree"),
        text("item_category2", "second level of the category tree"),
        text("item_category3", "third level of the category tree, the finest"),
        text("description", "longer text about the item"),
        money("price", "list price of a piece"),
        money("unit_cost", "what a piece costs the shop; for the objective margin"),
        CURRENCY,
        text(
            "availability",
            "whether it can be bought; absent means in_stock",
            one_of=("in_stock", "out_of_stock", "preorder", "backorder"),
        ),
        text("image_uri", "address of a picture of the item"),
        moment("creation_ts", "when the item joined the catalogue"),
    ),
    "The catalogue: one row per item. Absence from a later file is not deletion.",
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
        text("country", "ISO 3166 code of the shopper's country, such as DE"),
        text("language", "BCP 47 tag of the shopper's language, such as de"),
        moment("signup_ts", "when the shopper signed up"),
    ),
    "Shoppers, also those who never bought: one row per shopper.",
)
USER_ATTRIBUTES: Final = LandingTable(
    "user_attributes",
    Kind.ENTITY,
    ("user_id", "name"),
    (
        identifier("user_id", "the shopper", required=True),
        text("name", "name of the attribute, such as age_band", required=True),
        text("value", "value of the attribute", required=True),
    ),
    "Protected attributes of shoppers (age band, income band, household), read only by fairness and reporting: one row "
    "per shopper and attribute.",
)
CONSENTS: Final = LandingTable(
    "consents",
    Kind.ENTITY,
    ("user_id", "purpose", "granted_ts"),
    (
        identifier("user_id", "the shopper", required=True),
        text("purpose", "what the consent is for, such as personalisation", required=True),
        Column("granted", Type.BOOLEAN, "true: given, false: withdrawn", required=True),
        moment("granted_ts", "when it was given or withdrawn", required=True),
    ),
    "Consents given and withdrawn: one row per shopper, purpose and time.",
    restricts=True,
)
