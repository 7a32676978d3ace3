"""Tables are refused where they are made, with words that help."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from ml.errors import InvalidTable
from ml.placements import SHOP
from ml.recommend.core.encoding import Vocabulary, on_columns, rows_of
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.protocol import Recommendations
from ml.recommend.core.request import Request
from tests.recommend.conftest import AS_OF, history_of

EVENTS = [("b", "y", 1, 2), ("a", "x", 2, 1), ("a", "y", 3, 4), ("a", "y", 1, 1)]


def test_a_history_is_typed_and_sorted() -> None:
    events = history_of(EVENTS).frame.with_columns(other=pl.lit("x"))
    history = Interactions(events.with_columns(pl.col("purchases").cast(pl.Int16)).reverse())
    assert history.frame.columns == ["user_id", "item_id", "event_date", "purchases", "quantity", "revenue"]
    assert history.frame["user_id"].to_list() == ["a", "a", "a", "b"]
    assert history.frame.schema["purchases"] == pl.Int64


def test_a_history_that_breaks_its_schema_is_refused() -> None:
    sound = history_of(EVENTS).frame
    with pytest.raises(InvalidTable, match=r"history: expected columns .*; found no revenue"):
        Interactions(sound.drop("revenue"))
    with pytest.raises(InvalidTable, match="expected no nulls; found some in item_id"):
        Interactions(sound.with_columns(item_id=pl.lit(None)))
    with pytest.raises(InvalidTable, match="expected values that fit the schema"):
        Interactions(sound.with_columns(event_date=pl.lit("yesterday")))


def test_a_catalogue_names_every_item_once() -> None:
    with pytest.raises(InvalidTable, match="one row per item_id; found 1 repeated"):
        Items.of(["x", "y", "x"])


def _rated(*ratings: tuple[str, str, int, float]) -> Interactions:
    """Ratings by user, item and days before ``AS_OF``, of which 3 and more is liking."""
    rows = [(user, item, AS_OF - timedelta(days=ago), stars) for user, item, ago, stars in ratings]
    frame = pl.DataFrame(rows, orient="row", schema=["user_id", "item_id", "event_date", "rating"])
    return Interactions(history_of(EVENTS).frame, frame, liked_from=3.0)


def test_the_latest_rating_up_to_a_day_says_what_is_disliked() -> None:
    history = _rated(("a", "x", 9, 5.0), ("a", "x", 4, 1.0), ("b", "y", 9, 1.0), ("b", "y", 2, 3.0), ("c", "z", 1, 2.9))
    assert history.disliked.rows() == [("a", "x"), ("c", "z")]
    assert history.until(AS_OF - timedelta(days=3)).disliked.rows() == [("a", "x"), ("b", "y")]
    assert history.until(AS_OF - timedelta(days=5)).disliked.rows() == [("b", "y")]
    assert history.after(AS_OF - timedelta(days=3), 3).disliked.rows() == [("c", "z")]


def test_a_request_keeps_off_what_is_disliked_and_what_the_placement_does_not_want() -> None:
    history, items = _rated(("a", "x", 1, 1.0), ("c", "y", 1, 1.0)), Items.of(["x", "y", "z"])
    anything = Request(["c", "a"], history, items, AS_OF)
    due = pl.DataFrame({"user_id": ["a", "a"], "item_id": ["x", "z"]})
    by_placement = {each.name: anything.on(each, due) for each in SHOP}

    def allowed(placement: str) -> list[list[bool]]:
        cells = np.divmod(np.arange(6), 3)
        return by_placement[placement].mask.allows(*cells).reshape(2, 3).tolist()

    assert allowed("for_you") == [[True, False, True], [False, True, True]]
    assert allowed("discover") == [[True, False, True], [False, False, True]]
    assert allowed("buy_again") == [[False] * 3, [False, True, False]]
    assert allowed("due_again") == [[False] * 3, [False] * 3]


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"k": 0}, "k of at least 1; found 0"),
        ({"users": ["a", "a"]}, "every user once; found 1 repeated"),
        ({"exclude_seen": True, "only_seen": True}, "exclude_seen or only_seen; found both"),
        ({"among": history_of(EVENTS).frame}, "only_seen where pairs are given; found pairs without it"),
        ({"as_of": AS_OF - timedelta(days=2)}, "a history that ends on 2024-03-29; found an event of 2024-03-30"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(terms: dict, message: str) -> None:
    sensible = {"users": ["a"], "history": history_of(EVENTS), "items": Items.of(["x"]), "as_of": AS_OF}
    assert Request(**sensible).k == 10
    with pytest.raises(InvalidTable, match=message):
        Request(**(sensible | terms))


@pytest.mark.parametrize(
    ("items", "ranks", "message"),
    [(["x", "x"], [1, 2], "an item once per user"), (["x", "y"], [1, 3], "ranks 1, 2, 3… per user")],
)
def test_lists_with_repeats_or_gaps_are_refused(items: list[str], ranks: list[int], message: str) -> None:
    rows = {"user_id": ["a", "a"], "item_id": items, "rank": ranks, "score": [2.0, 1.0], "candidate_source": ["t", "t"]}
    with pytest.raises(InvalidTable, match=message):
        Recommendations(pl.DataFrame(rows))


def test_ids_are_encoded_in_byte_order_and_counts_summed() -> None:
    encoded = history_of(EVENTS).encoded
    assert encoded.users.ids.to_list() == ["a", "b"]
    assert encoded.counts.toarray().tolist() == [[1, 5], [0, 2]]
    assert Vocabulary.of(["é", "z", "a", "a", "Z"]).ids.to_list() == ["Z", "a", "z", "é"]


def test_unknown_ids_have_no_code_and_an_empty_row() -> None:
    history = history_of(EVENTS)
    request = Request(["b", "nobody", "a"], history, Items.of(["w", "y", "z"]), AS_OF)
    assert request.user_rows.tolist() == [1, -1, 0]
    assert request.seen.toarray().tolist() == [[0, 2, 0], [0, 0, 0], [0, 5, 0]]
    assert rows_of(Interactions.empty().encoded.counts, request.user_rows).shape == (3, 0)


def test_columns_move_with_their_ids() -> None:
    encoded = history_of(EVENTS).encoded
    moved = on_columns(encoded.counts, encoded.items, Vocabulary.of(["y", "a", "x"]))
    assert moved.toarray().tolist() == [[0, 1, 5], [0, 0, 2]]


def test_a_windows_days_are_the_ones_after_its_start() -> None:
    history = history_of(EVENTS)
    start = AS_OF - timedelta(days=3)
    assert history.after(start, 1).frame["event_date"].to_list() == [AS_OF - timedelta(days=2)]
    assert len(history.until(start).frame) == 1
