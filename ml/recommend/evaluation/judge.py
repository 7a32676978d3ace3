"""One recommender on one split in time: what it knew, what happened next, how well it ranked."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from ml.recommend.encoding import Ints
from ml.recommend.evaluation.metrics import METRICS, Hits, at
from ml.recommend.protocol import Interactions, Items, Recommendations, Recommender, Request
from ml.tables import Col

ALL: Final = "all"
NEW: Final = "new"
SETTINGS: Final = (ALL, NEW)
"""*all*: anything a shopper buys counts. *new*: only what the shopper never bought before, and such items are
filtered from the lists."""
_PAIR = (Col.user_id, Col.item_id)
_RELEVANT = "relevant"


@dataclass(frozen=True, eq=False)
class Split:
    """What was known at the end of ``as_of``, and what was bought in the days after it."""

    train: Interactions
    test: Interactions
    items: Items
    as_of: date

    @classmethod
    def at(cls, history: Interactions, items: Items, as_of: date, days: int) -> Split:
        """Cut ``history``: up to and including ``as_of``, and the ``days`` days that follow."""
        return cls(history.until(as_of), history.after(as_of, days), items, as_of)

    @cached_property
    def relevant(self) -> dict[str, pl.DataFrame]:
        """By setting: the distinct (user_id, item_id) that count."""
        bought = self.test.frame.select(_PAIR).unique().sort(_PAIR)
        return {ALL: bought, NEW: bought.join(self.train.frame.select(_PAIR).unique(), on=_PAIR, how="anti")}

    def users(self, setting: str) -> list[str]:
        """The shoppers who have something relevant, in order."""
        return self.relevant[setting][Col.user_id].unique().sort().to_list()

    def request(self, setting: str, k: int) -> Request:
        """What a recommender is asked in ``setting``."""
        return Request(self.users(setting), self.train, self.items, self.as_of, k, exclude_seen=setting == NEW)


@dataclass(frozen=True, eq=False)
class Judged:
    """One setting's result: a row per user with each metric, and the means with what lies beyond accuracy."""

    setting: str
    per_user: pl.DataFrame
    summary: dict[str, float]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How a recommender did: its results by setting, and what they cost in seconds of wall and processor time."""

    name: str
    params: dict[str, str | int | float | bool]
    judged: dict[str, Judged]
    seconds: dict[str, float]

    @property
    def metrics(self) -> dict[str, float]:
        """Everything as flat numbers: ``all/ndcg_at_10``, ``new/coverage_at_10``, ``fit_seconds``…"""
        flat = {f"{name}/{key}": value for name, part in self.judged.items() for key, value in part.summary.items()}
        return flat | self.seconds


def evaluate(recommender: Recommender, split: Split, ks: Sequence[int] = (10,)) -> Evaluation:
    """Fit ``recommender`` on the split's past and judge it on its future, in both settings."""
    clock = _Clock()
    recommender.fit(split.train, split.items, split.as_of)
    seconds = clock.lap("fit")
    lists = {setting: recommender.recommend(split.request(setting, max(ks))) for setting in SETTINGS}
    seconds |= clock.lap("score")
    judged = {setting: judge(lists[setting], split, setting, ks) for setting in SETTINGS}
    return Evaluation(recommender.name, recommender.params, judged, seconds)


def judge(lists: Recommendations, split: Split, setting: str, ks: Sequence[int] = (10,)) -> Judged:
    """Metrics of ready lists; users without a list count as missed, lists of other users do not count."""
    truth = split.relevant[setting]
    users = truth.group_by(Col.user_id).agg(pl.len().alias(_RELEVANT)).sort(Col.user_id)
    hits = _hits(lists.frame, truth, users[Col.user_id], max(ks))
    relevant = users[_RELEVANT].to_numpy().astype(np.int64)
    columns = {at(name, k): metric(hits, relevant, k) for k in ks for name, metric in METRICS.items()}
    per_user = users.with_columns(pl.Series(name, values) for name, values in columns.items())
    summary = {name: float(values.mean()) if len(values) else 0.0 for name, values in columns.items()}
    judged_lists = lists.frame.join(users, on=Col.user_id, how="semi")
    for k in ks:
        summary |= beyond_accuracy(judged_lists.filter(pl.col(Col.rank) <= k), split.train, k)
    return Judged(setting, per_user, summary)


def beyond_accuracy(lists: pl.DataFrame, train: Interactions, k: int) -> dict[str, float]:
    """Coverage: the share of the items sold in train that are on a list. Novelty: mean −log2 of the share of train's
    shoppers who bought the item, over the lists' items that anybody bought (Castells 2011)."""
    shoppers = train.frame[Col.user_id].n_unique()
    buyers = train.frame.group_by(Col.item_id).agg(pl.col(Col.user_id).n_unique().alias(_RELEVANT))
    sold = lists.join(buyers, on=Col.item_id)
    novelty = (-(sold[_RELEVANT] / shoppers).log(2.0)).mean() if len(sold) else 0.0
    return {
        at("coverage", k): sold[Col.item_id].n_unique() / len(buyers) if len(buyers) else 0.0,
        at("novelty", k): float(novelty),  # type: ignore[arg-type]
    }


def _hits(lists: pl.DataFrame, truth: pl.DataFrame, users: pl.Series, k: int) -> Hits:
    """Users x k: whether the item at each rank is relevant."""
    hit = lists.filter(pl.col(Col.rank) <= k).join(truth, on=_PAIR).select(Col.user_id, Col.rank)
    hits = np.zeros((len(users), k), dtype=np.bool_)
    hits[_positions(users, hit[Col.user_id]), hit[Col.rank].to_numpy() - 1] = True
    return hits


def _positions(users: pl.Series, wanted: pl.Series) -> Ints:
    found = users.search_sorted(wanted)  # users are sorted and hold all that is wanted
    return found.to_numpy().astype(np.int64)


class _Clock:
    """Wall and processor seconds since the last lap."""

    def __init__(self) -> None:
        self._last = time.perf_counter(), time.process_time()

    def lap(self, what: str) -> dict[str, float]:
        now = time.perf_counter(), time.process_time()
        wall, cpu = now[0] - self._last[0], now[1] - self._last[1]
        self._last = now
        return {f"{what}_seconds": wall, f"{what}_cpu_seconds": cpu}
