"""What the page Shopper shows of purchases and shelves."""

from __future__ import annotations

import json
from typing import Any

from ml.recommend.pages.published_shelves import PublishedShelves
from ml.recommend.pages.shopper import BY_MONTH, LAST_DAYS, SHELVES, shopper
from testkit.page_shop import MILK, NAMES, SHOPPERS


def test_months_days_and_the_first_products_of_each_shelf_are_told(day: PublishedShelves) -> None:
    parts = shopper(day.settings, day.version)
    assert {*parts.ids} == {*SHOPPERS} and [part.key for part in parts.parts] == [BY_MONTH, LAST_DAYS, SHELVES]
    ((found, body),) = parts.records([SHOPPERS[1]])
    record: dict[str, Any] = json.loads(body)
    assert found == SHOPPERS[1]
    months, days, shelves = record[BY_MONTH], record[LAST_DAYS], record[SHELVES]
    assert months["month"][:2] == ["2025-03", "2025-02"] and len(months["month"]) == 12
    assert (months["days"][:2], months["lines"][:2], months["revenue"][:2]) == ([1, 1], [1, 1], [9.5, 9.5])
    assert not any(months["revenue"][2:])
    assert days["event_date"] == ["2025-03-01", "2025-02-28"]
    assert days["names"] == [[NAMES[MILK]], [NAMES["zh"]]]
    assert shelves["placement"] == ["for_you", "discover", "buy_again"] and shelves["number"] == [len(NAMES)] * 3
    assert shelves["names"][0] == [*NAMES.values()][:5]


def test_the_first_products_are_those_of_the_highest_rank_and_nameless_ones_have_their_id(
    day: PublishedShelves,
) -> None:
    ((_, body),) = shopper(day.settings, day.version).records([SHOPPERS[0]])
    names = json.loads(body)[SHELVES]["names"]
    assert names[0][0] == "nameless", "the second day's order, from the last name on"
    assert names[1][0] == NAMES[MILK]
