"""Datasets of Amazon Personalize, told apart by their headers."""

from __future__ import annotations

import pytest

from ml.errors import LandingError
from ml.landing.adapters.personalize import event_type
from tests.landing.adapters.conftest import Desk, reasons

INTERACTIONS = """\
USER_ID,ITEM_ID,EVENT_TYPE,EVENT_VALUE,TIMESTAMP,IMPRESSION
u1,i1,View,,1741042800,i1|i2
u1,i1,Purchase,19.989999999999998,1741042860,
u2,i2,Rating,4,1741046399.5,
"""
ITEMS = """\
ITEM_ID,PRICE,CATEGORY_L1,CATEGORY_L2,PRODUCT_DESCRIPTION,CREATION_TIMESTAMP
i1,20,Garden|Tools,Rakes,"Long, light",1735689600
i2,3.5,Books,,,1741132800
"""
USERS = "USER_ID,AGE,GENDER,COUNTRY\nu1,34,F,DE\nu2,,,\n"


def test_the_three_datasets_become_events_items_users_and_attributes(desk: Desk) -> None:
    for name, text in (("a.csv", INTERACTIONS), ("b.csv", ITEMS), ("c.csv", USERS)):
        desk.put(f"export/{name}", text)
    report = desk.adapt("personalize", desk.folder / "export")
    names = ("user_id", "item_id", "event_type", "event_ts", "event_value", "rating", "quantity")
    assert desk.rows("interactions", *names) == [
        ("u1", "i1", "view_item", "2025-03-03 23:00:00+00:00", None, None, None),
        ("u1", "i1", "purchase", "2025-03-03 23:01:00+00:00", "19.9900", None, None),
        ("u2", "i2", "rate", "2025-03-03 23:59:59.500000+00:00", None, "4.0000", None),
    ]
    assert desk.days("interactions") == ["2025-03-04"]  # in Berlin
    assert desk.rows("items", "item_id", "item_name", "item_category", "price", "description", "creation_ts") == [
        ("i1", "i1", "Garden", "20.0000", "Long, light", "2025-01-01 00:00:00+00:00"),
        ("i2", "i2", "Books", "3.5000", None, "2025-03-05 00:00:00+00:00"),
    ]
    assert desk.days("items") == ["2025-03-04", "2025-03-05"]  # an item arrives no earlier than it was made
    assert desk.rows("users", "user_id", "country") == [("u1", "DE"), ("u2", None)]
    attributes = [("u1", "age", "34"), ("u1", "gender", "F")]
    assert desk.rows("user_attributes", "user_id", "name", "value") == attributes
    assert report.faults == () and report.read == 7


def test_an_interaction_without_a_type_is_a_view(desk: Desk) -> None:
    desk.adapt("personalize", desk.put("i.csv", "USER_ID,ITEM_ID,TIMESTAMP\nu,i,1741042800\n"))
    assert desk.rows("interactions", "event_type", "event_value") == [("view_item", None)]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("Purchase", "purchase"),
        ("AddToCart", "add_to_cart"),
        ("detail-page-view", "view_item"),
        ("click", "select_item"),
    ],
)
def test_usual_words_for_event_types_are_known(word: str, meant: str) -> None:
    assert event_type(word) == meant


def test_an_unknown_event_type_is_refused(desk: Desk) -> None:
    report = desk.adapt("personalize", desk.put("i.csv", INTERACTIONS.replace("Rating", "Hovered")))
    assert reasons(report) == [("EVENT_TYPE", "event_type is none of the contract's words")]
    assert report.accepted == 2 and len(desk.rows("interactions", "user_id")) == 2


def test_interactions_without_a_timestamp_are_not_taken_for_items(desk: Desk) -> None:
    broken = INTERACTIONS.replace("TIMESTAMP", "TIME")
    report = desk.adapt("personalize", desk.put("i.csv", broken))
    assert reasons(report) == [(None, "the header lacks columns that every layout of this kind has")]
    assert "interactions: USER_ID, ITEM_ID, TIMESTAMP" in report.faults[0].remedy
    assert (report.read, report.quarantined) == (1, 1)


def test_items_alone_need_a_day(desk: Desk) -> None:
    source = desk.put("items.csv", ITEMS)
    with pytest.raises(LandingError, match=r"expected an event.*found no event.*--arrived"):
        desk.adapt("personalize", source)
    assert desk.files() == {}
