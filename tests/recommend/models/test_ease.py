"""Both forms are the closed form, of all items or of the most bought ones, and say what they take."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ml.recommend.core import serialization as storage
from ml.recommend.core import symmetric
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.needs import ShopSize
from ml.recommend.core.request import Request
from ml.recommend.models import ease
from ml.recommend.models.ease import EASE
from tests.recommend.conftest import AS_OF, history_of, random_shop


@pytest.mark.parametrize(("users", "items"), [(60, 20), (20, 60)], ids=["items fewer", "shoppers fewer"])
def test_scores_are_those_of_the_closed_form(users: int, items: int) -> None:
    history = random_shop(users=users, items=items)
    counts = history.encoded.counts.toarray().astype(np.float64)
    inverse = np.linalg.inv(np.log1p(counts).T @ np.log1p(counts) + 30.0 * np.eye(counts.shape[1]))
    weights = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    expected = np.log1p(counts) @ weights
    catalogue = Items.of(history.encoded.items.ids)
    request = Request(history.encoded.users.ids.to_list(), history, catalogue, AS_OF, k=counts.shape[1])
    frame = EASE(penalty=30.0).fit(history, catalogue, AS_OF).recommend(request).frame
    found = np.zeros_like(expected)
    row, column = history.encoded.users.codes(frame["user_id"]), history.encoded.items.codes(frame["item_id"])
    found[row, column] = frame["score"].to_numpy()
    assert len(frame) == expected.size
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=2e-5)


def test_a_large_shop_is_solved_for_the_items_that_are_bought_the_most_lately() -> None:
    often = {f"i{number}": 3 + number for number in range(6)}
    lately = [(f"u{user}", item, 1 + user, 1) for item, buyers in often.items() for user in range(buyers)]
    history = history_of([*lately, *((f"u{user}", "long_ago", 91, 9) for user in range(12))])
    catalogue = Items.of([*often, "long_ago"])
    large = EASE(most_rows=4).fit(history, catalogue, AS_OF)
    kept = ["i2", "i3", "i4", "i5"]
    assert large.fitted.items.ids.to_list() == kept
    alone = Interactions(history.frame.filter(pl.col("item_id").is_in(kept)))
    request = Request(["u0", "u4", "u7"], alone, catalogue, AS_OF, k=4)
    exact = EASE().fit(alone, catalogue, AS_OF).recommend(request).frame
    found = large.recommend(replace(request, history=history)).frame
    ranked = found.filter(pl.col("candidate_source") == "ease")
    assert ranked.equals(exact.filter(pl.col("candidate_source") == "ease")) and len(ranked) == 12
    assert EASE(most_rows=7).fit(history, catalogue, AS_OF).fitted.items.ids.to_list() == [*often, "long_ago"]


@pytest.mark.parametrize(("users", "items"), [(60, 20), (20, 60)], ids=["items fewer", "shoppers fewer"])
def test_files_of_earlier_releases_with_the_whole_matrix_rank_the_same(users: int, items: int, tmp_path: Path) -> None:
    history = random_shop(users=users, items=items)
    catalogue = Items.of(history.encoded.items.ids)
    request = Request(history.encoded.users.ids.to_list(), history, catalogue, AS_OF)
    model = EASE().fit(history, catalogue, AS_OF)
    earlier = replace(model.fitted, inverse=model.fitted.square)
    storage.write(tmp_path, EASE.name, {"penalty": 300.0}, earlier)
    assert EASE.load(tmp_path).recommend(request).frame.equals(model.recommend(request).frame)


@pytest.mark.parametrize(("users", "items"), [(900, 400), (400, 900)], ids=["items fewer", "shoppers fewer"])
def test_it_says_beforehand_what_it_takes(
    users: int, items: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(symmetric, "_COLUMNS", 32)
    monkeypatch.setattr(ease, "_COLUMNS", 32)
    history = random_shop(users=users, items=items, events=9000)
    counts = history.encoded.counts
    needs = EASE().needs(ShopSize(counts.shape[0], counts.shape[1], counts.nnz))
    tracemalloc.start()
    model = EASE().fit(history, Items.of(history.encoded.items.ids), AS_OF)
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0.5 * needs.memory < taken <= needs.memory
    model.save(tmp_path)
    saved = sum(file.stat().st_size for file in tmp_path.iterdir())
    assert 0.8 * needs.saved < saved < 1.2 * needs.saved + 20_000


def test_shoppers_who_bought_nothing_since_the_fit_are_weighed_without_a_product(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    then = random_shop(users=20, items=60)
    catalogue, users = Items.of(then.encoded.items.ids), then.encoded.users.ids.to_list()
    model = EASE(penalty=30.0).fit(then, catalogue, AS_OF)
    first = then.frame.filter(pl.col("user_id") == users[0]).head(1)
    now = Interactions(pl.concat([then.frame, first.with_columns(event_date=AS_OF, purchases=pl.lit(7, pl.Int64))]))
    request = Request(users, now, catalogue, AS_OF, k=60)
    lists, multiplied = model.recommend(request).frame, []
    exact = ease._Weights.__call__
    monkeypatch.setattr(ease._Weights, "__call__", lambda self, rows: multiplied.append(len(rows)) or exact(self, rows))
    assert model.recommend(request).frame.equals(lists) and multiplied == [1]
    assert model.recommend(replace(request, users=users[1:])).frame.equals(lists.filter(pl.col("user_id") != users[0]))
    assert multiplied == [1]
    monkeypatch.setattr(ease, "_rows_alike", lambda profiles, *_: np.full(profiles.shape[0], -1))
    alone = model.recommend(request).frame
    assert multiplied == [1, 20]
    order = ["user_id", "item_id"]
    np.testing.assert_allclose(lists.sort(order)["score"], alone.sort(order)["score"], rtol=1e-4, atol=1e-6)
