"""One recommender on one split in time: what it knew, what happened next, how well it ranked."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from ml.errors import ObjectiveRefused
from ml.placements import Placement
from ml.recommend.core.encoding import Ints
from ml.recommend.core.protocol import Interactions, Items, Recommendations, Recommender, Request
from ml.recommend.evaluation.beyond_accuracy import Backdrop, beyond_accuracy
from ml.recommend.evaluation.cost import Meter
from ml.recommend.evaluation.groups import RELEVANT, item_groups, shopper_groups, slices
from ml.recommend.evaluation.metrics import METRICS, Hits, at
from ml.recommend.rules.objectives import PURCHASE
from ml.recommend.rules.rerank import shelves
from ml.recommend.rules.rule_set import RuleBook
from ml.settings import Settings
from ml.tables import Col

ALL: Final = "all"
NEW: Final = "new"
AGAIN: Final = "again"
DUE: Final = "due"
SETTING: Final = "setting"
COLD: Final = "cold"
SETTINGS: Final = (ALL, NEW, AGAIN, DUE)
"""Of shoppers who had bought something by the origin. *all*: anything that they buy counts. *new*: only what they never
bought before, and such items are filtered from the lists. *again*: only what they bought before, and the lists hold
nothing else. *due*: likewise, of what was due again at the origin. Recommenders are chosen on these: shoppers who are
*cold* (anything counts) get nearly the same list from each, so in a shop full of them a mean over everybody tells
little of the others. Their figures stand beside."""
USUAL: Final = (ALL, NEW)
"""The settings of a comparison that is for no shop's shelves."""
_OF: Final = {"anything": ALL, "not_seen": NEW, "seen": AGAIN, "due_again": DUE}
KS: Final = (5, 10, 20)
SLICED_AT: Final = 10
_PAIR = (Col.user_id, Col.item_id)
_log = logging.getLogger(__name__)


def setting_of(placement: Placement) -> str:
    """The setting whose lists are those of a placement without rules and objective."""
    return _OF[placement.eligible]


@dataclass(frozen=True)
class Terms:
    """How a shop publishes its shelves.

    Attributes:
        k: the longest list.
        placements: those that are on; empty where no shop's shelves are judged.
        objectives: by placement, what it is ranked for where that is not a purchase.
    """

    k: int = max(KS)
    placements: tuple[Placement, ...] = ()
    objectives: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Settings) -> Terms:
        """Those of the settings."""
        return cls(settings.k, settings.placements_on, settings.objectives)

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings that are judged, in the order of ``SETTINGS``."""
        wanted = {setting_of(placement) for placement in self.placements} or set(USUAL)
        return tuple(setting for setting in SETTINGS if setting in wanted)


@dataclass(frozen=True, eq=False)
class Split:
    """What was known at the end of ``as_of``, and what was bought in the days after it.

    Attributes:
        profiles: the table of users as it was then, for who had bought nothing.
        due: pairs of user_id and item_id that were due again then.
        terms, rules: what shelves were published on and by then.
    """

    train: Interactions
    test: Interactions
    items: Items
    as_of: date
    profiles: pl.DataFrame | None = None
    due: pl.DataFrame | None = None
    terms: Terms = field(default_factory=Terms)
    rules: RuleBook | None = None

    @classmethod
    def at(cls, history: Interactions, items: Items, as_of: date, days: int) -> Split:
        """Cut ``history``: up to and including ``as_of``, and the ``days`` days that follow."""
        return cls(history.until(as_of), history.after(as_of, days), items, as_of)

    @cached_property
    def relevant(self) -> dict[str, pl.DataFrame]:
        """By setting: the distinct (user_id, item_id) that count."""
        everybody, past = self.test.frame.select(_PAIR).unique().sort(_PAIR), self.train.frame.select(_PAIR).unique()
        bought = everybody.join(past, on=Col.user_id, how="semi")
        again = bought.join(past, on=_PAIR, how="semi")
        return {
            ALL: bought,
            NEW: bought.join(past, on=_PAIR, how="anti"),
            AGAIN: again,
            DUE: again.clear() if self.due is None else again.join(self.due, on=_PAIR, how="semi"),
            COLD: everybody.join(past, on=Col.user_id, how="anti"),
        }

    @cached_property
    def backdrop(self) -> Backdrop:
        """What lists are seen against beyond their hits."""
        return Backdrop.of(self.train, self.items)

    @cached_property
    def groups(self) -> dict[str, pl.DataFrame]:
        """The groups of shoppers and of items by which results are sliced."""
        users = self.test.frame[Col.user_id].unique().sort()
        return {
            "shoppers": shopper_groups(self.train, users, self.as_of),
            "items": item_groups(self.train, self.backdrop, self.as_of),
        }

    def users(self, setting: str) -> list[str]:
        """The shoppers who have something relevant, in order."""
        return self.relevant[setting][Col.user_id].unique().sort().to_list()

    def request(self, setting: str, k: int | None = None) -> Request:
        """What a recommender is asked in ``setting``; ``k`` where lists are to have another length than published."""
        return Request(
            # a recommender that has ranked anything for these shoppers need not do so again
            self.users(ALL if setting == AGAIN else setting),
            self.train,
            self.items,
            self.as_of,
            k or self.terms.k,
            exclude_seen=setting == NEW,
            only_seen=setting in (AGAIN, DUE),
            among=self.due if setting == DUE else None,
            profiles=self.profiles,
        )

    def shaped(self) -> Iterator[Placement]:
        """The placements whose lists are other than their setting's, by rules or an objective."""
        for placement in self.terms.placements:
            if self.terms.objectives.get(placement.name, PURCHASE) != PURCHASE or self._book.on(placement.name):
                yield placement

    def shelves(self, recommender: Recommender, placement: Placement) -> Recommendations:
        """The lists of a placement as they would have been published.

        Raises:
            ObjectiveRefused: the recommender cannot rank for the placement's objective.
        """
        objective = self.terms.objectives.get(placement.name, PURCHASE)
        request = self.request(setting_of(placement))
        return Recommendations(shelves(self._book, placement.name, recommender, request, objective))

    @property
    def _book(self) -> RuleBook:
        return self.rules or RuleBook((), self.as_of)


@dataclass(frozen=True, eq=False)
class Judged:
    """One setting's result: a row per user with each metric, the means with what lies beyond accuracy, and slices."""

    setting: str
    per_user: pl.DataFrame
    summary: dict[str, float]
    slices: pl.DataFrame


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How a recommender did at one origin.

    Attributes:
        as_of: the last day that it knew.
        published: its results by placement, of lists as they are published: those of the placement's setting where
            neither rules nor an objective shape them. A placement that it cannot serve is not there.
        judged: its results by setting.
        cost: seconds of wall and processor time to fit and to score, and memory in MiB; see ``Meter``.
    """

    name: str
    params: dict[str, str | int | float | bool]
    judged: dict[str, Judged]
    cost: dict[str, float]
    as_of: date
    published: dict[str, Judged] = field(default_factory=dict)

    @property
    def metrics(self) -> dict[str, float]:
        """Everything as flat numbers: ``all/ndcg_at_10``, ``new/coverage_at_10``, ``fit_seconds``…"""
        parts = {part.setting: part for part in (*self.judged.values(), *self.published.values())}
        flat = {f"{name}/{key}": value for name, part in parts.items() for key, value in part.summary.items()}
        return flat | self.cost

    @property
    def slices(self) -> pl.DataFrame:
        """The slices of all settings in one table."""
        return pl.concat(
            part.slices.select(pl.lit(name).alias(SETTING), pl.all()) for name, part in self.judged.items()
        )


def evaluate(recommender: Recommender, split: Split, ks: Sequence[int] = KS) -> Evaluation:
    """Fit ``recommender`` on the split's past and judge it on its future, in every setting."""
    meter = Meter()
    recommender.fit(split.train, split.items, split.as_of)
    cost = meter.lap("fit")
    lists = {setting: recommender.recommend(split.request(setting)) for setting in (*split.terms.settings, COLD)}
    cost |= meter.lap("score") | meter.memory()
    judged = {setting: judge(lists[setting], split, setting, ks) for setting in lists}
    published = dict(_published(recommender, split, judged, ks))
    return Evaluation(recommender.name, recommender.params, judged, cost, split.as_of, published)


def _published(
    recommender: Recommender, split: Split, judged: Mapping[str, Judged], ks: Sequence[int]
) -> Iterator[tuple[str, Judged]]:
    shaped = set(split.shaped())
    for placement in split.terms.placements:
        name, setting = placement.name, setting_of(placement)
        if placement not in shaped:
            yield name, judged[setting]
            continue
        try:
            lists = split.shelves(recommender, placement)
        except ObjectiveRefused as refused:
            _log.info("%s is not judged for %s: %s", recommender.name, name, refused)
            continue
        yield name, replace(judge(lists, split, setting, ks), setting=name)


def judge(lists: Recommendations, split: Split, setting: str, ks: Sequence[int] = KS) -> Judged:
    """Metrics of ready lists; users without a list count as missed, lists of other users do not count."""
    truth = split.relevant[setting]
    users = truth.group_by(Col.user_id).agg(pl.len().alias(RELEVANT)).sort(Col.user_id)
    hits = _hits(lists.frame, truth, users[Col.user_id], max(ks))
    relevant = users[RELEVANT].to_numpy().astype(np.int64)
    columns = {at(name, k): metric(hits, relevant, k) for k in ks for name, metric in METRICS.items()}
    per_user = users.with_columns(pl.Series(name, values) for name, values in columns.items())
    summary = {name: float(values.mean()) if len(values) else 0.0 for name, values in columns.items()}
    judged_lists = lists.frame.join(users, on=Col.user_id, how="semi")
    for k in ks:
        summary |= beyond_accuracy(judged_lists, split.backdrop, k)
    sliced_at = SLICED_AT if SLICED_AT in ks else max(ks)
    cut = judged_lists.filter(pl.col(Col.rank) <= sliced_at).select(_PAIR)
    sliced = slices(per_user, {"truth": truth, "lists": cut}, split.groups, sliced_at)
    return Judged(setting, per_user, summary, sliced)


def _hits(lists: pl.DataFrame, truth: pl.DataFrame, users: pl.Series, k: int) -> Hits:
    """Users x k: whether the item at each rank is relevant."""
    hit = lists.filter(pl.col(Col.rank) <= k).join(truth, on=_PAIR).select(Col.user_id, Col.rank)
    hits = np.zeros((len(users), k), dtype=np.bool_)
    hits[_positions(users, hit[Col.user_id]), hit[Col.rank].to_numpy() - 1] = True
    return hits


def _positions(users: pl.Series, wanted: pl.Series) -> Ints:
    found = users.search_sorted(wanted)  # users are sorted and hold all that is wanted
    return found.to_numpy().astype(np.int64)
