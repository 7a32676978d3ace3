"""Pairs of items: found by tiles, kept by strength, against the obvious dense way."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from ml.recommend import relations
from ml.recommend.relations import Margins, Pairs, shared, strongest


def cells(rows: int = 23, columns: int = 40) -> sparse.csr_matrix:
    draw = np.random.default_rng(7)
    return sparse.csr_matrix((draw.random((rows, columns)) < 0.3).astype(np.int64))


@pytest.mark.parametrize("tile", [1, 5, 100])
def test_every_two_rows_that_share_enough_columns_are_found_once(tile: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relations, "_TILE", tile)
    held = cells()
    dense = (held @ held.T).toarray()
    expected = {(i, j): int(dense[i, j]) for i in range(23) for j in range(i + 1, 23) if dense[i, j] >= 4}
    found = [((int(i), int(j)), int(n)) for part in shared(held, 4) for i, j, n in zip(*part, strict=True)]
    assert len(found) == len(expected) > 50
    assert dict(found) == expected


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
    both = Pairs.joined([each for part in parts for each in (part, part.turned())])
    found = set(zip(kept.item.tolist(), kept.related.tolist(), kept.score.tolist(), strict=True))
    for item in range(80):
        mine = both.where(both.item == item)
        least = np.sort(mine.score)[-6:].min()
        owed = mine.where(mine.score >= least)
        assert {(item, j, s) for j, s in zip(owed.related.tolist(), owed.score.tolist(), strict=True)} <= found
    assert np.all(np.diff(kept.item) >= 0)
    if scores > 5:
        assert len(found) < 80 * 9  # six, and those within one percent


def test_more_items_than_sixteen_bits_are_kept_apart() -> None:
    item = np.array([70_000, 70_000 - 65_536, 70_000])
    pairs = Pairs(item, np.array([1, 2, 3]), np.array([0.1, 0.2, 0.3]), np.full(3, 2))
    assert pairs.best(1).item.tolist() == [70_000 - 65_536, 70_000]
    assert pairs.best(1).related.tolist() == [2, 3]


def test_support_is_held_against_the_items_own_occurrences() -> None:
    pairs = Pairs(np.array([0]), np.array([1]), np.array([1.0]), np.array([3]))
    margins = Margins(np.array([4, 6]), 40)
    assert margins.confidence(pairs).tolist() == [0.75]
    assert margins.lift(pairs).tolist() == [5.0]
