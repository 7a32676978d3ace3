"""Segment's calls: track calls of the e-commerce spec become events, identify calls shoppers."""

from __future__ import annotations

from typing import Any

from tests.landing.adapters.conftest import Desk, lines, reasons

RAKE = {"product_id": "p1", "sku": "G-1", "name": "Rake", "brand": "Acme", "category": "Garden", "price": 19}
POT = {"sku": "G-2", "name": "Pot", "price": 3.5, "quantity": 2, "position": 2, "image_url": "https://shop/pot.jpg"}


def track(event: str, second: int, properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    call = {"type": "track", "event": event, "messageId": f"m{second}", "userId": "anna", "channel": "browser"}
    return {**call, "timestamp": f"2025-03-03T12:00:{second:02}.123Z", "properties": properties, **more}


def test_calls_become_a_row_per_product(desk: Desk) -> None:
    order = {"order_id": "O1", "currency": "EUR", "products": [{**RAKE, "quantity": 1}, POT]}
    calls = (
        track("Product Viewed", 1, {**RAKE, "currency": "EUR"}, userId=None, anonymousId="a-9"),
        track("Product List Viewed", 2, {"list_id": "x", "products": [RAKE, {**POT, "position": 0}, POT]}),
        track("Order Completed", 3, order),
        track("Order Refunded", 4, {"order_id": "O1", "products": [POT]}),
        track("Product Reviewed", 5, {"product_id": "p1", "rating": 4.5}),
    )
    report = desk.adapt("segment", desk.put("calls.jsonl", lines(*calls)))
    names = ("event_id", "user_id", "item_id", "event_type", "quantity", "event_value", "position", "rating")
    assert desk.rows("interactions", *names) == [
        ("m1", "a-9", "p1", "view_item", None, None, None, None),
        ("m2-0", "anna", "p1", "view_item_list", None, None, None, None),
        ("m2-1", "anna", "G-2", "view_item_list", None, None, None, None),
        ("m2-2", "anna", "G-2", "view_item_list", None, None, "2", None),
        ("m3-0", "anna", "p1", "purchase", "1.0000", "19.0000", None, None),
        ("m3-1", "anna", "G-2", "purchase", "2.0000", "7.0000", "2", None),
        ("m4-0", "anna", "G-2", "refund", "2.0000", "7.0000", "2", None),
        ("m5", "anna", "p1", "rate", None, None, None, "4.5000"),
    ]
    assert desk.rows("items", "item_id", "item_name", "item_category", "price", "image_uri") == [
        ("G-2", "Pot", None, "3.5000", "https://shop/pot.jpg"),
        ("p1", "p1", "Garden", "19.0000", None),
    ]
    assert report.faults == ()
    assert set(desk.rows("interactions", "channel", "event_ts")[:1]) == {("web", "2025-03-03 12:00:01.123000+00:00")}


def test_identify_calls_become_the_shopper_as_last_known(desk: Desk) -> None:
    known = {"type": "identify", "userId": "anna", "timestamp": "2025-03-03T10:00:00Z", "context": {"locale": "de-DE"}}
    first = {**known, "traits": {"createdAt": "2025-03-03T09:00:00Z", "address": {"country": "AT"}, "email": "a@b.cd"}}
    again = {**known, "timestamp": "2025-03-03T11:00:00Z", "traits": {"address": {"country": "DE"}}}
    calls = (track("Product Viewed", 1, RAKE), again, first, {"type": "page", "userId": "anna"})
    report = desk.adapt("segment", desk.put("calls.jsonl", lines(*calls)))
    users = [("anna", "DE", "de-DE", "2025-03-03 09:00:00+00:00")]
    assert desk.rows("users", "user_id", "country", "language", "signup_ts") == users
    assert report.files[0].left_out == {"calls page": 1}


def test_a_refund_without_products_takes_back_the_order(desk: Desk) -> None:
    order = track("Order Completed", 3, {"order_id": "O1", "products": [{**RAKE, "quantity": 2}, POT]})
    back = track("Order Refunded", 9, {"order_id": "O1"})
    desk.adapt("segment", desk.put("calls.jsonl", lines(back, order)))
    refunds = [row for row in desk.rows("interactions", "event_type", "item_id", "event_value") if row[0] == "refund"]
    assert sorted(refunds) == [("refund", "G-2", "7.0000"), ("refund", "p1", "38.0000")]


def test_what_is_not_of_the_spec_is_counted_and_what_breaks_it_refused(desk: Desk) -> None:
    calls = (
        track("Coupon Entered", 1, {"coupon_id": "c"}),
        track("Order Completed", 2, {"order_id": "O1", "products": "none"}),
        track("Product Viewed", 3, RAKE, messageId=None),
        track("Product Viewed", 4, RAKE, timestamp="2025-03-03 12:00"),
        track("Product Viewed", 5, RAKE),
    )
    report = desk.adapt("segment", desk.put("calls.jsonl", lines(*calls)))
    assert report.files[0].left_out == {"events Coupon Entered": 1}
    assert reasons(report) == [
        ("products", "products is not a list of objects"),
        ("messageId", "event_id is empty"),
        ("timestamp", "event_ts is a timestamp without an offset"),
    ]
    assert (report.read, report.accepted, report.quarantined) == (5, 2, 3)


def test_a_user_id_that_is_an_address_is_landed_as_a_pseudonym(desk: Desk) -> None:
    calls = (track("Product Viewed", n, RAKE, userId=address) for n, address in ((1, "Anna@Example.org"), (2, "u2")))
    desk.adapt("segment", desk.put("calls.jsonl", lines(*calls)))
    (first,), (second,) = desk.rows("interactions", "user_id")
    assert first.startswith("p-") and len(first) == 34 and second == "u2"
    assert not any(b"example" in content.lower() for content in desk.files().values())
