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
imported = {"sklearn", "lightgbm", "scipy.stats", "pandas"} & set(sys.modules)
assert not imported, imported
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


def test_a_tree_of_one_leaf_says_its_value_after_trees_that_split(
    learned: lightgbm.Booster,
) -> None:
    root = Trees.of(booster(rounds=1, min_data_in_leaf=8000).model_to_string())
    split = Trees.of(learned.model_to_string())
    both = Trees(split.columns, (*split.trees[:1], *root.trees, *split.trees[1:2]))
    rows = asked()
    parts = (split.total(rows, slice(1)), root.total(rows), split.total(rows, slice(1, 2)))
    assert (both.total(rows) == parts[0] + parts[1] + parts[2]).all()


def test_a_threshold_between_two_float32_parts_them_as_it_does_in_float64() -> None:
    rows = np.float32([0.1, np.nextafter(np.float32(0.1), np.float32(1)), 0.2, np.nan])[:, None]
    text = booster(rounds=1, num_leaves=2).model_to_string()
    numbers = [float(rows[0, 0]), (float(rows[0, 0]) + float(rows[1, 0])) / 2, np.nextafter(float(rows[1, 0]), 0.0)]
    before = next(line for line in text.splitlines() if line.startswith("threshold="))
    column = int(next(line for line in text.splitlines() if line.startswith("split_feature=")).partition("=")[2])
    table = np.zeros((4, 3), dtype=np.float32)
    table[:, column] = rows[:, 0]
    for number in numbers:
        changed = text.replace(before, f"threshold={number!r}".replace("np.float64(", "").rstrip(")"))
        said = Trees.of(changed).total(table)
        assert said[0] != said[1] == said[2], number


def test_the_columns_that_trees_read_are_those_that_change_what_they_say(learned: lightgbm.Booster) -> None:
    trees, rows = Trees.of(learned.model_to_string()), asked()
    for which in (slice(1), slice(None)):
        for number, name in enumerate(trees.columns):
            other = rows.copy()
            other[:, number] = rows[::-1, number]
            assert (trees.total(other, which) != trees.total(rows, which)).any() == (name in trees.read(which))
    assert 0 < len(trees.read(slice(1))) <= len(trees.read()) == 3


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


def test_trees_of_more_leaves_than_a_byte_can_number_are_refused() -> None:
    params = {"min_data_in_leaf": 1, "min_sum_hessian_in_leaf": 0.0}
    most = booster(rounds=1, num_leaves=256, **params)
    assert (Trees.of(most.model_to_string()).total(asked()) == most.predict(asked(), raw_score=True)).all()
    with pytest.raises(ModelMissing, match="at most 256 leaves; found another kind of split, or 257 leaves"):
        Trees.of(booster(rounds=1, num_leaves=257, **params).model_to_string())


def test_trees_need_no_library_that_learns_them() -> None:
    text = booster(rounds=2).model_to_string()
    ended = subprocess.run([sys.executable, "-c", APART], input=text, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
