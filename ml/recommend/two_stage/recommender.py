"""Candidates first, then a ranker: one for anything a shopper buys, one for what is new to them.

Both learn from several past days inside the history: what would have been proposed then, and what was bought in the
weeks that followed. Generators and features are made anew from the request's history, so only the rankers age.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Final, Self

import numpy as np
import polars as pl
from scipy import sparse

from ml.recommend.core import serialization as storage
from ml.recommend.core.base import FILL, Base, TrainingData
from ml.recommend.core.best import Top
from ml.recommend.core.encoding import Ints, Matrix, Reals
from ml.recommend.core.explanation import Explanation
from ml.recommend.core.latest import Latest
from ml.recommend.core.needs import Needs, ShopSize
from ml.recommend.core.parameters import Between, OneOf, Space
from ml.recommend.core.recency import popular_share
from ml.recommend.core.request import Request
from ml.recommend.core.snapshots import snapshot_of
from ml.recommend.core.topk import Scorer
from ml.recommend.models.ease import EASE
from ml.recommend.two_stage.calibration import Diagnosis
from ml.recommend.two_stage.candidates import SOURCES, Generators
from ml.recommend.two_stage.cold_start import Groups, popular_among_alike
from ml.recommend.two_stage.day_features import DayFeatures, Wanted, feature_names, wanted, with_groups
from ml.recommend.two_stage.explained import explained
from ml.recommend.two_stage.features import SCORES, features
from ml.recommend.two_stage.probabilities import Pairs
from ml.recommend.two_stage.ranking import RankerDataset, Setup
from ml.recommend.two_stage.saved import Rankers, read_rankers, write_rankers
from ml.recommend.two_stage.scored import Scored, blocks
from ml.recommend.two_stage.scoring import ANY, NEW, OWN, SHARES, Scoring
from ml.recommend.two_stage.taste import memory_of_taste, taste_of
from ml.recommend.two_stage.training_days import TrainingDay, training_days

_SETUPS: Final = {
    ANY: Setup(days=2, leaves=31, rounds=100, rate=0.09),
    NEW: Setup(days=3, leaves=15, rounds=200, rate=0.04, without=("user_item.",)),
}
_MOST_COLUMNS: Final = 100
"""Features of an example, at most."""
_LEARNED_AT_A_TIME: Final = 500
"""Shoppers whose candidates are read at a time. The draw of examples goes block by block: another size draws others."""
_BOOSTERS: Final = 10 * 10**6
"""Bytes of the boosters' texts, whatever the shop."""
_log = logging.getLogger(__name__)


@dataclass
class TwoStage(Base[Rankers]):
    """Score: the probability that the shopper buys the item within ``horizon`` days.

    Learned on past days, ``horizon`` and half as many days apart, the latest as long before the end of the history,
    and from at most ``most_shoppers`` on each; per objective ``bags`` boosters of each kind (see ``ranking``) speak
    together. Where the history is too short to learn from, a shopper's own items come first, by how often and how
    lately they were bought, then others by taste. Newcomers get what is popular among shoppers alike. ``cold_items``
    that nobody bought yet are proposed to each shopper by their texts: none, as they earn nothing on the demo shop
    (docs/text-vectors.md).
    """

    name: ClassVar[str] = "two_stage"
    state_type: ClassVar[type[Any]] = Rankers
    space: ClassVar[Space] = {"horizon": OneOf(14, 21, 28), "bags": Between(1, 5)}
    horizon: int = 28
    bags: int = 2
    most_shoppers: int = 5000
    cold_items: int = 0
    seed: int = 20171203
    threads: int = 2

    def __post_init__(self) -> None:
        self._tastes: Latest[EASE] = Latest()
        self._seen: Latest[DayFeatures] = Latest()
        self._groups: Latest[Groups] = Latest()
        self._lists: Latest[tuple[Scored, Scored, Scored]] = Latest()

    @property
    def scores_are_probabilities(self) -> bool:
        """Yes, once the history was long enough for every ranker."""
        return set(self.fitted.learned) == set(_SETUPS)

    def needs(self, shop: ShopSize) -> Needs:
        """The taste's matrix, and the examples of every booster, of which one part is copied at a time."""
        shoppers, columns = min(self.most_shoppers, shop.shoppers), 4 * _MOST_COLUMNS
        wanted = {name: sum(astuple(SHARES[name])) + self.cold_items for name in _SETUPS}
        examples = sum(setup.examples * wanted[name] for name, setup in _SETUPS.items())
        return Needs(memory_of_taste(shop) + int(1.5 * shoppers * examples * columns), _BOOSTERS)

    def _learn(self, data: TrainingData) -> Rankers:
        names = self._feature_names(data)
        datasets = {objective: RankerDataset(setup, names, self.seed) for objective, setup in _SETUPS.items()}
        everybody, ages, columns = data.history.encoded.users, self.learned_ages, wanted(names)
        for day in training_days(data, ages, columns, most_shoppers=self.most_shoppers, seed=self.seed):
            self._read(datasets, day, everybody.codes(day.request.users))
        seeds = range(self.seed, self.seed + self.bags)
        learned = {objective: dataset.learned(seeds, self.threads) for objective, dataset in datasets.items()}
        rankers = {objective: ranker for objective, ranker in learned.items() if ranker}
        for objective in sorted(set(_SETUPS) - set(rankers)):
            _log.warning("two_stage: too few purchases to learn a ranker of %s; own items, then taste", objective)
        reliability = {objective: datasets[objective].reliability(each) for objective, each in rankers.items()}
        return Rankers(rankers, reliability)

    @property
    def learned_ages(self) -> list[int]:
        """Rising."""
        return sorted({age for setup in _SETUPS.values() for kind in setup.ages(self.horizon).values() for age in kind})

    @property
    def read_columns(self) -> Wanted:
        """What its rankers and generators read."""
        return with_groups(wanted(self._columns))

    def _feature_names(self, data: TrainingData) -> list[str]:
        if not len(data.history.frame):
            return list(SCORES)
        known = snapshot_of(data.history, data.items, data.as_of)
        return [*SCORES, *feature_names(known.ranker_columns)]

    def _read(self, datasets: Mapping[str, RankerDataset], day: TrainingDay, shoppers: Ints) -> None:
        """Add a past day's candidates to the examples; ``shoppers`` are codes of the request's, on all days alike."""
        generators = self._generators(day.features, day.request)
        for rows in blocks(0, len(day.request.users), _LEARNED_AT_A_TIME):
            look = generators.look(rows)
            for objective, dataset in datasets.items():
                ages = _SETUPS[objective].ages(self.horizon)
                kinds = [kind for kind in ages if day.age in ages[kind]]
                if not kinds:
                    continue
                found = generators.propose(look, SHARES[objective])
                table, shopper = features(found, dataset.names), shoppers[look.position[found.shopper]]
                for kind in kinds:
                    dataset.add(kind, table, day.bought(found, ages[kind].step), shopper)
                if day.age == self.horizon:
                    dataset.hold_out(table, day.bought(found, self.horizon), shopper)

    def _ranked(self, request: Request) -> tuple[Top, pl.Series]:
        """The lists; ``candidate_source`` names the generator."""
        newcomers = Top.none() if request.only_seen else self._newcomers(request)
        if len(newcomers.row):
            newcomers = newcomers.where(request.mask.allows(newcomers.row, newcomers.column))
        best = self._best(request)
        popular = pl.Series([FILL], dtype=pl.String).new_from_index(0, len(newcomers.row))
        names = pl.Series(SOURCES, dtype=pl.String).gather(pl.Series(best.source))
        row, column = (np.concatenate(each) for each in ((newcomers.row, best.row), (newcomers.column, best.column)))
        return Top(row, column, np.concatenate([newcomers.score, best.score])), pl.concat([popular, names])

    def _scorer(self, state: Rankers, request: Request) -> Scorer:  # noqa: ARG002
        """Blocks of probabilities with an opinion only on the candidates that may come to the top."""

        def score(rows: slice) -> Matrix:
            found = Scored.joined(block for (block,) in self._blockwise([request], rows))
            shape = (rows.stop - rows.start, len(request.items.vocabulary))
            return sparse.csr_matrix((found.score.astype(np.float32), (found.row - rows.start, found.column)), shape)

        return score

    def _below(self, request: Request, lowest: Reals, share: Reals) -> Reals:
        """As likely as lately among all shoppers, and never likelier than what the list has."""
        popular = popular_share(request)
        return np.minimum(np.minimum(lowest, 1.0) * (1.0 - 1e-4), popular) * share

    def _newcomers(self, request: Request) -> Top:
        day = (request.history, request.items, request.as_of, request.profiles)
        return popular_among_alike(request, self._groups.of(day, lambda: Groups(*day)))

    def _best(self, request: Request) -> Scored:
        """All shoppers' lists. A shelf of own items, and where both were announced one of what is new, reads what the
        shelf of anything has just scored."""
        if request.among is not None or (request.exclude_seen and not request.both):
            blocks = self._blockwise([request], slice(0, len(request.users)))
            return Scored.joined(block.best(request.k) for (block,) in blocks)
        asked = replace(request, exclude_seen=False, only_seen=False)
        anything, own, new = self._lists.of(self._key(asked), lambda: self._at_once(asked))
        return own if request.only_seen else new if request.exclude_seen else anything

    def probabilities(self, request: Request) -> pl.DataFrame:
        """See ``ml.recommend.probabilities``: the ranker of anything speaks of what a shopper bought before, the one
        of what is new to them of the rest."""
        asked = replace(request, exclude_seen=False, only_seen=False, among=None, both=True)
        pairs = Pairs(asked, self.horizon)
        if self.scores_are_probabilities:
            self._lists.keep(self._key(asked), self._at_once(asked, pairs))
        return pairs.frame

    def _key(self, asked: Request) -> tuple[object, ...]:
        return (self.fitted, asked.history, asked.items, asked.as_of, tuple(asked.users), asked.k, asked.both)

    def _at_once(self, asked: Request, pairs: Pairs | None = None) -> tuple[Scored, Scored, Scored]:
        """The k best of each shopper's candidates, of those among them that the shopper bought before, and where both
        are asked for of what the shopper did not; ``pairs`` notes what was scored."""
        requests = [asked, replace(asked, exclude_seen=True)] if asked.both else [asked]
        bought = replace(asked, only_seen=True).mask if pairs else None
        anything, own, new = [], [], []
        for first, *others in self._blockwise(requests, slice(0, len(asked.users))):
            if pairs is not None:
                pairs.note(first, bought)
                for other in others:
                    pairs.note(other)
            anything.append(first.best(asked.k))
            own.append(first.where(first.source == OWN).best(asked.k))
            new += [other.best(asked.k) for other in others]
        return Scored.joined(anything), Scored.joined(own), Scored.joined(new)

    def _blockwise(self, requests: Sequence[Request], rows: slice) -> Iterator[tuple[Scored, ...]]:
        """See ``Scoring.blockwise``; the requests are of the same shoppers and items."""
        if scoring := self._scoring(requests[0]):
            yield from scoring.blockwise(requests, rows)

    def explain(self, request: Request, item_id: str) -> Explanation:
        """See ``ml.recommend.core.explanation.Explaining``."""
        scoring = self._scoring(request)
        return explained(scoring, request, item_id) if scoring else Explanation(step="newcomer")

    def _scoring(self, request: Request) -> Scoring | None:
        """None where nothing was ever sold, or nothing may be."""
        if not len(request.items.vocabulary) or not len(request.history.frame):
            return None
        return Scoring(self._generators(self._day(request), request), self.fitted.learned)

    def _day(self, request: Request) -> DayFeatures:
        """The feature tables that the request's day has, for whatever any of the rankers looks at."""
        day, columns = (request.history, request.items, request.as_of), self._columns

        def read() -> DayFeatures:
            return DayFeatures(snapshot_of(*day), request.history.encoded, request.items, wanted(columns))

        return self._seen.of((*day, columns), read)

    def _generators(self, day: DayFeatures, request: Request) -> Generators:
        known = (request.history, request.as_of)
        taste = self._tastes.of(known, lambda: taste_of(*known))
        return Generators.of(day, request, taste, self.cold_items)

    @property
    def _columns(self) -> tuple[str, ...]:
        """The features that any of the rankers looks at."""
        return tuple(sorted({name for ranker in self.fitted.learned.values() for name in ranker.columns}))

    @property
    def diagnosis(self) -> Diagnosis:
        """What the rankers look at, and how well their probabilities held."""
        state = self.fitted
        return Diagnosis({name: each.importances for name, each in state.learned.items()}, state.reliability)

    def save(self, folder: Path) -> None:
        """Settings as JSON, and beside them each booster in LightGBM's text format."""
        write_rankers(folder, self.name, self.params, self.fitted)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The recommender that was saved in ``folder``."""
        loaded = cls(**storage.read_settings(folder, cls.name))
        loaded._state = read_rankers(folder)
        return loaded
