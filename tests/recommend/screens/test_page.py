"""Screens: equal to a slow obvious version, no item twice, fixed rows in place, the best row next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.recommend.outputs import PAGE_SLOT, RECOMMENDATION
from ml.recommend.screens import page
from ml.recommend.screens.layout import Layout, LayoutRow
from ml.recommend.screens.page import page_slots

PLACEMENTS = ("for_you", "discover", "buy_again")
Lists = Mapping[tuple[str, str], Sequence[tuple[str, float]]]
"""Shopper and placement to items with scores, best first."""
HOME = Layout("home", tuple(LayoutRow(name, 2) for name in PLACEMENTS), is_by_value=True)


def shelves(lists: Lists) -> pl.DataFrame:
    rows = [
        {"placement": name, "user_id": user, "rank": rank, "item_id": item, "score": score,
         "recommendation_id": f"{name} {user} {item}"}
        for (user, name), items in lists.items()
        for rank, (item, score) in enumerate(items, 1)
    ]  # fmt: skip
    texts = ("item_name", "candidate_source", "reason_code", "reason_text", "policy_id")
    constants: dict[str, Any] = {**dict.fromkeys(texts, "x"), "propensity": 1.0, "rank_before_rules": None}
    lists_of = {"rules_applied": [], "evidence_item_ids": [], "as_of_date": date(2024, 3, 31)}
    made = [{**row, **constants, **lists_of} for row in rows]
    return RECOMMENDATION.checked(pl.DataFrame(made, schema=RECOMMENDATION.schema))


def screen(slots: pl.DataFrame, user: str, layout: str = "home") -> list[tuple[str, list[str]]]:
    """A shopper's rows from the top: placement and items."""
    own = slots.filter(pl.col("user_id") == user, pl.col("layout") == layout).sort("row", "position")
    grouped = own.group_by("row", maintain_order=True).agg(pl.col("placement").first(), "item_id")
    return [(placement, items) for _, placement, items in grouped.iter_rows()]


def obvious(lists: Lists, layout: Layout, user: str) -> list[tuple[str, list[str]]]:
    """One shopper's screen, row by row, with sets and loops."""
    shown: set[str] = set()
    waiting = [number for number, row in enumerate(layout.rows) if not row.is_fixed]
    rows = []

    def left(number: int) -> list[tuple[str, float]]:
        row = layout.rows[number]
        free = [each for each in lists.get((user, row.placement), ()) if each[0] not in shown]
        return free[: row.places]

    def worth(number: int) -> tuple[bool, int]:
        value = sum(round(score * 10**6) for _, score in left(number)) if layout.is_by_value else 0
        return bool(left(number)), value

    for position, row in enumerate(layout.rows):
        best = position if row.is_fixed else max(waiting, key=lambda number: (*worth(number), -number))
        taken = [item for item, _ in left(best)]
        waiting = [number for number in waiting if number != best]
        shown.update(taken)
        if taken:
            rows.append((layout.rows[best].placement, taken))
    return rows


ITEMS = st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=8)
SCORES = st.sampled_from((0.0, 0.001, 0.02, 0.02, 0.5, -0.3, 7.25))
LAYOUT_ROWS = st.builds(LayoutRow, st.sampled_from((*PLACEMENTS, "unheard_of")), st.integers(1, 5), st.booleans())
LAYOUTS = st.builds(
    Layout, st.just("home"), st.lists(LAYOUT_ROWS, min_size=1, max_size=5).map(tuple), is_by_value=st.booleans()
)
USERS = ("u1", "u2", "u3")


@st.composite
def many_lists(draw: st.DrawFn) -> Lists:
    return {
        (user, name): [(item, draw(SCORES)) for item in draw(ITEMS)] for user in USERS for name in PLACEMENTS
    }  # fmt: skip


@given(many_lists(), LAYOUTS)
def test_screens_are_those_of_the_slow_obvious_version(lists: Lists, layout: Layout) -> None:
    slots = page_slots(shelves(lists), [layout])
    for user in USERS:
        assert screen(slots, user) == obvious(lists, layout, user)


@given(many_lists(), LAYOUTS)
def test_no_item_is_twice_on_a_screen_and_positions_have_no_gaps(lists: Lists, layout: Layout) -> None:
    slots = page_slots(shelves(lists), [layout])
    assert slots.select("layout", "user_id", "item_id").is_unique().all()
    counted = slots.sort("user_id", "row", "position").with_columns(
        place=pl.int_range(1, pl.len() + 1).over("user_id", "row"),
        rows=pl.col("row").rank("dense").over("user_id"),
    )
    assert counted.filter((pl.col("place") != pl.col("position")) | (pl.col("rows") != pl.col("row"))).is_empty()


def scored(*items: str, score: float = 0.1) -> list[tuple[str, float]]:
    return [(item, score) for item in items]


def test_the_row_whose_items_are_worth_most_comes_first_and_an_item_stands_in_the_first_row_that_takes_it() -> None:
    lists = {
        ("u", "for_you"): [*scored("a", "b"), *scored("c", "d", score=0.01)],
        ("u", "discover"): scored("x", "y", score=0.05),
        ("u", "buy_again"): [*scored("a", "b", "c", score=0.08)],
    }
    assert screen(page_slots(shelves(lists), [HOME]), "u") == [
        ("for_you", ["a", "b"]),
        ("discover", ["x", "y"]),  # 0.10: of buy_again only c is left, worth 0.08
        ("buy_again", ["c"]),
    ]


def test_a_fixed_row_keeps_its_position_whatever_it_is_worth() -> None:
    rows = (LayoutRow("buy_again", 2), LayoutRow("discover", 1, is_fixed=True), LayoutRow("for_you", 2))
    lists = {
        ("u", "for_you"): scored("a", "b", score=0.9),
        ("u", "discover"): scored("x", score=0.001),
        ("u", "buy_again"): scored("c", score=0.2),
    }
    found = screen(page_slots(shelves(lists), [Layout("home", rows, is_by_value=True)]), "u")
    assert found == [("for_you", ["a", "b"]), ("discover", ["x"]), ("buy_again", ["c"])]


def test_where_scores_cannot_be_compared_rows_stand_in_the_landed_order() -> None:
    lists = {("u", name): scored(name, score=rank) for rank, name in enumerate(PLACEMENTS)}
    landed = Layout("home", HOME.rows, is_by_value=False)
    assert [name for name, _ in screen(page_slots(shelves(lists), [landed]), "u")] == list(PLACEMENTS)
    assert [name for name, _ in screen(page_slots(shelves(lists), [HOME]), "u")] == list(reversed(PLACEMENTS))


def test_equal_values_stand_in_the_landed_order() -> None:
    lists = {("u", name): scored(name) for name in PLACEMENTS}
    assert [name for name, _ in screen(page_slots(shelves(lists), [HOME]), "u")] == list(PLACEMENTS)


def test_sums_that_differ_only_in_their_last_bits_are_equal() -> None:
    lists = {("u", "for_you"): [("a", 0.1), ("b", 0.2)], ("u", "discover"): [("x", 0.3)]}
    assert 0.1 + 0.2 != 0.3
    swapped = Layout("home", (LayoutRow("discover", 2), LayoutRow("for_you", 2)), is_by_value=True)
    assert screen(page_slots(shelves(lists), [swapped]), "u")[0][0] == "discover"


def test_a_row_without_items_is_left_out_and_those_below_move_up() -> None:
    lists = {("new", "for_you"): scored("a"), ("new", "discover"): scored("a", "b")}
    slots = page_slots(shelves(lists), [HOME])
    assert screen(slots, "new") == [("discover", ["a", "b"])]
    assert slots["row"].to_list() == [1, 1]


def test_a_placement_in_two_rows_goes_on_where_its_first_row_ended() -> None:
    twice = Layout("home", (LayoutRow("for_you", 2), LayoutRow("for_you", 2)))
    slots = page_slots(shelves({("u", "for_you"): scored(*"abcde")}), [twice])
    assert screen(slots, "u") == [("for_you", ["a", "b"]), ("for_you", ["c", "d"])]


def test_each_layout_is_a_screen_of_its_own() -> None:
    lists = {("u", "for_you"): scored("a", "b"), ("u", "buy_again"): scored("a")}
    slots = page_slots(shelves(lists), [HOME, Layout("checkout", (LayoutRow("buy_again"),))])
    assert screen(slots, "u", "checkout") == [("buy_again", ["a"])]
    assert screen(slots, "u") == [("for_you", ["a", "b"])]


def test_a_slot_carries_the_id_of_the_recommendation_that_it_shows() -> None:
    slots = page_slots(shelves({("u", "for_you"): scored("a"), ("u", "discover"): scored("b")}), [HOME])
    assert slots["recommendation_id"].to_list() == ["for_you u a", "discover u b"]
    assert slots["as_of_date"].to_list() == [date(2024, 3, 31)] * 2


def test_blocks_of_shoppers_change_no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    lists = {
        (f"u{number}", name): scored(*"abcdefgh"[number % 5 :], score=0.1 * (1 + number % 3))
        for number in range(11)
        for name in PLACEMENTS
    }
    whole = page_slots(shelves(lists), [HOME])
    monkeypatch.setattr(page, "_BLOCK", 3)
    assert page_slots(shelves(lists), [HOME]).equals(whole) and whole["user_id"].n_unique() == 11


def test_no_shelves_make_no_slots() -> None:
    assert page_slots(RECOMMENDATION.empty(), [HOME]).equals(PAGE_SLOT.empty())
    assert page_slots(shelves({("u", "elsewhere"): scored("a")}), [HOME]).is_empty()
