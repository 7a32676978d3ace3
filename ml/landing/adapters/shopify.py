"""Shopify: the CSV of its orders export, a row per line of an order."""

from __future__ import annotations

from typing import Final

from ml.landing.adapters.kind import CsvLayout, Kind, Record, Row, Translation, UnusableRecord
from ml.landing.adapters.pseudonyms import Private
from ml.landing.adapters.values import amount, digest, plain
from ml.landing.refusal import Refusal
from ml.landing.schema import Column, LandingTable, Type
from ml.landing.schema import Kind as Keys

_CUSTOMERS: Final = ("Customer ID", "Customer Id", "Customer: ID")
_ADDRESS: Final = "Email"
_TIMES: Final = ("Cancelled at", "Fulfilled at", "Paid at", "Created at")
_NOT_SOLD: Final = ("voided", "expired")
_CHANNELS: Final = {"web": "web", "pos": "store", "iphone": "app", "android": "app"}
_ORDER: Final = (
    *(*_CUSTOMERS, _ADDRESS, *_TIMES),
    *("Financial Status", "Currency", "Source", "Location"),
)


class Orders:
    """Translates the rows of one file: what stands on an order's first row alone holds for its other rows too."""

    def __init__(self) -> None:
        self._name: str | None = None
        self._order: dict[str, str | None] = {}
        self._seen: dict[str | None, int] = {}

    def __call__(self, record: Record) -> Translation:
        """The purchase of a line and its item; its refund, where the order was paid back in full."""
        self._enter(record)
        order, status = self._order, (self._order["Financial Status"] or "").lower()
        if status in _NOT_SOLD:
            return Translation(left_out=(f"orders whose payment is {status}",))
        customer = _customer(order)
        if customer is None:
            return Translation(left_out=("orders without a customer",))
        rows = self._rows(record, customer, is_refunded=status == "refunded")
        is_partly = status == "partially_refunded" and self._is_first(record)
        return Translation(rows, left_out=("partial refunds, which name no lines",) if is_partly else ())

    def _rows(self, record: Record, customer: str, *, is_refunded: bool) -> list[Row]:
        order, line = self._order, self._line(record)
        created, item = order["Created at"], line["item_id"]
        common = {
            "user_id": customer,
            "currency": order["Currency"],
            "session_id": self._name,
            "channel": _CHANNELS.get((order["Source"] or "").lower()),
            "store_id": order["Location"],
            **line,
        }
        key = digest("shopify", self._name, item, str(self._seen[item]))
        sold = {**common, "event_id": key, "event_type": "purchase", "event_ts": created}
        sold["discount"] = plain(record, "Lineitem discount")
        rows = [Row("interactions", sold), Row("items", _item(record, common), at=created)]
        if is_refunded:
            ts = next((order[name] for name in _TIMES if order[name]), None)
            back = {**common, "event_id": digest(key, "refund"), "event_type": "refund", "event_ts": ts}
            rows.append(Row("interactions", back))
        return rows

    def _enter(self, record: Record) -> None:
        """Remember the order that begins on this row, or make sure that the row belongs to the one before."""
        name = plain(record, "Name")
        if self._is_first(record):
            self._name, self._seen = name, {}
            self._order = {column: plain(record, column) for column in _ORDER}
        elif name is None or name != self._name:
            self._name = None
            reason = "the row of the order that holds its date and status is missing or was refused"
            remedy = "Export the order as a whole, its rows together, the one with Created at first"
            raise UnusableRecord(Refusal("Name", "a further row of an order", reason, remedy))

    def _is_first(self, record: Record) -> bool:
        return plain(record, "Created at") is not None

    def _line(self, record: Record) -> dict[str, str | None]:
        item, quantity = _item_id(record), plain(record, "Lineitem quantity")
        self._seen[item] = self._seen.get(item, 0) + 1
        value = amount(plain(record, "Lineitem price"), quantity, plain(record, "Lineitem discount"))
        return {"item_id": item, "quantity": quantity, "event_value": value}


def _customer(order: dict[str, str | None]) -> str | None:
    number = next((order[name] for name in _CUSTOMERS if order[name]), None)
    address = order[_ADDRESS]
    return number or (Private(address) if address else None)


def _item_id(record: Record) -> str | None:
    """The line's SKU, else its name: the export holds no product's number."""
    text = plain(record, "Lineitem sku") or plain(record, "Lineitem name")
    return text.strip() if text else None


def _item(record: Record, common: dict[str, str | None]) -> dict[str, str | None]:
    return {
        "item_id": common["item_id"],
        "item_name": plain(record, "Lineitem name") or common["item_id"],
        "item_brand": plain(record, "Vendor"),
        "price": plain(record, "Lineitem price"),
        "currency": common["currency"],
    }


def _columns(kind: Type, *names: str, required: bool = False) -> tuple[Column, ...]:
    return tuple(Column(name, kind, "", required) for name in names)


_TABLE: Final = LandingTable(
    "orders",
    Keys.EVENT,
    (),
    (
        *_columns(Type.TEXT, "Name", "Created at", "Financial Status", required=True),
        *_columns(Type.TEXT, "Lineitem name", required=True),
        *_columns(Type.NUMBER, "Lineitem quantity", "Lineitem price", required=True),
        *_columns(Type.NUMBER, "Lineitem discount"),
        *_columns(Type.TEXT, "Lineitem sku", "Vendor"),
        *_columns(Type.TEXT, *(name for name in _ORDER if name not in ("Created at", "Financial Status"))),
    ),
    "",
)

SHOPIFY: Final = Kind(
    "shopify",
    "Shopify's orders export (CSV); customers known by e-mail get a pseudonym",
    "shelduck adapt shopify orders_export.csv --close",
    (".csv",),
    (CsvLayout(_TABLE, Orders),),
    merged=frozenset({"items"}),
    names={
        "interactions": {
            "user_id": _ADDRESS,
            "item_id": "Lineitem sku",
            "event_ts": "Created at",
            "quantity": "Lineitem quantity",
            "event_value": "Lineitem price",
            "discount": "Lineitem discount",
            "currency": "Currency",
            "session_id": "Name",
            "store_id": "Location",
        },
        "items": {
            "item_id": "Lineitem sku",
            "item_name": "Lineitem name",
            "price": "Lineitem price",
            "currency": "Currency",
        },
    },
)
