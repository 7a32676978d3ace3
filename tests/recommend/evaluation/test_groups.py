"""Slices: who is cold, what is new, and that the parts make the whole."""

from __future__ import annotations

import polars as pl
import pytest

from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.evaluation.cost import Meter
from ml.recommend.evaluation.groups import COLD, NEVER_SOLD, SCHEMA, shopper_groups
from ml.recommend.evaluation.judge import evaluate, judge
from ml.recommend.evaluation.settings import ALL, NEW
from ml.recommend.evaluation.split import Split
from ml.recommend.models.buy_it_again import BuyItAgain
from tests.recommend.conftest import AS_OF, history_of
from tests.recommend.evaluation.test_judge import ORIGIN, ranked


@pytest.fixture
def split() -> Split:
    """Ann is a regular of 12 baskets, Bob slipped away, Cem is new in the shop, Dee is cold; jam is a new product."""
    regular = [("ann", "milk", 28 + 3 * number, 1) for number in range(12)]
    others = [("bob", "tea", 28 + 60, 1), ("cem", "milk", 30, 1)]
    later = [("ann", "milk", 5, 1), ("bob", "jam", 4, 1), ("cem", "tea", 3, 1), ("dee", "milk", 2, 1)]
    kinds = {"milk": "food", "tea": "drinks", "jam": "food"}
    items = Items(pl.DataFrame({"item_id": list(kinds), "item_category": list(kinds.values())}))
    return Split.at(history_of([*regular, *others, *later]), items, ORIGIN, 28)


def group_of(table: pl.DataFrame, name: str) -> dict[str, dict[str, object]]:
    return {row["group"]: row for row in table.filter(pl.col("slice") == name).iter_rows(named=True)}


def test_shoppers_are_told_apart_by_what_they_bought_before_the_origin(split: Split) -> None:
    found = split.groups["shoppers"]
    assert found.rows() == [
        ("ann", "10-29 baskets", "active"),
        ("bob", "1-9 baskets", "slipping away"),
        ("cem", "1-9 baskets", "new"),
        ("dee", COLD, COLD),
    ]


def test_who_bought_long_ago_has_lapsed() -> None:
    history = history_of([("eve", "milk", 200, 1)])
    assert shopper_groups(history, pl.Series(["eve"]), AS_OF).rows() == [("eve", "1-9 baskets", "lapsed")]


def test_a_slice_of_shoppers_is_the_mean_of_its_members(split: Split) -> None:
    judged = judge(ranked(ann=["milk"], bob=["tea", "jam"], dee=["tea"]), split, ALL, ks=(10,))
    by_activity = group_of(judged.slices, "activity")
    assert by_activity["10-29 baskets"]["ndcg"] == 1.0
    assert by_activity["1-9 baskets"]["recall"] == pytest.approx(0.5)
    assert sum(int(str(row["shoppers"])) for row in by_activity.values()) == 3
    apart = group_of(judge(ranked(dee=["tea"]), split, COLD, ks=(10,)).slices, "activity")
    assert apart == {COLD: apart[COLD] | {"shoppers": 1, "pairs": 1, "ndcg": 0.0, "recall": 0.0}}


def test_a_slice_of_items_is_the_share_of_its_purchases_that_was_shown(split: Split) -> None:
    judged = judge(ranked(ann=["milk"], bob=["tea", "jam"], dee=["tea"]), split, ALL, ks=(10,))
    by_age, by_category = group_of(judged.slices, "product_age"), group_of(judged.slices, "category")
    assert (by_age[NEVER_SOLD]["pairs"], by_age[NEVER_SOLD]["recall"]) == (1, 1.0)
    assert by_age[NEVER_SOLD]["share_of_lists"] == pytest.approx(1 / 3)
    assert (by_category["food"]["pairs"], by_category["food"]["recall"]) == (2, 1.0)
    assert (by_category["drinks"]["pairs"], by_category["drinks"]["recall"]) == (1, 0.0)


def test_an_evaluation_has_the_slices_of_every_setting_and_its_cost(split: Split) -> None:
    found = evaluate(BuyItAgain(), split)
    assert found.slices.columns == ["setting", *SCHEMA]
    assert found.slices["setting"].unique().sort().to_list() == [ALL, COLD, NEW]
    for setting in (ALL, COLD, NEW):
        rows = found.slices.filter(pl.col("setting") == setting, pl.col("slice") == "segment")
        whole = found.judged[setting].summary["ndcg_at_10"]
        assert (rows["ndcg"] * rows["shoppers"]).sum() / rows["shoppers"].sum() == pytest.approx(whole)
    assert found.as_of == ORIGIN
    assert found.cost["fit_seconds"] >= 0 and found.cost["peak_memory_mib"] > 10


def test_a_catalogue_of_bare_ids_has_no_categories() -> None:
    history = history_of([("ann", "milk", 40, 1), ("ann", "tea", 1, 1)])
    split = Split.at(history, Items.of(["milk", "tea"]), ORIGIN, 28)
    assert set(evaluate(BuyItAgain(), split).slices["slice"]) == {"activity", "segment", "product_age"}


def test_an_empty_window_has_empty_slices_and_no_figures_made_up() -> None:
    split = Split.at(Interactions.empty(), Items.of(["milk"]), ORIGIN, 28)
    found = evaluate(BuyItAgain(), split)
    assert len(found.slices) == 0
    assert found.metrics["all/ndcg_at_10"] == 0.0


def test_the_meter_sees_memory_that_was_given_back_before_the_end() -> None:
    meter = Meter()
    if not meter.memory():
        pytest.skip("this system cannot tell a process's peak")
    block = bytearray(120 * 2**20)
    block[:: 2**12] = b"x" * len(block[:: 2**12])
    del block
    assert 100 < meter.memory()["extra_memory_mib"] < 400
