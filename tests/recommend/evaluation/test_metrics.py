"""Metrics agree with their definitions, spelled out slowly."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.recommend.evaluation.metrics import METRICS, at

Lists = list[tuple[list[bool], int]]


@st.composite
def judged_lists(draw: st.DrawFn) -> Lists:
    """For each user: whether each ranked item is relevant, and how many relevant items there are."""
    length = draw(st.integers(1, 15))
    hits = draw(st.lists(st.lists(st.booleans(), min_size=length, max_size=length), min_size=1, max_size=6))
    return [(row, max(1, sum(row) + draw(st.integers(0, 9)))) for row in hits]


def slow(name: str, hits: list[bool], relevant: int, k: int) -> float:
    cut = hits[:k]
    hit_ranks = [rank for rank, hit in enumerate(cut, start=1) if hit]
    possible = min(relevant, k)
    if name == "ndcg":
        best = sum(1 / math.log2(rank + 1) for rank in range(1, possible + 1))
        return sum(1 / math.log2(rank + 1) for rank in hit_ranks) / best
    if name == "recall":
        return len(hit_ranks) / relevant
    if name == "precision":
        return len(hit_ranks) / k
    if name == "map":
        return sum(sum(cut[:rank]) / rank for rank in hit_ranks) / possible
    return 1 / hit_ranks[0] if hit_ranks else 0.0


@pytest.mark.parametrize("name", METRICS)
@given(lists=judged_lists(), data=st.data())
def test_every_metric_is_its_slow_definition(name: str, lists: Lists, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, len(lists[0][0])))
    hits, relevant = np.array([row for row, _ in lists]), np.array([number for _, number in lists])
    expected = [slow(name, row, number, k) for row, number in lists]
    np.testing.assert_allclose(METRICS[name](hits, relevant, k), expected, rtol=1e-12)


@pytest.mark.parametrize("name", METRICS)
def test_a_perfect_list_scores_one_and_an_empty_one_nothing(name: str) -> None:
    hits = np.array([[True] * 5, [False] * 5])
    assert METRICS[name](hits, np.array([5, 3]), 5).tolist() == [1.0, 0.0]


def test_a_hit_at_rank_two_of_three_relevant() -> None:
    hits, relevant = np.array([[False, True, False, False]]), np.array([3])
    found = {name: METRICS[name](hits, relevant, 4)[0] for name in METRICS}
    ideal = 1 + 1 / math.log2(3) + 1 / 2
    assert found == pytest.approx(
        {"ndcg": (1 / math.log2(3)) / ideal, "recall": 1 / 3, "precision": 1 / 4, "map": 0.5 / 3, "mrr": 0.5}
    )


def test_a_metric_at_k_has_a_name_that_mlflow_takes() -> None:
    assert at("ndcg", 10) == "ndcg_at_10"
