"""What a recommender takes of a shop, estimated before it is fitted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ShopSize:
    """What estimates depend on: shoppers who bought something, items that were bought, distinct pairs of the two."""

    shoppers: int
    items: int
    pairs: int


@dataclass(frozen=True)
class Needs:
    """Bytes that a recommender takes at most beside the history.

    Attributes:
        memory: while it is fitted and asked, beside blocks of scores.
        saved: of its files.
    """

    memory: int = 0
    saved: int = 0
