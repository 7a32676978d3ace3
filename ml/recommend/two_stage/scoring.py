"""Scores the candidates of a request's shoppers, a block of them at a time; features live as long as their block.

Most candidates are told from the top of a list by a few trees (``Ranker.first_look``). Those that may come to the top
are scored by all of them, the rest is left out. Who is left out depends on nobody but the shopper.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml.recommend.core.best import Top, best_first, rounded
from ml.recommend.core.encoding import Ints, Reals
from ml.recommend.core.request import Request
from ml.recommend.two_stage.candidates import (
    ALL_SHARES,
    NEW_SHARES,
    SOURCES,
    Candidates,
    Generators,
    Look,
    Shares,
    scores_without_ranker,
)
from ml.recommend.two_stage.features import Cells
from ml.recommend.two_stage.ranker import Ranker
from ml.recommend.two_stage.scored import Scored, blocks

ANY, NEW = "all", "new"
SHARES: Final = {ANY: ALL_SHARES, NEW: NEW_SHARES}
OWN: Final = SOURCES.index("buy_it_again")
_TIMES, _LEAST = 2, 40
"""Twice as many candidates are scored as a list is long, and at least 40; as many of a shopper's own among them."""

_AT_A_TIME: Final = 2000
"""Shoppers that are scored at a time. Fewer cost more calls, more hardly less."""


@dataclass(frozen=True, eq=False)
class Scoring:
    """What scores requests of the same shoppers and items, which differ in their filters and lengths.

    Attributes:
        rankers: by objective; none where the history was too short.
    """

    generators: Generators
    rankers: Mapping[str, Ranker]

    def blockwise(self, requests: Sequence[Request], rows: slice) -> Iterator[tuple[Scored, ...]]:
        """Per block of shoppers among ``rows`` and per request: what may be ranked and may come to the top."""
        for block in blocks(rows.start, rows.stop, _AT_A_TIME):
            look = self.generators.look(block)
            yield tuple(self._scored(request, block, look) for request in requests)

    def candidates(self, request: Request, block: slice, look: Look) -> Candidates:
        """What is proposed to the block's shoppers and may be ranked for the request."""
        found = self.generators.propose(look, shares_of(request))
        row, column = look.position[found.shopper], self.generators.day.column[found.item]
        return found.where(request.mask.of_users(block).allows(row - block.start, column))

    def likely(self, request: Request, found: Candidates) -> tuple[Ints, Reals]:
        """Positions of the candidates that are scored by all trees, rising, and their probabilities."""
        ranker = self.rankers.get(objective_of(request))
        if ranker is None:
            return np.arange(len(found.item)), scores_without_ranker(found)
        cells, columns = Cells(found), ranker.columns
        most, threads = kept_of(request), request.limits.threads
        begun = ranker.first_look(cells.table(columns, read=ranker.first_columns), threads)
        first = Top(found.shopper, found.item, rounded(begun))
        kept = np.flatnonzero(promising(first, most) | promising(first, most, found.source == OWN))
        return kept, ranker.probability(cells.table(columns, kept), begun[kept], threads)

    def _scored(self, request: Request, block: slice, look: Look) -> Scored:
        found = self.candidates(request, block, look)
        row, column = look.position[found.shopper], self.generators.day.column[found.item]
        kept, likely = self.likely(request, found)
        return Scored(row[kept], column[kept], rounded(likely), found.source[kept])


def objective_of(request: Request) -> str:
    """Which ranker answers a request."""
    return NEW if request.exclude_seen else ANY


def promising(cells: Top, most: int, among: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
    """Whether each cell is one of its row's ``most`` best (of those ``among``), ties as they stand; rows rise."""
    chosen = np.zeros(len(cells.row), dtype=np.bool_)
    asked = np.arange(len(chosen)) if among is None else np.flatnonzero(among)
    order = asked[best_first(cells.row[asked], cells.score[asked])]
    chosen[order[Top(cells.row[order], cells.column[order], cells.score[order]).ranks() < most]] = True
    return chosen


def kept_of(request: Request) -> int:
    """How many of a shopper's candidates, and how many of the own ones among them, are scored by all trees."""
    return max(_TIMES * request.k, _LEAST)


def shares_of(request: Request) -> Shares:
    """As learned, but more of a shopper's own items where the lists are long."""
    if request.exclude_seen:
        return NEW_SHARES
    return replace(ALL_SHARES, own=max(ALL_SHARES.own, 2 * request.k))
