"""A header of other names is refused with what to rename: everything at once, and nothing wrong."""

from __future__ import annotations

import pytest

from ml.landing import header_hints
from ml.landing.adapters.kinds import KINDS
from ml.landing.contract import CONTRACT
from ml.landing.header_hints import left_out, renamings, require_columns
from ml.landing.refusal import RefusedFileError
from tests.landing.conftest import Shop

INTERACTIONS = CONTRACT["interactions"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE",
         {"USER_ID": "user_id", "ITEM_ID": "item_id", "TIMESTAMP": "event_ts", "EVENT_TYPE": "event_type"}),
        ("userId,movieId,rating,timestamp", {"userId": "user_id", "movieId": "item_id", "timestamp": "event_ts"}),
        ("event_date,event_timestamp,event_name,user_pseudo_id,items",
         {"event_timestamp": "event_ts", "event_name": "event_type", "user_pseudo_id": "user_id"}),
        ("type,event,messageId,userId,timestamp,properties",
         {"event": "event_type", "messageId": "event_id", "userId": "user_id", "timestamp": "event_ts"}),
        ("Name,Created at,Lineitem quantity,Lineitem name,Lineitem sku",
         {"Name": "session_id", "Created at": "event_ts", "Lineitem quantity": "quantity", "Lineitem sku": "item_id"}),
        ("order_id,product_id,date_created_gmt,customer_id,product_qty",
         {"order_id": "session_id", "product_id": "item_id", "date_created_gmt": "event_ts", "customer_id": "user_id",
          "product_qty": "quantity"}),
        ("EVENT_ID,User Id,item-id,eventType,Event_TS",
         {"EVENT_ID": "event_id", "User Id": "user_id", "item-id": "item_id", "eventType": "event_type",
          "Event_TS": "event_ts"}),
        ("event_id,user_id,item_id,event_tpye,event_ts", {"event_tpye": "event_type"}),
        ("event_id,user_id,item_id,event_type,event_ts,event_date,EVENT_TYPE", {}),
        ("event_type,user_name,item_name,shoe_size", {}),
    ],
)  # fmt: skip
def test_every_name_that_stands_for_another_is_found_and_no_other(header: str, expected: dict[str, str]) -> None:
    assert renamings(header.split(","), INTERACTIONS).names == expected


@pytest.mark.parametrize("header", ["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE", "userId,movieId,rating,timestamp"])
def test_a_known_export_is_named_with_what_else_it_needs(header: str) -> None:
    with pytest.raises(RefusedFileError) as refused:
        require_columns(header.split(","), INTERACTIONS)
    remedy = refused.value.refusal.remedy
    assert remedy.count("Rename") == 1 and "add the column" in remedy and "event_id" in remedy
    assert "text with an offset or Z" in remedy and "EVENT_TYPE to event_id" not in remedy


def test_the_contracts_names_in_capitals_are_no_export_of_another_program() -> None:
    assert renamings([name.upper() for name in INTERACTIONS.names], INTERACTIONS).export is None


def test_no_two_names_stand_for_one_column_and_none_for_a_given_one() -> None:
    found = renamings(["user", "customer_id", "uid", "sku", "item_id"], INTERACTIONS)
    assert list(found.names.values()) == ["user_id"]


def test_what_may_be_a_value_is_never_shown() -> None:
    assert renamings(["4111111111111111", "alice@example.org"], INTERACTIONS).names == {}
    assert "alice" not in str(left_out(["alice@example.org"], INTERACTIONS))


@pytest.mark.parametrize(("suffix", "content"), [
    ("csv", "event_id,user_id,item_id,event_type,event_ts,eventValue\ne1,u,i,view_item,2025-03-03T09:00:00Z,1\n"),
    ("jsonl", '{"event_id":"e1","user_id":"u","item_id":"i","event_type":"view_item","event_ts":"2025-03-03T09:00:00Z",'
              '"eventValue":1}\n'),
])  # fmt: skip
def test_a_misnamed_optional_column_is_a_notice_that_says_what_it_may_be(shop: Shop, suffix: str, content: str) -> None:
    shop.drop(f"e.{suffix}", content)
    report = shop.land()
    assert report.notices == ("interactions: unknown columns are left out: eventValue (rename it event_value?)",)
    assert shop.accepted() == ["e1"]


def test_json_objects_with_other_names_are_told_what_to_rename(shop: Shop) -> None:
    shop.drop(
        "segment.jsonl", '{"messageId": "m1", "userId": "u", "timestamp": "2025-03-03T09:00:00Z", "event": "x"}\n'
    )
    shop.drop("plain.jsonl", '{"user_id": "u"}\n')
    shop.land()
    remedies = dict(shop.query("select regexp_extract(file, '[a-z]+.jsonl$'), remedy from raw.quarantine"))
    assert "messageId to event_id, userId to user_id, timestamp to event_ts" in remedies["segment.jsonl"]
    assert "Segment" in remedies["segment.jsonl"] and "shelduck adapt segment FILE" in remedies["segment.jsonl"]
    assert remedies["plain.jsonl"] == "Every row needs event_id"


def test_every_known_export_has_an_adapter() -> None:
    assert {export.kind for export in header_hints._EXPORTS} == {kind.name for kind in KINDS}
