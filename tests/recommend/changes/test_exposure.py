"""Who gains and loses places, and which shelves are shown."""

from __future__ import annotations

import math

import polars as pl
import pytest

from ml.recommend.changes.examples import telling
from ml.recommend.changes.exposure import GAINED, SHARE_AFTER, SHARE_BEFORE, exposure_changes
from ml.recommend.changes.lists import OVERLAP
from ml.tables import Col


def test_a_place_is_worth_less_the_further_down_it_is() -> None:
    before = pl.DataFrame({Col.rank: [1, 2], Col.item_id: ["a", "b"]})
    after = pl.DataFrame({Col.rank: [1, 2], Col.item_id: ["b", "c"]})
    found = {row[Col.item_id]: row for row in exposure_changes(before, after, Col.item_id).iter_rows(named=True)}
    first = 1 / (1 + 1 / math.log2(3))
    assert found["a"][SHARE_BEFORE] == pytest.approx(first, abs=1e-5)
    assert found["a"][SHARE_AFTER] == 0
    assert found["b"][GAINED] == pytest.approx(2 * first - 1, abs=1e-5)
    assert sum(row[GAINED] for row in found.values()) == pytest.approx(0, abs=1e-6)


def test_shelves_to_look_at_span_large_and_small_changes_and_are_the_same_in_any_order() -> None:
    changes = pl.DataFrame({
        Col.placement: "for_you",
        Col.user_id: [f"u{number}" for number in range(101)],
        OVERLAP: [number / 100 for number in range(101)],
    })  # fmt: skip
    chosen = telling(changes, 5)
    assert chosen[OVERLAP].to_list() == [0.0, 0.25, 0.5, 0.74, 0.99]
    assert telling(changes.sample(fraction=1, shuffle=True, seed=3), 5).equals(chosen)
    assert telling(changes.filter(pl.col(OVERLAP) == 1), 5).is_empty()
