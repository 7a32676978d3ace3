"""Shopify's orders export: what stands on an order's first row holds for all of its lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.errors import LandingError
from tests.landing.adapters.conftest import Desk, reasons

HEADER = (
    "Name,Email,Financial Status,Paid at,Fulfilled at,Currency,Total,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem sku,Lineitem discount,Cancelled at,Refunded Amount,Vendor,Location,Source"
)
FIRST = (
    "#1,Anna@Example.org,paid,2025-03-03 23:31:00 +0100,,EUR,30,2025-03-03 23:30:00 +0100,2,Rake - M,9.90,R-M,1.80,"
    ",0,Acme,,web"
)
MORE = '#1,,,,,,,,1,"Pot, 5""",3.00,,0.00,,,,,'
OTHER = (
    "#2,anna@example.org,refunded,,2025-03-05 08:00:00 +0100,EUR,5,2025-03-04 00:10:00 +0100,1,Rake - M,10.90,R-M,0,"
    ",10.90,,Mitte,pos"
)


def _put(desk: Desk, *rows: str, header: str = HEADER) -> Path:
    return desk.put("orders_export.csv", "\n".join((header, *rows)) + "\n")


def test_the_lines_of_an_order_share_its_date_customer_and_currency(desk: Desk) -> None:
    report = desk.adapt("shopify", _put(desk, OTHER, FIRST, MORE))
    names = ("session_id", "item_id", "event_type", "event_ts", "quantity", "event_value", "discount", "channel")
    rows = desk.rows("interactions", *names)
    assert sorted(rows[:2]) == [
        ("#1", 'Pot, 5"', "purchase", "2025-03-03 22:30:00+00:00", "1.0000", "3.0000", "0.0000", "web"),
        ("#1", "R-M", "purchase", "2025-03-03 22:30:00+00:00", "2.0000", "18.0000", "1.8000", "web"),
    ]
    assert rows[2:] == [
        ("#2", "R-M", "purchase", "2025-03-03 23:10:00+00:00", "1.0000", "10.9000", "0.0000", "store"),
        ("#2", "R-M", "refund", "2025-03-05 07:00:00+00:00", "1.0000", "10.9000", None, "store"),
    ]
    assert desk.days("interactions") == ["2025-03-03", "2025-03-04", "2025-03-05"]
    assert desk.rows("items", "item_id", "item_name", "item_brand", "price", "currency") == [
        ('Pot, 5"', 'Pot, 5"', None, "3.0000", "EUR"),
        ("R-M", "Rake - M", "Acme", "10.9000", "EUR"),
    ]
    assert report.faults == () and report.read == 3


def test_an_address_becomes_one_pseudonym_and_appears_nowhere(desk: Desk) -> None:
    desk.adapt("shopify", _put(desk, FIRST, MORE, OTHER))
    (user,) = set(desk.rows("interactions", "user_id"))
    assert user[0].startswith("p-")
    written = [path for path in desk.settings.home.rglob("*") if path.is_file()]
    assert not any(b"example.org" in path.read_bytes().lower() for path in written) and len(written) > 5
    assert (desk.settings.home / "pseudonym.key").stat().st_mode & 0o077 == 0


def test_a_customers_number_is_taken_before_the_address(desk: Desk) -> None:
    desk.adapt("shopify", _put(desk, f"{FIRST},8123", header=f"{HEADER},Customer ID"))
    assert desk.rows("interactions", "user_id") == [("8123",)]


def test_another_key_gives_another_pseudonym_and_a_broken_one_is_named(desk: Desk) -> None:
    source = _put(desk, FIRST)
    desk.adapt("shopify", source)
    before, key = desk.rows("interactions", "user_id"), desk.settings.home / "pseudonym.key"
    key.write_text("0" * 64)
    desk.adapt("shopify", source)
    assert desk.rows("interactions", "user_id") != before
    key.write_text("secret")
    with pytest.raises(LandingError, match=r"pseudonym\.key: expected 64 hexadecimal digits"):
        desk.adapt("shopify", source)


def test_orders_that_were_not_paid_or_have_no_customer_are_counted(desk: Desk) -> None:
    voided = FIRST.replace("#1", "#3").replace("paid", "voided")
    unknown = FIRST.replace("#1", "#4").replace("Anna@Example.org", "")
    partly = OTHER.replace("#2", "#5").replace("refunded", "partially_refunded")
    report = desk.adapt("shopify", _put(desk, voided, unknown, partly))
    assert report.files[0].left_out == {
        "orders whose payment is voided": 1,
        "orders without a customer": 1,
        "partial refunds, which name no lines": 1,
    }
    assert desk.rows("interactions", "event_type") == [("purchase",)] and report.faults == ()


def test_a_line_whose_order_has_no_first_row_is_refused(desk: Desk) -> None:
    broken = FIRST.replace('"', "").replace("#1", "#9") + ",one too many"
    orphan = MORE.replace("#1", "#9")
    report = desk.adapt("shopify", _put(desk, broken, orphan, FIRST, MORE))
    assert reasons(report) == [
        (None, "the line has 19 fields where the header has 18"),
        ("Name", "the row of the order that holds its date and status is missing or was refused"),
    ]
    assert report.accepted == 2 and len(desk.rows("interactions", "item_id")) == 2
