"""Amazon Personalize: the CSV files of its datasets of interactions, items and users."""

from __future__ import annotations

import re
from typing import Final

from ml.event_types import EVENT_TYPES
from ml.landing.adapters.kind import CsvLayout, Kind, Record, Row, Translation
from ml.landing.adapters.values import digest, first_of, from_epoch, plain, rounded
from ml.landing.schema import Column, LandingTable, Type
from ml.landing.schema import Kind as Keys

_WORDS: Final = {
    **{word.replace("_", ""): word for word in EVENT_TYPES},
    **dict.fromkeys(("view", "detailpageview", "productview", "viewproduct", "watch"), "view_item"),
    **dict.fromkeys(("click", "select"), "select_item"),
    **dict.fromkeys(("cart", "addcart"), "add_to_cart"),
    **dict.fromkeys(("checkout", "startcheckout", "checkoutstarted"), "begin_checkout"),
    **dict.fromkeys(("buy", "order", "bought", "purchased"), "purchase"),
    **dict.fromkeys(("return", "returned"), "refund"),
    **dict.fromkeys(("rating", "review", "rated"), "rate"),
}
_NAMES: Final = ("ITEM_NAME", "PRODUCT_NAME", "NAME", "TITLE")
_BRANDS: Final = ("ITEM_BRAND", "BRAND")
_DESCRIPTIONS: Final = ("PRODUCT_DESCRIPTION", "ITEM_DESCRIPTION", "DESCRIPTION")
_CATEGORIES: Final = {
    "item_category": "CATEGORY_L1",
    "item_category2": "CATEGORY_L2",
    "item_category3": "CATEGORY_L3",
}
_PROTECTED: Final = ("AGE", "AGE_GROUP", "GENDER")


def interaction(record: Record) -> Translation:
    """An interaction is an event; one without a type counts as a view, the least that it can say."""
    kind, ts = event_type(plain(record, "EVENT_TYPE")), from_epoch(record, "TIMESTAMP")
    said = rounded(plain(record, "EVENT_VALUE"))
    place = (plain(record, name) for name in ("USER_ID", "ITEM_ID", "TIMESTAMP"))
    values = {
        "event_id": digest("personalize", *place, kind, said),
        "user_id": plain(record, "USER_ID"),
        "item_id": plain(record, "ITEM_ID"),
        "event_type": kind,
        "event_ts": ts,
        "event_value": said if kind in ("purchase", "refund") else None,
        "rating": said if kind == "rate" else None,
    }
    return Translation((Row("interactions", values),))


def item(record: Record) -> Translation:
    """An item; without a column for its name it is called by its id."""
    key = plain(record, "ITEM_ID")
    values = {
        "item_id": key,
        "item_name": _first(record, _NAMES) or key,
        "item_brand": _first(record, _BRANDS),
        "description": _first(record, _DESCRIPTIONS),
        "price": rounded(plain(record, "PRICE")),
        "creation_ts": from_epoch(record, "CREATION_TIMESTAMP"),
        **{column: first_of(plain(record, source), "|") for column, source in _CATEGORIES.items()},
    }
    return Translation((Row("items", values),))


def user(record: Record) -> Translation:
    """A shopper, and age and gender apart, as attributes that only reports of fairness read."""
    key = plain(record, "USER_ID")
    shopper = {"user_id": key, "country": plain(record, "COUNTRY"), "language": plain(record, "LANGUAGE")}
    attributes = (
        Row("user_attributes", {"user_id": key, "name": name.lower(), "value": value})
        for name in _PROTECTED
        if (value := plain(record, name))
    )
    return Translation((Row("users", shopper), *attributes))


def event_type(word: str | None) -> str | None:
    """The contract's word for an event type of a shop; an unknown one as it is, so that it is refused."""
    if word is None:
        return "view_item"
    return _WORDS.get(re.sub(r"[\W_]", "", word).lower(), word)


def _first(record: Record, names: tuple[str, ...]) -> str | None:
    return next((value for name in names if (value := plain(record, name))), None)


def _columns(kind: Type, *names: str, required: bool = False) -> tuple[Column, ...]:
    return tuple(Column(name, kind, "", required) for name in names)


_INTERACTIONS: Final = LandingTable(
    "interactions",
    Keys.EVENT,
    (),
    (
        *_columns(Type.ID, "USER_ID", "ITEM_ID", required=True),
        *_columns(Type.NUMBER, "TIMESTAMP", required=True),
        *_columns(Type.NUMBER, "EVENT_VALUE"),
        *_columns(Type.TEXT, "EVENT_TYPE"),
    ),
    "",
)
_ITEMS: Final = LandingTable(
    "items",
    Keys.ENTITY,
    (),
    (
        *_columns(Type.ID, "ITEM_ID", required=True),
        *_columns(Type.TEXT, *_NAMES, *_BRANDS, *_DESCRIPTIONS, *_CATEGORIES.values()),
        *_columns(Type.NUMBER, "PRICE", "CREATION_TIMESTAMP"),
    ),
    "",
)
_USERS: Final = LandingTable(
    "users",
    Keys.ENTITY,
    (),
    (*_columns(Type.ID, "USER_ID", required=True), *_columns(Type.TEXT, "COUNTRY", "LANGUAGE", *_PROTECTED)),
    "",
)

PERSONALIZE: Final = Kind(
    "personalize",
    "datasets of Amazon Personalize (CSV): interactions, items, users, told apart by their headers",
    "shelduck adapt personalize datasets --close",
    (".csv",),
    (
        CsvLayout(_INTERACTIONS, lambda: interaction),
        CsvLayout(_ITEMS, lambda: item, unless=frozenset({"USER_ID", "TIMESTAMP"})),
        CsvLayout(_USERS, lambda: user, unless=frozenset({"ITEM_ID", "TIMESTAMP", "ACTION_ID"})),
    ),
    names={
        "interactions": {
            "user_id": "USER_ID",
            "item_id": "ITEM_ID",
            "event_type": "EVENT_TYPE",
            "event_ts": "TIMESTAMP",
            "event_value": "EVENT_VALUE",
            "rating": "EVENT_VALUE",
        },
        "items": {
            "item_id": "ITEM_ID",
            "item_name": "ITEM_NAME",
            "price": "PRICE",
            "creation_ts": "CREATION_TIMESTAMP",
            **_CATEGORIES,
        },
        "users": {"user_id": "USER_ID", "country": "COUNTRY", "language": "LANGUAGE"},
        "user_attributes": {"user_id": "USER_ID"},
    },
)
