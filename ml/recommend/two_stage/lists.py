"""A request's best candidates, kept for the placements that ask for them next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ml.recommend.core.latest import Latest
from ml.recommend.core.request import Request
from ml.recommend.two_stage.candidates import SOURCES
from ml.recommend.two_stage.scored import Scored

_OWN: Final = SOURCES.index("buy_it_again")


@dataclass(frozen=True, eq=False)
class Lists:
    """The k best of each shopper's candidates, and of those among them that the shopper bought before."""

    anything: Scored
    own: Scored

    @classmethod
    def of(cls, blocks: Iterable[Scored], k: int) -> Lists:
        """Read block by block."""
        pairs = [(block.best(k), block.where(block.source == _OWN).best(k)) for block in blocks]
        return cls(Scored.joined(first for first, _ in pairs), Scored.joined(second for _, second in pairs))


class KeptLists:
    """Those of the last request of anything, and of the last one of what is new to the shoppers."""

    def __init__(self) -> None:
        self._latest: dict[bool, Latest[Lists]] = {exclude_seen: Latest() for exclude_seen in (False, True)}

    def of(self, fitted: object, asked: Request, blocks: Callable[[], Iterator[Scored]]) -> Lists:
        """The lists of a request for all its shoppers; ``blocks`` scores them where they are not kept."""
        return self._latest[asked.exclude_seen].of(_key(fitted, asked), lambda: Lists.of(blocks(), asked.k))

    def keep(self, fitted: object, asked: Request, blocks: Iterable[Scored]) -> None:
        """Make the lists of a request while its blocks are read for another purpose."""
        self._latest[asked.exclude_seen].keep(_key(fitted, asked), Lists.of(blocks, asked.k))


def _key(fitted: object, asked: Request) -> tuple[object, ...]:
    return (fitted, asked.history, asked.items, asked.as_of, tuple(asked.users), asked.k)
