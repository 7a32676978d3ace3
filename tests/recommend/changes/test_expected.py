"""What shelves are expected to sell, before and after."""

from __future__ import annotations

import polars as pl
import pytest

from ml.recommend.changes.expected import (
    EXPECTED_AFTER,
    EXPECTED_BEFORE,
    JUDGED,
    REVENUE_AFTER,
    REVENUE_BEFORE,
    expected_purchases,
)
from ml.recommend.changes.lists import LIST
from ml.tables import Col


def lists(of: dict[str, str]) -> pl.DataFrame:
    rows = [("for_you", user, item, rank) for user, items in of.items() for rank, item in enumerate(items, 1)]
    return pl.DataFrame(rows, schema=[*LIST, Col.item_id, Col.rank], orient="row")


def test_both_sides_are_judged_by_the_same_probabilities_and_what_has_none_counts_nothing() -> None:
    pairs = pl.DataFrame(
        [("U", "a", 0.5), ("U", "b", 0.2), ("U", "c", 0.1), ("V", "a", 0.05)],
        schema=[Col.user_id, Col.item_id, Col.probability],
        orient="row",
    )
    found = expected_purchases(lists({"U": "cb", "V": "az"}), lists({"U": "ab", "W": "a"}), pairs, depth=10)
    rows = {row[Col.user_id]: row for row in found.iter_rows(named=True)}
    assert rows["U"][EXPECTED_BEFORE] == pytest.approx(0.3) and rows["U"][EXPECTED_AFTER] == pytest.approx(0.7)
    assert (rows["V"][EXPECTED_BEFORE], rows["V"][EXPECTED_AFTER], rows["V"][JUDGED]) == (0.05, 0, 0.5)
    assert (rows["W"][EXPECTED_BEFORE], rows["W"][EXPECTED_AFTER], rows["W"][JUDGED]) == (0, 0, 0)


def test_only_the_first_places_count() -> None:
    pairs = pl.DataFrame({Col.user_id: "U", Col.item_id: ["a", "b"], Col.probability: [0.5, 0.2]})
    found = expected_purchases(lists({"U": "ab"}), lists({"U": "ba"}), pairs, depth=1)
    assert found.select(EXPECTED_BEFORE, EXPECTED_AFTER).row(0) == (0.5, 0.2)


def test_revenue_is_probability_times_price_and_an_item_without_a_price_brings_none() -> None:
    pairs = pl.DataFrame({Col.user_id: "U", Col.item_id: ["a", "b", "c"], Col.probability: [0.5, 0.2, 0.1]})
    prices = pl.DataFrame({Col.item_id: ["a", "b"], Col.price: [2.0, 30.0]})
    found = expected_purchases(lists({"U": "ac"}), lists({"U": "ab"}), pairs, 10, prices)
    assert found.select(REVENUE_BEFORE, REVENUE_AFTER).row(0) == pytest.approx((1.0, 7.0))
    assert found.select(EXPECTED_BEFORE, EXPECTED_AFTER).row(0) == pytest.approx((0.6, 0.7))
