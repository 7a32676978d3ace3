"""WooCommerce's orders as the REST API gives them."""

from __future__ import annotations

from typing import Any

from tests.landing.adapters.conftest import Desk, lines, reasons

RAKE = {"id": 1, "name": "Rake - M", "parent_name": "Rake", "product_id": 93, "variation_id": 7, "quantity": 2}
RAKE |= {"subtotal": "21.80", "total": "19.80", "price": 9.9000001, "image": {"src": "https://shop/r.jpg"}}
POT = {"id": 2, "name": "Pot", "product_id": 22, "quantity": 1, "subtotal": "3.00", "total": "3.00", "price": 3}


def order(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "status": "completed",
        "currency": "EUR",
        "created_via": "checkout",
        "date_created": "2025-03-04T00:30:00",
        "date_created_gmt": "2025-03-03T23:30:00",
        "date_modified_gmt": "2025-03-06T12:00:00",
        "customer_id": 26,
        "billing": {"email": "anna@example.org", "first_name": "Anna"},
        "line_items": [RAKE, POT],
        "refunds": [],
        **more,
    }


NAMES = ("session_id", "item_id", "event_type", "event_ts", "quantity", "event_value", "discount")


def test_an_order_becomes_a_purchase_per_line(desk: Desk) -> None:
    report = desk.adapt("woocommerce", desk.put("orders.jsonl", lines(order(723))))
    assert sorted(desk.rows("interactions", *NAMES)) == [
        ("723", "22", "purchase", "2025-03-03 23:30:00+00:00", "1.0000", "3.0000", None),
        ("723", "93", "purchase", "2025-03-03 23:30:00+00:00", "2.0000", "19.8000", "2.0000"),
    ]
    assert desk.rows("items", "item_id", "item_name", "price", "image_uri") == [
        ("22", "Pot", "3.0000", None),
        ("93", "Rake", "9.9000", "https://shop/r.jpg"),
    ]
    assert set(desk.rows("interactions", "user_id", "currency", "channel")) == {("26", "EUR", "web")}
    assert desk.days("interactions") == ["2025-03-04"] and report.faults == ()


def test_a_refund_with_lines_gives_back_these_lines_on_its_day(desk: Desk) -> None:
    line = {"id": 9, "product_id": 93, "quantity": -1, "total": "-9.90"}
    money = {"id": 10, "product_id": 22, "quantity": 0, "total": "-1.00"}
    refund = {"id": 726, "date_created_gmt": "2025-03-05T10:00:00", "total": "-10.90", "line_items": [line, money]}
    desk.adapt("woocommerce", desk.put("orders.jsonl", lines(order(723, refunds=[refund]))))
    back = ("723", "93", "refund", "2025-03-05 10:00:00+00:00", "1.0000", "9.9000", None)
    assert desk.rows("interactions", *NAMES, day="2025-03-05") == [back]


def test_an_order_that_was_refunded_as_a_whole_gives_back_all_lines_when_it_was_last_changed(desk: Desk) -> None:
    refunds = [{"id": 5, "reason": "", "total": "-22.80"}]
    desk.adapt("woocommerce", desk.put("orders.jsonl", lines(order(1, status="refunded", refunds=refunds))))
    rows = desk.rows("interactions", "event_type", "item_id", "quantity", "event_value", day="2025-03-06")
    assert sorted(rows) == [("refund", "22", "1.0000", "3.0000"), ("refund", "93", "2.0000", "19.8000")]


def test_orders_that_were_not_placed_and_refunds_without_lines_are_counted(desk: Desk) -> None:
    part = [{"id": 5, "reason": "", "total": "-2.80"}]
    orders = (order(1, status="failed"), order(2, refunds=part), order(3, customer_id=0, billing={}))
    report = desk.adapt("woocommerce", desk.put("orders.jsonl", lines(*orders)))
    assert report.files[0].left_out == {
        "orders failed": 1,
        "refunds that name no lines": 1,
        "orders without a customer": 1,
    }
    assert len(desk.rows("interactions", "event_id")) == 2 and report.accepted == 3


def test_a_guest_is_known_by_a_pseudonym_of_the_address(desk: Desk) -> None:
    guests = (order(number, customer_id=0, billing={"email": text}) for number, text in ((1, "A@B.cd"), (2, "a@b.cd")))
    desk.adapt("woocommerce", desk.put("orders.jsonl", lines(*guests)))
    (user,) = set(desk.rows("interactions", "user_id"))
    assert user[0].startswith("p-")


def test_a_bad_order_costs_itself(desk: Desk) -> None:
    orders = (order(1, line_items={"id": 1}), order(2, date_created_gmt="soon"), order(3))
    report = desk.adapt("woocommerce", desk.put("orders.json", lines(*orders)))
    assert reasons(report) == [
        ("line_items", "line_items is not a list of objects"),
        ("date_created_gmt", "event_ts is no timestamp with offset or Z"),
    ]
    assert (report.read, report.accepted) == (3, 1) and len(desk.rows("interactions", "event_id")) == 2
