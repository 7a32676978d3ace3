"""Google Analytics 4: the events of its BigQuery export as JSON lines."""

from __future__ import annotations

from typing import Any, Final

from ml.event_types import EVENT_TYPES
from ml.landing.adapters.kind import JsonLayout, Kind, Record, Row, Translation
from ml.landing.adapters.values import amount, digest, from_epoch, known, nested, objects, plain, rounded
from ml.landing.column_names import is_name

_EVENTS: Final = frozenset(EVENT_TYPES) - {"rate"}
_OF_GOODS: Final = ("add_to_cart", "begin_checkout", "purchase", "refund")
_MONEY: Final = {"purchase": "item_revenue", "refund": "item_refund"}
_PARTS: Final = ("user_pseudo_id", "event_timestamp", "event_bundle_sequence_id", "batch_event_index")
_CHANNELS: Final = {"WEB": "web", "ANDROID": "app", "IOS": "app"}
_CATEGORIES: Final = ("item_category", "item_category2", "item_category3")


def event(record: Record) -> Translation:
    """A row per item of an e-commerce event, and the item as the catalogue's; other events are left out."""
    name = plain(record, "event_name")
    if name is None or name not in _EVENTS:
        return Translation(left_out=(_unused(name),))
    shopper = plain(record, "user_id") or plain(record, "user_pseudo_id")
    if shopper is None:
        return Translation(left_out=("events without user_id and user_pseudo_id (no consent)",))
    order = known(plain(nested(record, "ecommerce"), "transaction_id")) or known(_parameter(record, "transaction_id"))
    common, items = _common(record, shopper, name), objects(record, "items")
    if not items:
        return _without_items(common, name, order, record)
    rows: list[Row] = []
    for each, event_id in zip(items, _event_ids(record, name, order, items), strict=True):
        rows += [
            Row("interactions", {**common, "event_id": event_id, **_line(each, name)}, order=order),
            Row("items", _item(each, common["currency"]), at=common["event_ts"]),
        ]
    return Translation(rows)


def _common(record: Record, shopper: str, name: str) -> dict[str, str | None]:
    """What holds for all items of an event."""
    return {
        "user_id": shopper,
        "event_type": name,
        "event_ts": from_epoch(record, "event_timestamp", "microseconds"),
        "currency": known(_parameter(record, "currency")),
        "session_id": _session(record),
        "channel": _CHANNELS.get(plain(record, "platform") or ""),
    }


def _unused(name: str | None) -> str:
    if name is None:
        return "events without event_name"
    return f"events {name}" if is_name(name) else "events of other names"


def _without_items(common: dict[str, str | None], name: str, order: str | None, record: Record) -> Translation:
    """A refund of an order as a whole names no items; other events without items say nothing."""
    if name != "refund" or order is None:
        return Translation(left_out=(f"events {name} without items",))
    values = {**common, "event_id": _event_ids(record, name, order, [{}])[0]}
    return Translation((Row("interactions", values, order=order),))


def _line(item: Record, name: str) -> dict[str, str | None]:
    """What an element of items says of its line; views move no goods and no money."""
    line = {"item_id": plain(item, "item_id")}
    if name not in _OF_GOODS:
        return line
    price, quantity = plain(item, "price"), rounded(plain(item, "quantity"))
    told = rounded(plain(item, _MONEY[name])) if name in _MONEY else None
    return {**line, "quantity": quantity, "event_value": told or amount(price, quantity)}


def _item(item: Record, currency: str | None) -> dict[str, str | None]:
    key = plain(item, "item_id")
    price = rounded(plain(item, "price"))
    return {
        "item_id": key,
        "item_name": known(plain(item, "item_name")) or key,
        "item_brand": known(plain(item, "item_brand")),
        **{name: known(plain(item, name)) for name in _CATEGORIES},
        "price": price,
        "currency": currency if price else None,
    }


def _event_ids(record: Record, name: str, order: str | None, items: list[Any]) -> list[str]:
    """An id per item. A purchase is known by its order, so that a page that was loaded twice counts once."""
    user = plain(record, "user_pseudo_id") or plain(record, "user_id")
    parts = (user, order) if name == "purchase" and order else tuple(plain(record, part) for part in _PARTS)
    seen: dict[str | None, int] = {}
    ids = []
    for item in items:
        key = plain(item, "item_id")
        seen[key] = seen.get(key, 0) + 1
        ids.append(digest("ga4", name, *parts, key, str(seen[key])))
    return ids


def _session(record: Record) -> str | None:
    """GA4 counts sessions per browser: the number alone would be thousands' session."""
    number, browser = _parameter(record, "ga_session_id"), plain(record, "user_pseudo_id")
    return f"{browser}.{number}" if number and browser else None


def _parameter(record: Record, key: str) -> str | None:
    for parameter in objects(record, "event_params"):
        if parameter.get("key") == key:
            value = nested(parameter, "value")
            kinds = ("string_value", "int_value", "float_value", "double_value")
            return next((text for kind in kinds if (text := plain(value, kind))), None)
    return None


GA4: Final = Kind(
    "ga4",
    "Google Analytics 4, its BigQuery export as JSON lines (.jsonl, .json, also .gz)",
    "shelduck adapt ga4 events_20250303.json.gz --arrived 2025-03-03 --close",
    (".jsonl", ".json", ".ndjson"),
    (JsonLayout(lambda: event),),
    merged=frozenset({"items"}),
    names={
        "interactions": {
            "user_id": "user_pseudo_id",
            "item_id": "items.item_id",
            "event_type": "event_name",
            "event_ts": "event_timestamp",
            "quantity": "items.quantity",
            "event_value": "items.price",
            "currency": "event_params.currency",
        },
        "items": {
            "item_id": "items.item_id",
            "item_name": "items.item_name",
            "price": "items.price",
            "currency": "event_params.currency",
        },
    },
)
