"""Evaluates one recommender on one split in time."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from ml.errors import ObjectiveRefused
from ml.recommend.core.encoding import Ints
from ml.recommend.core.protocol import Recommendations, Recommender
from ml.recommend.evaluation.beyond_accuracy import beyond_accuracy
from ml.recommend.evaluation.cost import Meter
from ml.recommend.evaluation.groups import RELEVANT, slices
from ml.recommend.evaluation.metrics import METRICS, Hits, at
from ml.recommend.evaluation.settings import COLD, KS, SETTING, setting_of
from ml.recommend.evaluation.split import Split
from ml.tables import Col

SLICED_AT: Final = 10
_PAIR = (Col.user_id, Col.item_id)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Judged:
    """One setting's result: a row per user with each metric, the means with what lies beyond accuracy, and slices.

    ``groups`` holds user_id, activity and segment of everybody who may be in ``per_user``.
    """

    setting: str
    per_user: pl.DataFrame
    summary: dict[str, float]
    slices: pl.DataFrame
    groups: pl.DataFrame = field(default_factory=pl.DataFrame)


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
    hits = hit_places(lists.frame, truth, users[Col.user_id], max(ks))
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
    return Judged(setting, per_user, summary, sliced, split.groups["shoppers"])


def hit_places(lists: pl.DataFrame, truth: pl.DataFrame, users: pl.Series, k: int) -> Hits:
    """Users x k: whether the item at each rank is relevant."""
    hit = lists.filter(pl.col(Col.rank) <= k).join(truth, on=_PAIR).select(Col.user_id, Col.rank)
    hits = np.zeros((len(users), k), dtype=np.bool_)
    hits[_positions(users, hit[Col.user_id]), hit[Col.rank].to_numpy() - 1] = True
    return hits


def _positions(users: pl.Series, wanted: pl.Series) -> Ints:
    found = users.search_sorted(wanted)  # users are sorted and hold all that is wanted
    return found.to_numpy().astype(np.int64)
