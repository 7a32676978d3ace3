"""Lists of words as people edit them."""

from __future__ import annotations


def listed(words: str) -> tuple[str, ...]:
    """The words of a text that has them between spaces."""
    return tuple(words.split())
