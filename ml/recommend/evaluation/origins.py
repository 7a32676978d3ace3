"""Rolling origins: the same recommenders judged on several windows that follow each other, each cut in time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeAlias

from ml.errors import ExtraMissing, TooLarge
from ml.recommend.core.protocol import Recommender
from ml.recommend.evaluation.judge import Evaluation, evaluate
from ml.recommend.evaluation.settings import DUE, Terms
from ml.recommend.evaluation.split import Split
from ml.recommend.history import due_pairs, eligible, history_of
from ml.recommend.rules.rule_set import RuleSet
from ml.warehouse.slices import DIM_USER, Slice

_log = logging.getLogger(__name__)

Results: TypeAlias = dict[str, list[Evaluation]]
"""By recommender, its evaluation at each origin, oldest first."""


def origin_days(as_of: date, days: int, origins: int) -> list[date]:
    """The as-of dates of the slices that ``origins`` windows of ``days`` days need, oldest first, ``as_of`` last."""
    return [as_of - timedelta(days=days * number) for number in range(origins, -1, -1)]


@dataclass(frozen=True)
class Window:
    """The two slices of an evaluation: before its weeks, and their end; ``past`` ones that may be learned from."""

    then: Slice
    now: Slice
    terms: Terms = field(default_factory=Terms)
    past: Sequence[Slice] = ()

    def split(self) -> Split:
        """What was known at the end of the first slice's day, and what was bought up to the second's."""
        days = (self.now.as_of - self.then.as_of).days
        later = history_of(self.now).after(self.then.as_of, days)
        return Split(
            history_of(self.then, self.past),
            later,
            eligible(self.then),
            self.then.as_of,
            profiles=self.then.table(DIM_USER),
            due=due_pairs(self.then) if DUE in self.terms.settings else None,
            terms=self.terms,
            rules=RuleSet.of(self.then),
        )


def windows(slices: Sequence[Slice], terms: Terms | None = None, past: Sequence[Slice] = ()) -> list[Window]:
    """Each slice with the next one, oldest first; ``past`` are slices that may be learned from."""
    pairs = pairwise(sorted(slices, key=lambda each: each.as_of))
    return [Window(then, now, terms or Terms(), past) for then, now in pairs]


def learned_days(fitted_on: Iterable[date], recommenders: Iterable[Recommender]) -> list[date]:
    """The past days whose snapshots are learned from when ``recommenders`` are fitted as of some days, oldest first."""
    ages = {age for each in recommenders for age in each.learned_ages}
    return sorted({day - timedelta(days=age) for day in fitted_on for age in ages})


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
        split = cut().prepared()
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
