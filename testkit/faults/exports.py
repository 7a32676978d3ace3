"""Exports of other systems as ``shelduck adapt`` reads them, drawn by chance, each of a few shoppers."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SHOPPERS = 5
_SINGLE = ("Product Viewed", "Product Reviewed", "Product Added")
_DAWN = datetime(2025, 3, 3, tzinfo=UTC)


@dataclass(frozen=True)
class Export:
    """A file of a kind: its name, its header line if it has one, its lines, and whose event each line is, if any's."""

    kind: str
    name: str
    header: bytes | None
    lines: tuple[bytes, ...]
    users: tuple[str, ...]

    @property
    def separator(self) -> str | None:
        """What separates the fields of a file without a header and without quotes."""
        return {"ratings.dat": "::", "movies.dat": "::", "u.data": "\t"}.get(self.name)

    @property
    def content(self) -> bytes:
        """The file as it was written."""
        return (self.header or b"") + b"".join(self.lines)


def _time(chance: random.Random) -> datetime:
    return _DAWN + timedelta(seconds=chance.randrange(5 * 86_400))


def _id(chance: random.Random, letter: str) -> str:
    return f"{letter}{chance.getrandbits(48):012x}"


def _csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[bytes, ...]:
    lines = []
    for row in (header, *rows):
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerow(row)
        lines.append(text.getvalue().encode())
    return tuple(lines)


def _of_nobody(kind: str, name: str, lines: tuple[bytes, ...]) -> Export:
    """A CSV of items or shoppers."""
    return Export(kind, name, lines[0], lines[1:], ("",) * (len(lines) - 1))


def personalize(chance: random.Random) -> Export:
    """Interactions, at times items or users."""
    if chance.random() < 0.15:
        rows = [(_id(chance, "i"), str(chance.random() * 50), "Garden|Tools", "Long, light") for _ in range(SHOPPERS)]
        return _of_nobody("personalize", "items.csv", _csv(("ITEM_ID", "PRICE", "CATEGORY_L1", "DESCRIPTION"), rows))
    if chance.random() < 0.15:
        rows = [(_id(chance, "u"), str(chance.randint(18, 90)), "f", "DE") for _ in range(SHOPPERS)]
        return _of_nobody("personalize", "users.csv", _csv(("USER_ID", "AGE", "GENDER", "COUNTRY"), rows))
    header = ("USER_ID", "ITEM_ID", "EVENT_TYPE", "EVENT_VALUE", "TIMESTAMP", "DEVICE")
    users = [_id(chance, "u") for _ in range(SHOPPERS)]
    events = []
    for user in users:
        kind, value = chance.choice(("View", "Purchase", "add_to_cart")), f"{chance.randint(1, 99)}.5"
        events.append((user, _id(chance, "i"), kind, value, str(int(_time(chance).timestamp())), "phone, old"))
    first, *lines = _csv(header, events)
    return Export("personalize", "interactions.csv", first, tuple(lines), tuple(users))


def shopify(chance: random.Random) -> Export:
    """Orders of two lines each."""
    ordered = ("Name", "Email", "Financial Status", "Currency", "Created at", "Lineitem quantity", "Lineitem name")
    header = (*ordered, "Lineitem price", "Lineitem sku", "Lineitem discount", "Customer ID", "Cancelled at")
    rows, users = [], []
    for _ in range(SHOPPERS):
        user, order, ts = _id(chance, "u"), f"#{chance.randrange(10**9)}", _time(chance)
        users += [user, user]
        said = (chance.choice(("paid", "refunded", "partially_refunded")), "EUR", f"{ts:%Y-%m-%d %H:%M:%S} +0000")
        for number in range(2):
            goods = (
                str(chance.randint(1, 4)),
                'Rake, "large"',
                f"{chance.randint(5, 40)}.90",
                _id(chance, "i"),
                "0.00",
            )
            head = ("shopper@example.org", *said) if not number else ("",) * 4
            rows.append((order, *head, *goods, "" if number else user, ""))
    first, *lines = _csv(header, rows)
    return Export("shopify", "orders.csv", first, tuple(lines), tuple(users))


def movielens(chance: random.Random) -> Export:
    """Ratings as CSV, as .dat or as u.data, at times films."""
    if chance.random() < 0.2:
        films = [(str(chance.getrandbits(30)), f"Film, {chance.random()} (1995)", "Drama|War") for _ in range(SHOPPERS)]
        if chance.random() < 0.5:
            return _of_nobody("movielens", "movies.csv", _csv(("movieId", "title", "genres"), films))
        listed = tuple("::".join(film).encode() + b"\n" for film in films)
        return Export("movielens", "movies.dat", None, listed, ("",) * SHOPPERS)
    name, separator = chance.choice((("ratings.csv", ","), ("ratings.dat", "::"), ("u.data", "\t")))
    users = [str(chance.getrandbits(40)) for _ in range(SHOPPERS)]
    lines = [
        separator.join((user, str(chance.getrandbits(30)), f"{chance.randint(1, 10) / 2}"))
        + f"{separator}{int(_time(chance).timestamp())}\n"
        for user in users
    ]
    header = b"userId,movieId,rating,timestamp\n" if separator == "," else None
    return Export("movielens", name, header, tuple(line.encode() for line in lines), tuple(users))


def ga4(chance: random.Random) -> Export:
    """Events with one item or two, some of them none that Shelduck reads."""
    users, records = [_id(chance, "u") for _ in range(SHOPPERS)], []
    for user in users:
        items = [
            {"item_id": _id(chance, "i"), "item_name": 'Rake, "large" ü', "price": chance.randint(1, 99) + 0.9}
            | {"quantity": str(chance.randint(1, 3)), "item_category": "(not set)"}
            for _ in range(chance.randint(1, 2))
        ]
        parameters = [{"key": "currency", "value": {"string_value": "EUR"}}]
        parameters.append({"key": "ga_session_id", "value": {"int_value": str(chance.getrandbits(30))}})
        records.append(
            {
                "event_date": "20250303",
                "event_timestamp": str(int(_time(chance).timestamp() * 1_000_000)),
                "event_name": chance.choice(("purchase", "view_item", "refund", "add_to_cart")),
                "event_params": parameters,
                "user_pseudo_id": user,
                "ecommerce": {"transaction_id": _id(chance, "t")},
                "items": items,
                "platform": "WEB",
            }
        )
    return _json("ga4", "events.jsonl", records, users)


def segment(chance: random.Random) -> Export:
    """Track calls with products, or with one product, and identify calls."""
    users = [_id(chance, "u") for _ in range(SHOPPERS)]
    records: list[dict[str, object]] = []
    for user in users:
        product = {"product_id": _id(chance, "i"), "name": "Rake", "price": chance.randint(1, 99) + 0.9, "quantity": 2}
        product |= {"position": chance.randint(0, 9), "rating": 4.5, "currency": "EUR"}
        several = {"order_id": _id(chance, "o"), "currency": "EUR", "products": [product, {"sku": _id(chance, "i")}]}
        name = chance.choice((*_SINGLE, "Order Completed", "Order Refunded", "Product List Viewed"))
        records.append(
            {
                "type": "track",
                "messageId": _id(chance, "m"),
                "userId": user,
                "timestamp": _time(chance).isoformat().replace("+00:00", "Z"),
                "event": name,
                "properties": product if name in _SINGLE else several,
                "context": {"locale": "de-DE"},
            }
        )
    traits = {"createdAt": _time(chance).isoformat(), "address": {"country": "DE"}, "email": "shopper@example.org"}
    known = {"type": "identify", "messageId": _id(chance, "m"), "userId": _id(chance, "u"), "traits": traits}
    records.append({**known, "timestamp": records[0]["timestamp"], "context": {"locale": "de-DE"}})
    return _json("segment", "calls.json", records, [*users, ""])


def woocommerce(chance: random.Random) -> Export:
    """Orders, some with a refund of a line."""
    users, records = [str(chance.getrandbits(40)) for _ in range(SHOPPERS)], []
    for user in users:
        ts = _time(chance).isoformat().removesuffix("+00:00")
        line = {"id": chance.getrandbits(30), "name": "Rake", "product_id": chance.getrandbits(30), "quantity": 2}
        line |= {"subtotal": "21.80", "total": "19.80", "price": 9.9}
        back = {"id": chance.getrandbits(30), "product_id": line["product_id"], "quantity": -1, "total": "-9.90"}
        refund = {"id": chance.getrandbits(30), "date_created_gmt": ts, "total": "-9.90", "line_items": [back]}
        records.append(
            {
                "id": chance.getrandbits(40),
                "status": chance.choice(("completed", "processing", "refunded")),
                "currency": "EUR",
                "date_created_gmt": ts,
                "date_modified_gmt": ts,
                "customer_id": int(user),
                "billing": {"email": "shopper@example.org"},
                "line_items": [line],
                "refunds": chance.choice(([], [refund])),
            }
        )
    return _json("woocommerce", "orders.jsonl", records, users)


def _json(kind: str, name: str, records: Sequence[object], users: Sequence[str]) -> Export:
    lines = tuple(json.dumps(record, ensure_ascii=False).encode() + b"\n" for record in records)
    return Export(kind, name, None, lines, tuple(users))


EXPORTS: tuple[Callable[[random.Random], Export], ...] = (personalize, ga4, segment, shopify, woocommerce, movielens)
"""One per kind that ``shelduck adapt`` knows, in its order."""
