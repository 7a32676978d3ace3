"""What shoppers buy of each category, subcategory and brand, against the slow obvious counts."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from ml.warehouse.slices import Slice
from tests.warehouse.obvious_features import Obvious
from tests.warehouse.tiny_shop import AS_OF, events

FIELDS = ("item_category", "item_category2", "item_brand")
EACH_DAY = pytest.mark.parametrize("as_of", AS_OF, ids=str)
Key = tuple[str, str, str]


def obvious_affinities(as_of: date) -> dict[Key, dict[str, int]]:
    """By shopper, column and value: lines and days of what was bought and kept."""
    shop = Obvious(events(), as_of)
    ages: dict[Key, list[int]] = defaultdict(list)
    for event in shop.events:
        if event["event_type"] == "purchase" and event["kept"] and event["item_id"] in shop.recommendable:
            item = shop.items[event["item_id"]]
            named = [(field, item[field]) for field in FIELDS if item.get(field) is not None]
            for field, value in [("any", ""), *named]:
                ages[event["user_id"], field, value].append(shop.age(event))
    return {key: _counts(found) for key, found in ages.items()}


def _counts(ages: list[int]) -> dict[str, int]:
    return {f"purchases_{days}d": sum(age < days for age in ages) for days in (90, 365)} | {
        f"purchase_days_{days}d": len({age for age in ages if age < days}) for days in (90, 365)
    }


@EACH_DAY
def test_an_affinity_equals_the_slow_obvious_one(built: dict[date, Slice], as_of: date) -> None:
    all_of_them = obvious_affinities(as_of)
    wanted = {key: row for key, row in all_of_them.items() if key[1] == "any" or row["purchases_365d"] >= 3}
    found = {_key(row): row for row in built[as_of].table("customer_affinity").to_dicts()}
    assert found.keys() == wanted.keys() and len(found) >= 3
    for key, counts in wanted.items():
        assert {name: found[key][name] for name in counts} == counts, key


@EACH_DAY
def test_the_base_counts_every_line_also_of_shoppers_who_are_left_out(built: dict[date, Slice], as_of: date) -> None:
    rows = obvious_affinities(as_of)
    wanted: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for (user, field, value), row in rows.items():
        lines, everything = row["purchases_365d"], rows[user, "any", ""]["purchases_365d"]
        for place, count in enumerate((1, lines, lines * lines, lines * everything)):
            wanted[field, value][place] += count
    names = ("shoppers", "purchases_365d", "purchases_squared", "purchases_by_all_purchases")
    table = built[as_of].table("affinity_base").to_dicts()
    assert {(row["item_field"], row["item_value"]): [row[name] for name in names] for row in table} == dict(wanted)
    assert len(table) >= 3


def _key(row: dict[str, Any]) -> Key:
    return row["user_id"], row["item_field"], row["item_value"]
