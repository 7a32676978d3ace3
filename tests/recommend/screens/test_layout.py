"""Which layouts a day's screens follow, and whether their rows can be ordered by value."""

from __future__ import annotations

from typing import Any

import pytest

from ml.recommend.screens.layout import Layout, LayoutRow, layouts_in_force
from testkit.slice_tables import layouts

PLACEMENTS = ("for_you", "discover", "buy_again")
HOME = Layout("home", (LayoutRow("for_you"), LayoutRow("discover"), LayoutRow("buy_again")))


def in_force(*rows: dict[str, Any]) -> tuple[Layout, ...]:
    return layouts_in_force(layouts(*rows), PLACEMENTS)


def test_without_a_landed_layout_home_has_a_row_for_every_placement_in_the_shops_order() -> None:
    assert in_force() == (HOME,)
    assert layouts_in_force(layouts(), PLACEMENTS[1:]) == (Layout("home", HOME.rows[1:]),)


def test_rows_stand_in_the_landed_order_with_their_own_places() -> None:
    found = in_force(
        {"layout": "home", "row": 7, "placement": "discover"},
        {"layout": "home", "row": 2, "placement": "buy_again", "places": 3, "is_fixed": True},
        {"layout": "checkout", "row": 1, "placement": "buy_again", "places": 8},
    )
    assert found == (
        Layout("checkout", (LayoutRow("buy_again", 8),)),
        Layout("home", (LayoutRow("buy_again", 3, is_fixed=True), LayoutRow("discover"))),
    )


def test_a_row_that_is_not_in_force_or_of_a_placement_that_the_shop_has_not_is_left_out() -> None:
    found = in_force(
        {"layout": "home", "row": 1, "placement": "for_you", "is_in_force": False},
        {"layout": "home", "row": 2, "placement": "clearance"},
        {"layout": "home", "row": 3, "placement": "discover"},
        {"layout": "sale", "row": 1, "placement": "clearance"},
    )
    assert found == (Layout("home", (LayoutRow("discover"),)),)


def test_home_stands_where_no_row_in_force_is_left() -> None:
    assert in_force({"layout": "sale", "row": 1, "placement": "clearance"}) == (HOME,)
    assert in_force({"layout": "home", "row": 1, "placement": "for_you", "is_in_force": False}) == (HOME,)


@pytest.mark.parametrize(
    ("objectives", "is_by_value"),
    [
        (dict.fromkeys(PLACEMENTS, "purchase"), True),
        (dict.fromkeys(PLACEMENTS, "revenue"), True),
        ({**dict.fromkeys(PLACEMENTS, "purchase"), "discover": "revenue"}, False),
        (dict.fromkeys(PLACEMENTS[:2], "purchase"), False),
        ({}, False),
    ],
)
def test_rows_are_ordered_by_value_where_all_scores_are_probabilities_of_one_objective(
    objectives: dict[str, str], is_by_value: bool
) -> None:
    assert HOME.valued(objectives).is_by_value is is_by_value
    assert HOME.valued(objectives).content["order"] == ("expected value" if is_by_value else "landed")


def test_the_manifest_tells_rows_and_order() -> None:
    (found,) = in_force({"layout": "home", "row": 1, "placement": "for_you", "places": 4, "is_fixed": True})
    rows = [{"placement": "for_you", "places": 4, "is_fixed": True}]
    assert found.content == {"layout": "home", "order": "landed", "rows": rows}
