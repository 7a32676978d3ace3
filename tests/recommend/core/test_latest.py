"""A shared value is made once per key, and goes with its owner."""

from __future__ import annotations

import gc
import weakref

from ml.recommend.core.interactions import Interactions
from ml.recommend.core.latest import Latest


def test_the_value_of_a_key_is_made_once_and_another_key_replaces_it() -> None:
    kept: Latest[int] = Latest()
    made: list[str] = []

    def of(key: str) -> int:
        return kept.of((key,), lambda: len(made.append(key) or made))

    assert [of(key) for key in ("a", "a", "b", "b", "a")] == [1, 1, 2, 2, 3]
    assert made == ["a", "b", "a"]


def test_an_equal_history_that_is_another_object_is_another_key() -> None:
    kept: Latest[Interactions] = Latest()
    first, second = Interactions.empty(), Interactions.empty()
    assert [kept.of((each,), lambda each=each: each) for each in (first, second)] == [first, second]


def test_nothing_outlives_the_owner() -> None:
    kept: Latest[None] = Latest()
    history = Interactions.empty()
    kept.of((history,), lambda: None)
    gone = weakref.ref(history)
    del history
    assert gone() is not None
    del kept
    gc.collect()
    assert gone() is None
