"""A cache of one value that lives as long as the object that owns it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Latest(Generic[Made]):
    """Keeps the value of the last key. Histories and catalogues in a key are compared by identity."""

    def __init__(self) -> None:
        self._kept: tuple[tuple[object, ...], Made] | None = None

    def of(self, key: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """The value of ``key``; made if the key differs from that of the last call."""
        kept = self._kept
        if kept is None or kept[0] != key:
            kept = self._kept = key, make()
        return kept[1]

    def keep(self, key: tuple[object, ...], value: Made) -> None:
        """Keep a value that was made elsewhere."""
        self._kept = key, value
