"""What a row is traced by."""

from __future__ import annotations

import re
from itertools import product

import polars as pl

from ml.recommend.traces import recommendation_ids

_USERS, _ITEMS = [f"u{number}" for number in range(60)], [f"i{number}" for number in range(60)]


def _shelves() -> pl.DataFrame:
    rows = product(["for_you", "discover"], _USERS, _ITEMS)
    return pl.DataFrame(list(rows), schema=["placement", "user_id", "item_id"], orient="row")


def test_every_placement_shopper_item_and_day_has_an_id_of_its_own() -> None:
    shelves = _shelves()
    ids = [*recommendation_ids(shelves, "one day"), *recommendation_ids(shelves, "another day")]
    assert len(set(ids)) == 2 * 2 * 60 * 60
    assert all(re.fullmatch("[0-9a-f]{20}", each) for each in ids)


def test_an_id_depends_on_no_other_row() -> None:
    shelves = _shelves()
    few = shelves.sample(50, seed=1)
    told = shelves.with_columns(recommendation_ids(shelves, "a day"))
    assert few.with_columns(recommendation_ids(few, "a day")).join(told, on=told.columns, how="semi").height == 50


def test_an_item_that_is_called_like_a_shopper_does_not_cancel_the_shopper_out() -> None:
    shelves = pl.DataFrame({"placement": "for_you", "user_id": ["a", "b"], "item_id": ["a", "b"]})
    assert recommendation_ids(shelves, "a day").n_unique() == 2
