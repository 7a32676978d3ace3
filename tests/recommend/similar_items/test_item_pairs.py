"""Pairs of items: found by tiles, kept by strength, against the obvious dense way."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from scipy import sparse

from ml.recommend.similar_items import item_pairs as relations
from ml.recommend.similar_items.item_pairs import Margins, Pairs, shared, strongest


def cells(rows: int = 23, columns: int = 40) -> sparse.csr_matrix:
    draw = np.random.default_rng(7)
    return sparse.csr_matrix((draw.random((rows, columns)) < 0.3).astype(np.int64))


def found_by(parts: Iterable[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> list[tuple[tuple[int, int], int]]:
    return [
        ((min(i, j), max(i, j)), n) for part in parts for i, j, n in zip(*map(np.ndarray.tolist, part), strict=True)
    ]


@pytest.mark.parametrize("tile", [1, 5, 100])
def test_every_two_rows_that_share_enough_columns_are_found_once(tile: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relations, "_TILE", tile)
    held = cells()
    dense = (held @ held.T).toarray()
    expected = {(i, j): int(dense[i, j]) for i in range(23) for j in range(i + 1, 23) if dense[i, j] >= 4}
    found = found_by(shared(held, np.full(23, 4)))
    assert len(found) == len(expected) > 50
    assert dict(found) == expected


@pytest.mark.parametrize("tile", [1, 5, 100])
def test_a_row_that_asks_for_less_is_paired_with_rows_that_ask_for_more(
    tile: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relations, "_TILE", tile)
    held = cells()
    least = np.where(np.diff(held.indptr) < 11, 2, 5)
    dense = (held @ held.T).toarray()
    expected = {
        (i, j): int(dense[i, j])
        for i in range(23)
        for j in range(i + 1, 23)
        if dense[i, j] >= min(int(least[i]), int(least[j]))
    }
    found = found_by(shared(held, least))
    assert len(found) == len(expected) > len(found_by(shared(held, np.full(23, 5)))) > 0
    assert dict(found) == expected


def test_rows_with_fewer_columns_than_enough_have_no_pair() -> None:
    held = sparse.csr_matrix(np.eye(4, dtype=np.int64))
    assert found_by(shared(held, np.full(4, 2))) == []


def tiles(pairs: int, items: int, scores: int) -> list[Pairs]:
    """Random pairs, each once, ten tiles of them; few different scores make ties."""
    draw = np.random.default_rng(3)
    item, related = np.triu_indices(items, 1)
    kept = draw.permutation(len(item))[:pairs]
    score = draw.integers(1, scores, pairs) / scores
    every = Pairs(item[kept], related[kept], score, np.full(pairs, 2))
    return [every.where(part) for part in np.array_split(np.arange(pairs), 10)]


@pytest.mark.parametrize("scores", [5, 100_000])
def test_the_best_of_each_item_survive_however_often_pairs_are_held_against_them(
    scores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relations, "_ROOM", 50)
    parts = tiles(2000, 80, scores)
    kept = strongest(parts, 80, 6)
    every = Pairs.joined(parts)
    found = set(zip(kept.item.tolist(), kept.related.tolist(), kept.score.tolist(), strict=True))
    assert len(found) == len(kept.item)
    for item in range(80):
        mine = every.where((every.item == item) | (every.related == item))
        owed = mine.where(mine.score >= np.sort(mine.score)[-6:].min())
        assert set(zip(owed.item.tolist(), owed.related.tolist(), owed.score.tolist(), strict=True)) <= found
    if scores > 5:
        assert len(found) < 80 * 50 / 4  # six of about 50, or on a level with the sixth


def test_levels_keep_the_order_of_scores() -> None:
    scores = np.sort(np.random.default_rng(2).lognormal(0, 4, 10_000))
    levels = relations._level(scores).astype(int)
    assert np.all(np.diff(levels) >= 0)
    assert len(set(levels.tolist())) > 80
    assert relations._level(np.array([0.0, 1e9])).tolist() == [0, 127]


def test_items_are_counted_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = tiles(2000, 80, 100_000)
    whole = strongest(parts, 80, 6)
    monkeypatch.setattr(relations, "_COUNTED", 7)
    blocks = strongest(parts, 80, 6)
    assert np.array_equal(whole.item, blocks.item) and np.array_equal(whole.related, blocks.related)


def test_support_is_held_against_the_items_own_occurrences() -> None:
    pairs = Pairs(np.array([0]), np.array([1]), np.array([1.0]), np.array([3]))
    margins = Margins(np.array([4, 6]), 40)
    assert margins.confidence(pairs).tolist() == [0.75]
    assert margins.lift(pairs).tolist() == [5.0]
