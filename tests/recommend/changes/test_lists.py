"""List by list: each measure beside a slow obvious one."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.recommend.changes.lists import (
    FIRST,
    FIRST_THREE,
    JACCARD,
    LENGTH_AFTER,
    LENGTH_BEFORE,
    OVERLAP,
    PERSISTENCE,
    SET,
    list_changes,
)
from ml.tables import Col

SCHEMA = {Col.placement: pl.String, Col.user_id: pl.String, Col.item_id: pl.String, Col.rank: pl.Int32}
LIST = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=7)


def lists(of: dict[str, str]) -> pl.DataFrame:
    """Each shopper's items, in order."""
    rows = [("for_you", user, item, rank) for user, items in of.items() for rank, item in enumerate(items, 1)]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def overlap(before: str, after: str) -> float:
    """Rank-biased overlap as its authors write it, up to the longer list's end, over that of equal lists."""
    depth = max(len(before), len(after))
    terms = [PERSISTENCE ** (d - 1) * len(set(before[:d]) & set(after[:d])) / d for d in range(1, depth + 1)]
    return sum(terms) / sum(PERSISTENCE ** (d - 1) for d in range(1, depth + 1))


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.sampled_from("UVWXYZ"), st.tuples(LIST, LIST), min_size=1))
def test_measures_are_those_of_the_obvious_computation(drawn: dict[str, tuple[list[str], list[str]]]) -> None:
    texts = {user: ("".join(before), "".join(after)) for user, (before, after) in drawn.items()}
    found = list_changes(*(lists({user: pair[side] for user, pair in texts.items()}) for side in (0, 1)))
    assert found[Col.user_id].to_list() == sorted(user for user, pair in texts.items() if any(pair))
    for row in found.iter_rows(named=True):
        before, after = texts[row[Col.user_id]]
        assert (row[LENGTH_BEFORE], row[LENGTH_AFTER]) == (len(before), len(after))
        assert row[FIRST] == (before[:1] != after[:1])
        assert row[FIRST_THREE] == (set(before[:3]) != set(after[:3]))
        assert row[SET] == (set(before) != set(after))
        assert row[JACCARD] == pytest.approx(len(set(before) & set(after)) / len(set(before) | set(after)))
        assert row[OVERLAP] == pytest.approx(overlap(before, after), abs=1e-6)


def test_equal_lists_overlap_wholly_and_disjoint_ones_not_at_all() -> None:
    found = list_changes(lists({"U": "abc", "V": "abc"}), lists({"U": "abc", "V": "def"}))
    assert found[OVERLAP].to_list() == [1.0, 0.0]
