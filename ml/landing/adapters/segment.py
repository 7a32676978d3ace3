"""Segment: the calls of its Spec as JSON lines, e-commerce events of version 2 (and the names of version 1)."""

from __future__ import annotations

from typing import Final

from ml.landing.adapters.kind import JsonLayout, Kind, Record, Row, Translation
from ml.landing.adapters.values import amount, nested, number, objects, plain, rounded
from ml.landing.column_names import is_name

_EVENTS: Final = {
    **dict.fromkeys(("Product List Viewed", "Product List Filtered", "Viewed Product Category"), "view_item_list"),
    **dict.fromkeys(("Product Clicked", "Clicked Product"), "select_item"),
    **dict.fromkeys(("Product Viewed", "Viewed Product"), "view_item"),
    **dict.fromkeys(("Product Added", "Added Product"), "add_to_cart"),
    **dict.fromkeys(("Checkout Started", "Started Checkout"), "begin_checkout"),
    **dict.fromkeys(("Order Completed", "Completed Order"), "purchase"),
    **dict.fromkeys(("Order Refunded", "Refunded Order"), "refund"),
    "Product Reviewed": "rate",
}
_OF_GOODS: Final = ("add_to_cart", "begin_checkout", "purchase", "refund")
_CHANNELS: Final = {"browser": "web", "client": "web", "mobile": "app"}


def call(record: Record) -> Translation:
    """A track call of the e-commerce spec becomes events and items, an identify call a shopper."""
    kind = plain(record, "type") or ("track" if "event" in record else None)
    if kind == "identify":
        return _identified(record)
    name = plain(record, "event")
    if kind != "track" or name is None:
        return Translation(left_out=(_unused("calls", kind),))
    if name not in _EVENTS:
        return Translation(left_out=(_unused("events", name),))
    return _tracked(record, _EVENTS[name], name)


def _unused(what: str, name: str | None) -> str:
    return f"{what} {name}" if name and is_name(name) else f"{what} of other names"


def _shopper(record: Record) -> str | None:
    return plain(record, "userId") or plain(record, "anonymousId")


def _time(record: Record) -> str | None:
    return plain(record, "timestamp") or plain(record, "receivedAt")


def _identified(record: Record) -> Translation:
    traits, user, ts = nested(record, "traits"), plain(record, "userId"), _time(record)
    if user is None:
        return Translation(left_out=("identify calls without userId",))
    address = traits.get("address")
    values = {
        "user_id": user,
        "country": plain(address, "country") if isinstance(address, dict) else None,
        "language": plain(nested(record, "context"), "locale"),
        "signup_ts": plain(traits, "createdAt"),
    }
    return Translation((Row("users", values, at=ts),))


def _tracked(record: Record, kind: str, name: str) -> Translation:
    properties, ts = nested(record, "properties"), _time(record)
    order, message = plain(properties, "order_id"), plain(record, "messageId")
    common = {
        "user_id": _shopper(record),
        "event_type": kind,
        "event_ts": ts,
        "currency": plain(properties, "currency"),
        "session_id": order,
        "channel": _CHANNELS.get(plain(record, "channel") or ""),
    }
    products = objects(properties, "products")
    if not products and kind == "refund" and order:
        return Translation((Row("interactions", {**common, "event_id": message}, order=order),))
    given = products or ([properties] if _product_id(properties) else [])
    if not given:
        return Translation(left_out=(f"events {name} without products",))
    rows: list[Row] = []
    for place, product in enumerate(given):
        event_id = f"{message}-{place}" if products and message else message
        rows.append(Row("interactions", {**common, "event_id": event_id, **_line(product, kind)}, order=order))
        rows.append(Row("items", _item(product, common["currency"]), at=ts))
    return Translation(rows)


def _product_id(product: Record) -> str | None:
    return plain(product, "product_id") or plain(product, "sku")


def _line(product: Record, kind: str) -> dict[str, str | None]:
    place = plain(product, "position")
    line = {"item_id": _product_id(product), "position": None if number(place) == 0 else place}
    if kind == "rate":
        return {**line, "position": None, "rating": rounded(plain(product, "rating"))}
    if kind not in _OF_GOODS:
        return line
    price, quantity = plain(product, "price"), rounded(plain(product, "quantity"))
    return {**line, "quantity": quantity, "event_value": amount(price, quantity)}


def _item(product: Record, currency: str | None) -> dict[str, str | None]:
    key, price = _product_id(product), rounded(plain(product, "price"))
    return {
        "item_id": key,
        "item_name": plain(product, "name") or key,
        "item_brand": plain(product, "brand"),
        "item_category": plain(product, "category"),
        "price": price,
        "currency": currency if price else None,
        "image_uri": plain(product, "image_url"),
    }


SEGMENT: Final = Kind(
    "segment",
    "Segment's calls as JSON lines: track calls of the e-commerce spec, identify calls as shoppers",
    "shelduck adapt segment calls.jsonl --arrived 2025-03-03 --close",
    (".jsonl", ".json", ".ndjson"),
    (JsonLayout(lambda: call),),
    merged=frozenset({"items", "users"}),
    names={
        "interactions": {
            "event_id": "messageId",
            "user_id": "userId",
            "item_id": "products.product_id",
            "event_type": "event",
            "event_ts": "timestamp",
            "quantity": "products.quantity",
            "event_value": "products.price",
            "currency": "properties.currency",
            "session_id": "properties.order_id",
            "position": "products.position",
            "rating": "properties.rating",
        },
        "items": {
            "item_id": "products.product_id",
            "item_name": "products.name",
            "price": "products.price",
            "currency": "properties.currency",
        },
        "users": {"user_id": "userId", "signup_ts": "traits.createdAt"},
    },
)
