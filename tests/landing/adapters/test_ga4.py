"""Events of GA4's BigQuery export: a row per item, the rest counted by reason."""

from __future__ import annotations

from typing import Any

from tests.landing.adapters.conftest import Desk, lines, reasons

RAKE = {"item_id": "g1", "item_name": "Rake", "item_brand": "Acme", "item_category": "Garden", "price": 12.345678}
POT = {"item_id": "g2", "item_name": "(not set)", "item_category": "(not set)", "price": 3, "quantity": "2"}


def event(name: str, micros: int, *items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "event_date": "20250303",
        "event_timestamp": str(1_741_042_800_000_000 + micros),
        "event_name": name,
        "event_params": [
            {"key": "currency", "value": {"string_value": "EUR"}},
            {"key": "ga_session_id", "value": {"int_value": "77"}},
        ],
        "user_pseudo_id": "1.2",
        "platform": "WEB",
        "items": list(items),
        **more,
    }


def test_an_event_of_two_items_becomes_two_rows_and_two_items(desk: Desk) -> None:
    bought = event("purchase", 1, {**RAKE, "quantity": "3"}, {**POT, "item_revenue": 5.5}, user_id="anna")
    bought["ecommerce"] = {"transaction_id": "T1"}
    source = desk.put("events.json", lines(event("view_item", 0, RAKE), bought, event("session_start", 2)))
    report = desk.adapt("ga4", source)
    names = ("user_id", "item_id", "event_type", "event_ts", "quantity", "event_value", "currency", "session_id")
    rows = desk.rows("interactions", *names)
    assert rows[0] == ("1.2", "g1", "view_item", "2025-03-03 23:00:00+00:00", None, None, "EUR", "1.2.77")
    assert sorted(rows[1:]) == [
        ("anna", "g1", "purchase", "2025-03-03 23:00:00.000001+00:00", "3.0000", "37.0370", "EUR", "1.2.77"),
        ("anna", "g2", "purchase", "2025-03-03 23:00:00.000001+00:00", "2.0000", "5.5000", "EUR", "1.2.77"),
    ]
    assert desk.rows("items", "item_id", "item_name", "item_brand", "item_category", "price") == [
        ("g1", "Rake", "Acme", "Garden", "12.3457"),
        ("g2", "g2", None, None, "3.0000"),
    ]
    assert report.files[0].left_out == {"events session_start": 1} and report.accepted == 3
    assert len(set(desk.rows("interactions", "event_id"))) == 3


def test_the_catalogue_keeps_what_was_seen_last_of_each_column(desk: Desk) -> None:
    later = {"item_id": "g1", "item_name": "Rake II", "price": 9}
    desk.adapt("ga4", desk.put("e.jsonl", lines(event("view_item", 10, later), event("view_item", 0, RAKE))))
    assert desk.rows("items", "item_name", "item_brand", "price") == [("Rake II", "Acme", "9.0000")]


def test_a_purchase_that_a_page_sent_twice_counts_once(desk: Desk) -> None:
    first, again = (event("purchase", micros, {**RAKE, "quantity": 1}) for micros in (0, 5_000_000))
    for each in (first, again):
        each["ecommerce"] = {"transaction_id": "T1"}
    report = desk.adapt("ga4", desk.put("e.jsonl", lines(first, again)))
    assert len(desk.rows("interactions", "event_id")) == 1
    assert reasons(report) == [("event_id", "event_id came before")]


def test_a_refund_of_a_whole_order_takes_back_all_its_lines(desk: Desk) -> None:
    bought = event("purchase", 0, {**RAKE, "quantity": 3}, POT, ecommerce={"transaction_id": "T1"})
    back = event("refund", 86_400_000_000, ecommerce={"transaction_id": "T1"})
    foreign = event("refund", 86_400_000_001, ecommerce={"transaction_id": "T2"})
    part = event("refund", 90_000_000_000, {**POT, "quantity": 1}, ecommerce={"transaction_id": "T1"})
    report = desk.adapt("ga4", desk.put("e.jsonl", lines(bought, back, foreign, part)))
    said = desk.rows("interactions", "event_type", "item_id", "quantity", "event_value", day="2025-03-05")
    assert sorted(said) == [
        ("refund", "g1", "3.0000", "37.0370"),
        ("refund", "g2", "1.0000", "3.0000"),
        ("refund", "g2", "2.0000", "6.0000"),
    ]
    assert report.files[0].left_out == {"refunds of orders that this source does not hold": 1}
    assert report.faults == () and report.accepted == 4


def test_an_event_without_consent_and_one_without_items_are_counted(desk: Desk) -> None:
    hidden = event("view_item", 0, RAKE, user_pseudo_id=None)
    report = desk.adapt("ga4", desk.put("e.jsonl", lines(hidden, event("add_to_cart", 1), event("view_item", 2, RAKE))))
    assert report.files[0].left_out == {
        "events without user_id and user_pseudo_id (no consent)": 1,
        "events add_to_cart without items": 1,
    }
    assert report.accepted == 3 and report.written == {"interactions": 1, "items": 1}


def test_a_bad_item_costs_its_row_and_not_the_others_of_the_event(desk: Desk) -> None:
    bad = {"item_id": {"a": 1}}, {**POT, "price": "free"}
    report = desk.adapt(
        "ga4", desk.put("e.jsonl", lines(event("purchase", 0, RAKE, bad[1]), event("view_item", 1, bad[0])))
    )
    assert desk.rows("interactions", "item_id") == [("g1",)]
    assert reasons(report) == [
        ("items.price", "event_value is no number, at most 4 decimals"),
        ("items.price", "price is no number, at most 4 decimals"),
        ("item_id", "item_id is nested"),
    ]
    assert (report.read, report.quarantined) == (2, 2)
    assert [(count.read, count.accepted, count.quarantined) for count in report.files[0].rows.values()] == [
        (2, 1, 1),
        (2, 1, 1),
    ]


def test_a_name_of_an_event_that_looks_like_data_is_not_shown(desk: Desk) -> None:
    report = desk.adapt("ga4", desk.put("e.jsonl", lines(event("anna@example.org", 0), event("view_item", 1, RAKE))))
    assert report.files[0].left_out == {"events of other names": 1}
