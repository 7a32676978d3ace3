"""The k best are exact and stable, whichever way the scores come."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from ml.recommend.core.best import NO_OPINION, best_first, best_of, rounded
from ml.recommend.core.products import Products, on_grid
from ml.recommend.core.topk import Limits, Mask, blocks, top_k, top_of_one

scores = hnp.arrays(
    np.float32,
    st.tuples(st.integers(1, 6), st.integers(1, 300)),
    elements=st.one_of(
        st.sampled_from([-np.inf, 0.0, 1.0, -1.0, 0.5, 0.50000006]),
        st.floats(-1e4, 1e4, width=32, allow_nan=False),
    ),
)


def slow(block: np.ndarray, k: int) -> list[list[int]]:
    """Sort every row by (rounded score descending, column) and cut."""
    return [
        sorted(np.flatnonzero(row > -np.inf), key=lambda column: (-value[column], column))[:k]
        for row, value in zip(block, rounded(block), strict=True)
    ]


def columns(top, rows: int) -> list[list[int]]:
    return [top.column[top.row == row].tolist() for row in range(rows)]


@given(scores, st.integers(1, 12))
def test_the_best_are_those_of_a_full_sort(block: np.ndarray, k: int) -> None:
    assert columns(best_of(block, k), len(block)) == slow(block, k)


@given(scores, st.integers(1, 12))
def test_sparse_scores_rank_like_dense_ones(block: np.ndarray, k: int) -> None:
    row, column = np.nonzero(block > -np.inf)
    stored = sparse.csr_matrix((block[row, column], (row, column)), shape=block.shape)
    assert columns(best_of(stored, k), len(block)) == slow(block, k)


@given(scores, st.integers(1, 12), st.randoms(use_true_random=False))
def test_one_ranking_for_all_is_the_same_as_many_equal_ones(block: np.ndarray, k: int, chance) -> None:
    ranking, users = block[0], 5
    cells = sparse.csr_matrix([[float(chance.random() < 0.4) for _ in ranking] for _ in range(users)], dtype=np.float32)
    seen = Mask(cells.shape, left_out=cells)
    whole = top_k(k, lambda rows: np.tile(ranking, (rows.stop - rows.start, 1)), seen)
    quick = top_of_one(ranking, k, seen)
    assert columns(quick, users) == columns(whole, users)


@pytest.mark.parametrize("stored", [False, True], ids=["dense", "sparse"])
def test_seen_cells_are_dropped_or_alone_kept(stored: bool) -> None:
    block = np.array([[5, 4, 3, 2], [5, 4, 3, 2]], dtype=np.float32)
    seen = sparse.csr_matrix([[1, 0, 1, 0], [0, 0, 0, 0]], dtype=np.float32)

    def scorer(rows: slice):
        return sparse.csr_matrix(block[rows]) if stored else block[rows].copy()

    without = top_k(2, scorer, Mask(seen.shape, left_out=seen))
    alone = top_k(2, scorer, Mask(seen.shape, kept=seen))
    assert columns(without, 2) == [[1, 3], [0, 1]]
    assert columns(alone, 2) == [[0, 2], []]


def test_a_tie_goes_to_the_smaller_column_beyond_the_rounding() -> None:
    nearly = np.full((1, 5000), 0.1, dtype=np.float32)
    nearly[0, 4000] += 1e-8
    assert columns(best_of(nearly, 3), 1) == [[0, 1, 2]]


def test_a_block_of_equal_scores_is_sorted_in_bounded_memory() -> None:
    top = best_of(np.ones((200, 20_000), dtype=np.float32), 5)
    assert columns(top, 200) == [[0, 1, 2, 3, 4]] * 200


def test_nothing_is_chosen_where_there_is_no_opinion() -> None:
    block = np.full((3, 500), NO_OPINION, dtype=np.float32)
    block[1, 77] = -3.0
    assert columns(best_of(block, 4), 3) == [[], [77], []]


def test_scores_are_rounded_to_five_digits_of_any_size() -> None:
    found = rounded(np.array([123456.7, -0.00012345678, 0.0, -np.inf]))
    assert found.tolist() == [123460.0, -0.00012346, 0.0, -np.inf]


@given(st.floats(-1e300, 1e300))
def test_a_rounded_score_is_the_decimal_number_to_five_digits(score: float) -> None:
    found = rounded(np.array([score]))[0]
    assert abs(found - score) <= 0.500001 * 10.0 ** np.floor(np.log10(max(abs(score), 1e-300)) - 4) * 1.01
    assert rounded(np.array([found]))[0] == found or abs(score) < 1e-300


def test_powers_of_ten_and_their_neighbours_are_rounded_to_five_digits() -> None:
    near = [value for power in range(-40, 39) for value in (10.0**power, np.nextafter(10.0**power, 0))]
    assert rounded(np.array(near)).tolist() == pytest.approx([float(f"{value:.4e}") for value in near], rel=1e-15)


def test_blocks_cover_all_rows_within_their_memory() -> None:
    parts = list(blocks(1000, 2000, block_bytes=2**20))
    assert [row for part in parts for row in range(part.start, part.stop)] == list(range(1000))
    assert max(part.stop - part.start for part in parts) * 2000 * 4 <= 2**20
    assert list(blocks(3, 10**9, block_bytes=8)) == [slice(0, 1), slice(1, 2), slice(2, 3)]


def factors(users: int, items: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(5)
    return tuple(draw.standard_normal(shape).astype(np.float32) for shape in ((users, 64), (64, items)))


def bought(users: int, items: int, each: int = 100) -> Mask:
    columns = np.random.default_rng(3).integers(0, items, users * each)
    cells = (np.ones(len(columns), dtype=np.float32), (np.repeat(np.arange(users), each), columns))
    return Mask((users, items), left_out=sparse.csr_matrix(cells, shape=(users, items)))


def test_neither_threads_nor_memory_change_a_bit() -> None:
    left, right = factors(701, 3000)
    seen = bought(701, 3000)
    scorer = Products(on_grid(left), on_grid(right.T), np.zeros(701, dtype=np.bool_), np.zeros(3000, dtype=np.bool_))

    def ranked(limits: Limits) -> tuple[list[int], list[float]]:
        top = top_k(20, scorer, seen, limits)
        return top.column.tolist(), top.score.tolist()

    whole = ranked(Limits(threads=1))
    assert len(whole[0]) == 701 * 20
    assert all(ranked(Limits(memory, threads)) == whole for memory in (10**6, 10**8) for threads in (1, 3))


def test_ranking_stays_within_its_memory() -> None:
    users, items, k = 3000, 20_000, 50
    left, right = factors(users, items)
    seen = bought(users, items)
    limits = Limits(memory=40 * 10**6, threads=2)
    assert limits.memory < users * items * 4 / 5
    silent = np.zeros(users, dtype=np.bool_), np.zeros(items, dtype=np.bool_)
    scorer = Products(on_grid(left), on_grid(right.T), *silent)
    tracemalloc.start()
    top = top_k(k, scorer, seen, limits)
    lists, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(top.row) == users * k
    assert peak <= limits.memory + 2 * lists


@pytest.mark.parametrize("counts", [[3, 0, 5, 1], [1] * 40 + [900], []], ids=["alike", "one long row", "none"])
def test_cells_are_sorted_row_by_row_and_ties_stay_as_they_stand(counts: list[int]) -> None:
    row = np.repeat(np.arange(len(counts)), counts)
    score = np.round(np.random.default_rng(1).normal(size=len(row)), 1)
    score[::4] = -np.inf
    assert best_first(row, score).tolist() == np.lexsort((np.arange(len(row)), -score, row)).tolist()


def test_of_a_sparse_block_ties_go_to_the_column_whatever_the_order_of_its_cells() -> None:
    cells = np.float32([1.0, 1.0, 2.0, 1.0]), np.array([5, 2, 7, 0]), np.array([0, 4])
    assert best_of(sparse.csr_matrix(cells, shape=(1, 8)), 3).column.tolist() == [7, 0, 2]
