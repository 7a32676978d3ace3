"""Trees read from LightGBM's text: they say what LightGBM says."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import lightgbm
import numpy as np
import pytest

from ml.errors import ModelMissing
from ml.recommend.two_stage.trees import Trees

APART = """
import sys
import numpy as np
from ml.recommend.two_stage.trees import Trees
rows = np.zeros((5, 3), dtype=np.float32)
said = Trees.of(sys.stdin.read()).total(rows)
assert len(said) == 5 and said.all()
imported = {"scipy.stats._stats_py", "pandas.core", "sklearn.neighbors._base"} & set(sys.modules)
assert not imported, imported
import pandas.testing, scipy.stats
from sklearn.neighbors._base import KNeighborsMixin
from sklearn.tree import DecisionTreeRegressor
from sklearn.neighbors import NearestNeighbors
asked = pandas.DataFrame({"a": [0.0, 1.0, 2.0]})
assert DecisionTreeRegressor().fit(asked, [1.0, 2.0, 3.0]).predict(asked).tolist() == [1.0, 2.0, 3.0]
assert NearestNeighbors().fit(asked).kneighbors([[0.4]], 1)[1].item() == 0 and scipy.stats.norm.cdf(0) == 0.5
"""


def table(rows: int = 9000) -> np.ndarray:
    """Three columns: never missing when learned from, often missing, and mostly 0 with both signs."""
    draw = np.random.default_rng(3)
    values = draw.normal(size=(rows, 3)).astype(np.float32)
    values[draw.random(rows) < 0.3, 1] = np.nan
    values[draw.random(rows) < 0.6, 2] = 0.0
    return values


def booster(rounds: int = 30, **params: Any) -> lightgbm.Booster:
    learned = table()
    wanted = np.where(np.isnan(learned[:, 1]), 1.0, np.nan_to_num(learned[:, 1]) - learned[:, 0] * learned[:, 2])
    given = {"num_leaves": 15, "verbose": -1, "num_threads": 1, "min_data_in_leaf": 20} | params
    return lightgbm.train(given, lightgbm.Dataset(learned, wanted, feature_name=["a", "b", "c"]), rounds)


@pytest.fixture(scope="module")
def learned() -> lightgbm.Booster:
    return booster()


def asked() -> np.ndarray:
    """Missing values also where none were learned from, and the thresholds' neighbours at 0."""
    values = table()[::-1].copy()
    values[::7, 0], values[::11] = np.nan, np.nan
    values[::13, 2] = np.float32(1e-38)
    return values


@pytest.mark.parametrize("which", [slice(None), slice(12), slice(12, None), slice(90, None)])
def test_any_run_of_trees_says_what_lightgbm_says_to_the_last_bit(learned: lightgbm.Booster, which: slice) -> None:
    rows, start = asked(), which.start or 0
    said = Trees.of(learned.model_to_string()).total(rows, which)
    if start >= learned.num_trees():
        assert not said.any()
        return
    trees = (which.stop or learned.num_trees()) - start
    expected = learned.predict(rows, raw_score=True, start_iteration=start, num_iteration=trees)
    assert (said == expected).all() and np.ptp(said) > 1


def test_neither_threads_nor_the_rows_beside_a_row_change_a_bit(learned: lightgbm.Booster) -> None:
    trees, rows = Trees.of(learned.model_to_string()), asked()
    whole = trees.total(rows)
    assert (trees.total(np.asfortranarray(rows), threads=2) == whole).all()
    assert (trees.total(rows[17:18]) == whole[17]).all()
    assert trees.total(rows[:0]).shape == (0,)


def test_rows_that_reach_the_same_leaves_of_the_first_trees_are_put_side_by_side(learned: lightgbm.Booster) -> None:
    rows = asked()
    order = Trees.of(learned.model_to_string()).order(rows)
    assert (np.sort(order) == np.arange(len(rows))).all()
    leaves = learned.predict(rows, pred_leaf=True, num_iteration=6).astype(np.int64)[order]
    runs = 1 + np.count_nonzero((np.diff(leaves, axis=0) != 0).any(axis=1))
    assert 50 < runs == len(np.unique(leaves, axis=0)) < len(rows) / 2


def test_a_booster_that_learned_nothing_says_one_value() -> None:
    nothing = booster(rounds=2, min_data_in_leaf=8000)
    assert (
        nothing.num_trees()
        and (Trees.of(nothing.model_to_string()).total(asked()) == nothing.predict(asked(), raw_score=True)).all()
    )


def test_trees_of_categories_are_refused() -> None:
    rows = np.repeat(np.arange(4.0), 100)[:, None]
    data = lightgbm.Dataset(rows, rows[:, 0] % 2, categorical_feature=[0])
    params = {"verbose": -1, "min_data_per_group": 1, "cat_smooth": 0, "max_cat_to_onehot": 1, "num_threads": 1}
    text = lightgbm.train(params, data, 1).model_to_string()
    with pytest.raises(ModelMissing, match="splits of numbers"):
        Trees.of(text)


def test_no_tree_needs_what_scikit_learn_imports_before_them() -> None:
    text = booster(rounds=2).model_to_string()
    ended = subprocess.run([sys.executable, "-c", APART], input=text, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
