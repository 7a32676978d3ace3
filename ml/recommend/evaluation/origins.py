"""Rolling origins: the same recommenders judged on several windows that follow each other, each cut in time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeAlias

import polars as pl

from ml.errors import ExtraMissing, TooLarge
from ml.recommend.core.interactions import Items
from ml.recommend.core.protocol import Recommender
from ml.recommend.evaluation.judge import Evaluation, evaluate
from ml.recommend.evaluation.settings import DUE, Terms
from ml.recommend.evaluation.split import Split
from ml.recommend.history import due_pairs, history_of
from ml.recommend.rules.rule_set import RuleSet
from ml.settings import Settings
from ml.tables import Col
from ml.warehouse.slices import DIM_ITEM, DIM_USER, Slice

_log = logging.getLogger(__name__)

Results: TypeAlias = dict[str, list[Evaluation]]
"""By recommender, its evaluation at each origin, oldest first."""


def origin_days(as_of: date, days: int, origins: int) -> list[date]:
    """The as-of dates of the slices that ``origins`` windows of ``days`` days need, oldest first, ``as_of`` last."""
    return [as_of - timedelta(days=days * number) for number in range(origins, -1, -1)]


def training_days(settings: Settings, as_of: date) -> list[date]:
    """The as-of dates whose snapshots a training as of ``as_of`` reads."""
    return origin_days(as_of, settings.evaluation_days, settings.origins)


@dataclass(frozen=True)
class Window:
    """The two slices of an evaluation: before its weeks, and their end."""

    then: Slice
    now: Slice
    terms: Terms = field(default_factory=Terms)

    def split(self) -> Split:
        """What was known at the end of the first slice's day, and what was bought up to the second's."""
        days = (self.now.as_of - self.then.as_of).days
        later = history_of(self.now).after(self.then.as_of, days)
        return Split(
            history_of(self.then),
            later,
            eligible(self.then),
            self.then.as_of,
            profiles=self.then.table(DIM_USER),
            due=due_pairs(self.then) if DUE in self.terms.settings else None,
            terms=self.terms,
            rules=RuleSet.of(self.then),
        )


def windows(slices: Sequence[Slice], terms: Terms | None = None) -> list[Window]:
    """Each slice with the next one, oldest first."""
    pairs = pairwise(sorted(slices, key=lambda each: each.as_of))
    return [Window(then, now, terms or Terms()) for then, now in pairs]


def eligible(day: Slice) -> Items:
    """The items that may stand on a shelf."""
    return Items(day.table(DIM_ITEM).filter(pl.col(Col.is_recommendable)))


def judge_all(
    makers: Mapping[str, Callable[[], Recommender]],
    splits: Sequence[Callable[[], Split]],
    on_start: Callable[[str, date], None],
    on_result: Callable[[Evaluation], None],
) -> Results:
    """Judge every recommender at every origin; one that cannot run here is left out with a notice.

    Args:
        makers: by name, what makes the recommender anew.
        splits: what makes each origin's split; one is in memory at a time.
    """
    results: Results = {name: [] for name in makers}
    for cut in splits:
        split = cut()
        split.train.encoded.counts.nnz  # noqa: B018  encoded once for all, as in a day's run: nobody's cost
        for name in list(results):
            on_start(name, split.as_of)
            try:
                found = evaluate(makers[name](), split)
            except (ExtraMissing, TooLarge) as skipped:
                _log.warning("%s is left out: %s", name, skipped)
                del results[name]
                continue
            results[name].append(found)
            on_result(found)
    return results
