"""How many segments, and where."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.audiences.segments import clustering
from ml.audiences.segments.clustering import Candidate, choose, nearest
from ml.audiences.segments.scaling import UNIT


def blobs(centres: Sequence[tuple[float, float]], each: int = 50, spread: float = 0.1) -> NDArray[np.float64]:
    """Points around centres, in whole numbers, in an order that says nothing."""
    random = np.random.default_rng(7)
    points = np.concatenate([random.normal(centre, spread, (each, 2)) for centre in centres])
    return np.round(points[random.permutation(len(points))] * UNIT) + 0.0


FOUR = ((0.0, 0.0), (0.0, 3.0), (3.0, 0.0), (3.0, 3.0))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two numbers and four resamples are enough to choose by."""
    monkeypatch.setattr(clustering, "SEGMENTS", range(3, 5))
    monkeypatch.setattr(clustering, "_RESAMPLES", 4)


@pytest.mark.usefixtures("few")
def test_as_many_segments_are_found_as_there_are_groups_the_same_ones_every_time() -> None:
    points = blobs(FOUR)
    choice, again = choose(points, seed=1), choose(points, seed=1)
    assert {tuple(np.round(row / UNIT).tolist()) for row in choice.centroids} == set(FOUR)
    assert "best silhouette of the stable ones" in choice.why and [each.segments for each in choice.tried] == [3, 4]
    best = max(choice.tried, key=lambda found: found.silhouette)
    assert best.segments == 4 and best.stability == 1.0 and best.smallest == 50
    assert (choice.centroids == np.round(choice.centroids)).all()
    assert (choice.centroids == again.centroids).all() and choice.why == again.why


@pytest.mark.usefixtures("few")
def test_a_refit_of_moved_points_starts_from_the_segments_that_serve() -> None:
    points = blobs(FOUR)
    before = nearest(points, choose(points, seed=1).centroids)
    moved = points + np.round(np.random.default_rng(5).normal(0, 0.3, points.shape) * UNIT)
    after = nearest(moved, choose(moved, seed=99, before=before).centroids)
    pairs = {(int(old), int(new)) for old, new in zip(before, after, strict=True)}
    assert len(pairs) == 4, "the same people are together, whatever the seed"


@pytest.mark.parametrize(
    "points",
    [
        pytest.param(blobs(FOUR, each=1), id="fewer shoppers than segments"),
        pytest.param(blobs(FOUR[:1], each=1), id="one shopper"),
        pytest.param(blobs(FOUR, each=14), id="too few for three segments"),
        pytest.param(np.zeros((200, 2)), id="all alike"),
        pytest.param(np.zeros((200, 0)), id="no feature"),
    ],
)
def test_who_cannot_be_divided_is_one_segment(points: NDArray[np.float64]) -> None:
    choice = choose(points, seed=1)
    assert len(choice.centroids) == 1 and not choice.tried and choice.why.startswith("one segment")
    assert nearest(points, choice.centroids).tolist() == [0] * len(points)


def candidate(number: int, silhouette: float, stability: float, stability_low: float | None = None) -> Candidate:
    values = np.random.default_rng(3).normal(silhouette, 0.05, 400)
    return Candidate(
        np.zeros((number, 2)), silhouette, values, stability, stability if stability_low is None else stability_low, 50
    )


@pytest.mark.parametrize(
    ("tried", "before", "chosen", "words"),
    [
        ([(3, 0.30, 0.70), (4, 0.20, 0.90)], None, 4, "best silhouette of the stable ones"),
        ([(3, 0.20, 0.80), (4, 0.30, 0.80)], None, 4, "best silhouette of the stable ones"),
        ([(3, 0.30, 0.50), (4, 0.20, 0.60)], None, 4, "the most stable, though none is stable"),
        ([(3, 0.30, 0.85), (4, 0.20, 0.90)], 4, 4, "as before"),
        ([(3, 0.30, 0.95), (4, 0.20, 0.90)], 4, 3, "best silhouette of the stable ones"),
        ([(3, 0.30, 0.85), (4, 0.20, 0.55)], 4, 3, "best silhouette of the stable ones"),
        ([(3, 0.20, 0.95), (4, 0.20, 0.90)], 4, 4, "as before"),
        ([(3, 0.30, 0.80, 0.70), (4, 0.20, 0.90)], None, 4, "best silhouette of the stable ones"),
    ],
)
def test_the_number_that_serves_gives_way_only_to_one_that_is_clearly_better(
    tried: list[tuple[float, ...]],
    before: int | None,
    chosen: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = {int(number): candidate(int(number), *figures) for number, *figures in tried}
    monkeypatch.setattr(clustering, "_candidate", lambda _points, number, *_: made.get(number))
    serving = None if before is None else np.arange(200) % before
    choice = choose(np.zeros((200, 2)), seed=1, before=serving)
    assert len(choice.centroids) == chosen and words in choice.why
