"""The part that all recommenders share: check, score block by block, fill up, rank, save.

A recommender gives its settings as dataclass fields, its state as one dataclass, and two hooks: ``_learn`` makes the
state from a history, ``_scorer`` makes blocks of scores from the state and a request.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Generic, Self, TypeVar

import numpy as np
import polars as pl
from scipy import sparse

from ml.errors import NotFitted
from ml.recommend.core import serialization as storage
from ml.recommend.core.best import Top, rounded
from ml.recommend.core.encoding import Matrix, Reals, Scores
from ml.recommend.core.explanation import Explanation, Terms
from ml.recommend.core.factor_terms import factor_terms
from ml.recommend.core.interactions import Interactions, Items
from ml.recommend.core.needs import Needs, ShopSize
from ml.recommend.core.parameters import Space
from ml.recommend.core.protocol import Recommendations
from ml.recommend.core.recency import share_of_buyers
from ml.recommend.core.request import Request
from ml.recommend.core.topk import Mask, Scorer, top_k, top_of_one
from ml.tables import Col

State = TypeVar("State")
FILL = "popularity"
"""``candidate_source`` of the popular items that fill up a list for which the recommender had too few."""


@dataclass(frozen=True, eq=False)
class TrainingData:
    """What a recommender learns from: a history that ends on ``as_of`` (and may be empty) and the catalogue."""

    history: Interactions
    items: Items
    as_of: date


@dataclass(frozen=True)
class NothingLearned:
    """The state of recommenders that read everything from the request's history."""


class Base(ABC, Generic[State]):
    """See the module. Subclasses are dataclasses of their settings."""

    name: ClassVar[str]
    state_type: ClassVar[type[Any]] = NothingLearned
    space: ClassVar[Space] = {}
    _state: State | None = None

    @abstractmethod
    def _learn(self, data: TrainingData) -> State:
        """The state."""

    @abstractmethod
    def _scorer(self, state: State, request: Request) -> Scorer:
        """Do once what the request needs; the result makes the blocks. ``NO_OPINION`` marks what not to show."""

    @property
    def learned_ages(self) -> Sequence[int]:
        """Of none, unless a recommender says otherwise."""
        return ()

    @property
    def read_columns(self) -> Mapping[str, Sequence[str]]:
        """Of no table, unless a recommender says otherwise."""
        return {}

    @property
    def scores_are_probabilities(self) -> bool:
        """No, unless a recommender says otherwise."""
        return False

    @property
    def params(self) -> dict[str, str | int | float | bool]:
        """The settings, by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}  # type: ignore[arg-type]

    def needs(self, shop: ShopSize) -> Needs:  # noqa: ARG002
        """Little beside the history, unless a recommender says otherwise."""
        return Needs()

    def fit(self, history: Interactions, items: Items, as_of: date) -> Self:
        """Learn anew from ``history`` up to and including ``as_of``."""
        self._state = self._learn(TrainingData(history.until(as_of), items, as_of))
        return self

    def recommend(self, request: Request) -> Recommendations:
        """At most k eligible items per user, filled up with what is popular now.

        Raises:
            NotFitted: ``fit`` was not called.
        """
        top, sources = self._ranked(request)
        lists = _frame(request, top, sources)
        if request.only_seen:
            return Recommendations(lists)
        return Recommendations(pl.concat([lists, self._filled(request, top)]))

    @property
    def fitted(self) -> State:
        """What was learned.

        Raises:
            NotFitted: nothing was.
        """
        if self._state is None:
            raise NotFitted(
                self.name, expected="a fitted recommender", found="none", remedy="Call `fit` or `load` first"
            )
        return self._state

    def scorer(self, request: Request) -> Scorer:
        """What makes blocks of scores for the request's shoppers, for those who choose from them themselves.

        Raises:
            NotFitted: ``fit`` was not called.
        """
        return self._scorer(self.fitted, request)

    def explain(self, request: Request, item_id: str) -> Explanation:
        """See ``ml.recommend.core.explanation.Explaining``.

        Raises:
            NotFitted: ``fit`` was not called.
        """
        column = int(request.items.vocabulary.codes([item_id])[0])
        return Explanation(terms=self._terms(self.fitted, request, column)) if column >= 0 else Explanation()

    def _terms(self, state: State, request: Request, column: int) -> Terms | None:
        """What the score of the request's one shopper for an eligible item adds up from; None where it has no terms."""
        return factor_terms(self._scorer(state, request), column)

    def save(self, folder: Path) -> None:
        """Write settings and state into ``folder``."""
        storage.write(folder, self.name, self.params, self.fitted)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The recommender that was saved in ``folder``."""
        loaded = cls(**storage.read_settings(folder, cls.name))
        loaded._state = storage.read_state(folder, cls.state_type)
        return loaded

    def _ranked(self, request: Request) -> tuple[Top, pl.Series]:
        """The lists as far as the recommender has an opinion, and who proposed each item."""
        top = self._top(request)
        return top, _named(self.name, top)

    def _filled(self, request: Request, top: Top) -> pl.DataFrame:
        """What is popular among the last weeks' buyers, for lists that are too short, ranked below their own."""
        lengths = np.bincount(top.row, minlength=len(request.users))
        short = np.flatnonzero(lengths < request.k)
        taken = _cells(top, request.shape)[short]
        if request.mask.left_out is not None:
            taken = taken + request.mask.left_out[short]
        mask = Mask(taken.shape, left_out=taken.tocsr())
        fill = top_of_one(share_of_buyers(request), request.k, mask, request.limits)
        rank = fill.ranks() + lengths[short][fill.row]
        lowest = np.full(len(request.users), np.inf)
        np.minimum.at(lowest, top.row, top.score)
        score = rounded(self._below(request, lowest[short][fill.row], fill.score))
        kept = rank < request.k
        filled = Top(short[fill.row][kept], fill.column[kept], score[kept])
        ranks = pl.Series(Col.rank, rank[kept] + 1, dtype=pl.Int32)
        return _frame(request, filled, _named(FILL, filled)).with_columns(ranks)

    def _below(self, request: Request, lowest: Reals, share: Reals) -> Reals:  # noqa: ARG002
        """Scores of filled rows, from the lowest score of each one's list (infinite in an empty one) and the item's
        number of buyers as a share of the most popular one's."""
        return np.minimum(lowest, 0.0) - 1.0 + share

    def _top(self, request: Request) -> Top:
        scorer = self.scorer(request)
        if isinstance(scorer, SameForAll):
            return top_of_one(scorer.ranking, request.k, request.mask, request.limits)
        return top_k(request.k, scorer, request.mask, request.limits)


class Fresh(Base[NothingLearned]):
    """Recommenders without a state: everything follows from the request's history as of its day."""

    def _learn(self, data: TrainingData) -> NothingLearned:  # noqa: ARG002
        return NothingLearned()

    @abstractmethod
    def _fresh_scorer(self, request: Request) -> Scorer:
        """As ``_scorer``."""

    def _scorer(self, state: NothingLearned, request: Request) -> Scorer:  # noqa: ARG002
        return self._fresh_scorer(request)


@dataclass(frozen=True, eq=False)
class SameForAll:
    """The scorer of one ranking for every user."""

    ranking: Scores

    def __call__(self, users: slice) -> Scores:
        return np.tile(self.ranking, (users.stop - users.start, 1))


def _frame(request: Request, top: Top, sources: pl.Series) -> pl.DataFrame:
    users = pl.Series(request.users, dtype=pl.String)
    return pl.DataFrame(
        {
            Col.user_id: users.gather(pl.Series(top.row)),
            Col.item_id: request.items.vocabulary.names(top.column),
            Col.rank: pl.Series(top.ranks() + 1, dtype=pl.Int32),
            Col.score: pl.Series(top.score),
            Col.candidate_source: sources,
        }
    )


def _named(source: str, top: Top) -> pl.Series:
    return pl.Series([source], dtype=pl.String).new_from_index(0, len(top.row))


def _cells(top: Top, shape: tuple[int, int]) -> Matrix:
    return sparse.csr_matrix((np.ones(len(top.row), dtype=np.float32), (top.row, top.column)), shape=shape)
