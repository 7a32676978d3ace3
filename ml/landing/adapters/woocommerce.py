"""WooCommerce: orders of its REST API (version 3) as JSON lines."""

from __future__ import annotations

from typing import Final

from ml.landing.adapters.kind import JsonLayout, Kind, Record, Row, Translation
from ml.landing.adapters.pseudonyms import Private
from ml.landing.adapters.values import digest, in_utc, nested, number, objects, plain, rounded, unsigned
from ml.landing.column_names import is_name

_SOLD: Final = ("on-hold", "processing", "completed", "refunded")
_CHANNELS: Final = {"checkout": "web", "store-api": "web", "rest-api": "web", "pos-rest-api": "store"}
_PARTLY: Final = "refunds that name no lines"


def order(record: Record) -> Translation:
    """A purchase per line of an order that was placed, its item, and refunds of lines."""
    status = (plain(record, "status") or "").removeprefix("wc-")
    if status not in _SOLD:
        return Translation(left_out=(f"orders {status}" if is_name(status) else "orders of other states",))
    customer = _customer(record)
    if customer is None:
        return Translation(left_out=("orders without a customer",))
    number_of = plain(record, "id") or plain(record, "order_id")
    ts = in_utc(plain(record, "date_created_gmt"))
    common = {
        "user_id": customer,
        "currency": plain(record, "currency"),
        "session_id": number_of,
        "channel": _CHANNELS.get(plain(record, "created_via") or ""),
    }
    rows: list[Row] = []
    for place, line in enumerate(objects(record, "line_items")):
        key = digest("woocommerce", number_of, plain(line, "id") or str(place))
        rows.append(Row("interactions", {**common, **_sold(line), "event_id": key, "event_ts": ts}))
        rows.append(Row("items", _item(line, common["currency"]), at=ts))
    back, left_out = _refunds(record, common, status)
    if not rows and not back and not left_out:
        left_out = ["orders without lines"]
    return Translation((*rows, *back), left_out)


def _customer(record: Record) -> str | None:
    """The account's number; guests have the number 0, and are known by their address."""
    account = plain(record, "customer_id")
    if account and account != "0":
        return account
    address = plain(nested(record, "billing"), "email")
    return Private(address) if address else None


def _sold(line: Record) -> dict[str, str | None]:
    total, before = plain(line, "total"), plain(line, "subtotal")
    paid, full = number(total), number(before)
    return {
        "item_id": plain(line, "product_id"),
        "event_type": "purchase",
        "quantity": plain(line, "quantity"),
        "event_value": rounded(total),
        "discount": rounded(str(full - paid)) if paid is not None and full is not None and full > paid else None,
    }


def _item(line: Record, currency: str | None) -> dict[str, str | None]:
    key, price = plain(line, "product_id"), rounded(plain(line, "price"))
    return {
        "item_id": key,
        "item_name": plain(line, "parent_name") or plain(line, "name") or key,
        "price": price,
        "currency": currency if price else None,
        "image_uri": plain(nested(line, "image"), "src"),
    }


def _refunds(record: Record, common: dict[str, str | None], status: str) -> tuple[list[Row], list[str]]:
    """Refunds with lines line by line; an order that is refunded as a whole gives back all of its lines."""
    rows: list[Row] = []
    left_out: list[str] = []
    for refund in objects(record, "refunds"):
        found = list(_refunded_lines(refund, common))
        rows += found
        if not found and status != "refunded":
            left_out.append(_PARTLY)
    if status == "refunded" and not rows:
        ts = in_utc(plain(record, "date_modified_gmt") or plain(record, "date_created_gmt"))
        for place, line in enumerate(objects(record, "line_items")):
            key = digest("woocommerce", common["session_id"], plain(line, "id") or str(place), "refund")
            values = {**common, **_sold(line), "event_id": key, "event_type": "refund", "event_ts": ts}
            rows.append(Row("interactions", {**values, "discount": None}))
    return rows, left_out


def _refunded_lines(refund: Record, common: dict[str, str | None]) -> list[Row]:
    """The lines of a refund by which goods came back; its quantities and totals are negative."""
    ts, rows = in_utc(plain(refund, "date_created_gmt")), []
    for place, line in enumerate(objects(refund, "line_items")):
        pieces = unsigned(plain(line, "quantity"))
        if pieces is None or number(pieces) == 0:
            continue  # money alone
        values = {
            **common,
            "event_id": digest("woocommerce", "refund", plain(refund, "id"), plain(line, "id") or str(place)),
            "item_id": plain(line, "product_id"),
            "event_type": "refund",
            "event_ts": ts,
            "quantity": pieces,
            "event_value": unsigned(rounded(plain(line, "total"))),
        }
        rows.append(Row("interactions", values))
    return rows


WOOCOMMERCE: Final = Kind(
    "woocommerce",
    "WooCommerce's orders as its REST API gives them, JSON lines; guests get a pseudonym of their e-mail",
    "shelduck adapt woocommerce orders.jsonl --close",
    (".jsonl", ".json", ".ndjson"),
    (JsonLayout(lambda: order),),
    merged=frozenset({"items"}),
    names={
        "interactions": {
            "user_id": "customer_id",
            "item_id": "line_items.product_id",
            "event_ts": "date_created_gmt",
            "quantity": "line_items.quantity",
            "event_value": "line_items.total",
            "discount": "line_items.subtotal",
            "session_id": "id",
        },
        "items": {
            "item_id": "line_items.product_id",
            "item_name": "line_items.name",
            "price": "line_items.price",
        },
    },
)
