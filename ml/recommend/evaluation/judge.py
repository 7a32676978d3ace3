"""One recommender on one split in time: what it knew, what happened next, how well it ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from ml.recommend.encoding import Ints
from ml.recommend.evaluation.beyond_accuracy import Backdrop, beyond_accuracy
from ml.recommend.evaluation.cost import Meter
from ml.recommend.evaluation.groups import RELEVANT, item_groups, shopper_groups, slices
from ml.recommend.evaluation.metrics import METRICS, Hits, at
from ml.recommend.protocol import Interactions, Items, Recommendations, Recommender, Request
from ml.tables import Col

ALL: Final = "all"
NEW: Final = "new"
SETTING: Final = "setting"
COLD: Final = "cold"
SETTINGS: Final = (ALL, NEW)
"""Of shoppers who had bought something by the origin. *all*: anything that they buy counts. *new*: only what they never
bought before, and such items are filtered from the lists. Recommenders are chosen on these: shoppers who are *cold*
(anything counts) get nearly the same list from each, so in a shop full of them a mean over everybody tells little of
the others. Their figures stand beside."""
JUDGED: Final = (*SETTINGS, COLD)
KS: Final = (5, 10, 20)
SLICED_AT: Final = 10
_PAIR = (Col.user_id, Col.item_id)


@dataclass(frozen=True, eq=False)
class Split:
    """What was known at the end of ``as_of``, and what was bought in the days after it.

    ``profiles`` is the table of users as it was then, for who had bought nothing.
    """

    train: Interactions
    test: Interactions
    items: Items
    as_of: date
    profiles: pl.DataFrame | None = None

    @classmethod
    def at(cls, history: Interactions, items: Items, as_of: date, days: int) -> Split:
        """Cut ``history``: up to and including ``as_of``, and the ``days`` days that follow."""
        return cls(history.until(as_of), history.after(as_of, days), items, as_of)

    @cached_property
    def relevant(self) -> dict[str, pl.DataFrame]:
        """By setting: the distinct (user_id, item_id) that count."""
        everybody, past = self.test.frame.select(_PAIR).unique().sort(_PAIR), self.train.frame.select(_PAIR).unique()
        bought = everybody.join(past, on=Col.user_id, how="semi")
        return {
            ALL: bought,
            NEW: bought.join(past, on=_PAIR, how="anti"),
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

    def request(self, setting: str, k: int) -> Request:
        """What a recommender is asked in ``setting``."""
        users, is_new = self.users(setting), setting == NEW
        return Request(users, self.train, self.items, self.as_of, k, exclude_seen=is_new, profiles=self.profiles)


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
        judged: its results by setting.
        cost: seconds of wall and processor time to fit and to score, and memory in MiB; see ``Meter``.
    """

    name: str
    params: dict[str, str | int | float | bool]
    judged: dict[str, Judged]
    cost: dict[str, float]
    as_of: date

    @property
    def metrics(self) -> dict[str, float]:
        """Everything as flat numbers: ``all/ndcg_at_10``, ``new/coverage_at_10``, ``fit_seconds``…"""
        flat = {f"{name}/{key}": value for name, part in self.judged.items() for key, value in part.summary.items()}
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
    lists = {setting: recommender.recommend(split.request(setting, max(ks))) for setting in JUDGED}
    cost |= meter.lap("score") | meter.memory()
    judged = {setting: judge(lists[setting], split, setting, ks) for setting in JUDGED}
    return Evaluation(recommender.name, recommender.params, judged, cost, split.as_of)


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
