"""Rolling origins: each contender learns what was known by a past day and predicts the days that followed it.

Contenders that learn from single shoppers are judged on shoppers that they have not learned from.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import polars as pl

from ml.churn import Churn
from ml.predictions.columns import Measured
from ml.predictions.contenders import CONTENDERS
from ml.predictions.contenders.base import Contender, Lesson
from ml.predictions.customers import Customers, Ints, Reals
from ml.predictions.examples import Examples, examples
from ml.predictions.measures import Difference, auc, bias, calibration_error, difference, losses
from ml.predictions.targets import Target
from ml.tables import Col

_log = logging.getLogger(__name__)
ORIGINS: Final = 3
_FOLDS: Final = 3
_FOLD: Final = "fold"
_MOST: Final = 50_000
_TOLERATED_BIAS: Final = 0.05


@dataclass(frozen=True, eq=False)
class Past:
    """What a training reads.

    Attributes:
        days: customers of past days, oldest first.
        now: those of the training's own day.
        purchases: rows of ``customer_purchase_day`` as of that day.
    """

    days: Sequence[Customers]
    now: Customers
    purchases: pl.DataFrame
    churn: Churn
    seed: int
    threads: int

    def sampled(self, most: int = _MOST) -> Past:
        """Of a large shop a random part of the shoppers, the same on every day; of others all."""
        every = -(-len(self.now) // most)
        if every <= 1:
            return self

        def some(day: Customers) -> Customers:
            return day.where(day.turns(every, f"sample {self.seed}") == 0)

        now = some(self.now)
        purchases = self.purchases.join(now.frame, on=Col.user_id, how="semi")
        return replace(self, days=[some(day) for day in self.days], now=now, purchases=purchases)

    def lesson(self, target: Target) -> Lesson | None:
        """Everything that is known of a target by the training's day; None where that is nothing."""
        return self._lesson(target, self.days, self.now)

    def origins(self, target: Target) -> list[tuple[Lesson, Examples]]:
        """Up to three past days, oldest first: what had been known by each, and what came of it."""
        found: list[tuple[Lesson, Examples]] = []
        for place in range(len(self.days) - 1, -1, -1):
            then = self.days[place]
            test = examples([then], self.purchases, target, self.churn, self.now.as_of)
            lesson = self._lesson(target, self.days[:place], then)
            if test is not None and lesson is not None and len(found) < ORIGINS:
                found.insert(0, (lesson, test))
        return found

    def _lesson(self, target: Target, days: Sequence[Customers], by: Customers) -> Lesson | None:
        known = examples(days, self.purchases, target, self.churn, by.as_of)
        return None if known is None else Lesson(target, known, by, self.seed, self.threads)


@dataclass(frozen=True, eq=False)
class Judged:
    """A target's contenders on its origins; parallel rows, those of an origin one after the other.

    Attributes:
        origin, shopper: numbers of the row's day, oldest first, and of its shopper.
        predicted: by contender, the simplest first.
        seconds: by contender, CPU seconds for learning and predicting.
        days: of each origin.
    """

    target: Target
    origin: Ints
    shopper: Ints
    outcome: Reals
    predicted: Mapping[str, Reals]
    days: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)

    def losses(self, contender: str) -> Reals:
        """Per row."""
        return losses(self.target.kind, self.predicted[contender], self.outcome)

    def against(self, worse: str, better: str) -> Difference:
        """How much larger the loss of one is than that of the other."""
        return difference(self.losses(worse), self.losses(better), self.shopper)

    def figures(self, contender: str) -> dict[str, float]:
        """What people compare, over all origins."""
        predicted, loss = self.predicted[contender], float(self.losses(contender).mean())
        shared = {
            Measured.bias: bias(predicted, self.outcome),
            Measured.cpu_seconds: self.seconds.get(contender, 0.0),
        }
        if self.target.kind.is_probability:
            ranked, error = auc(predicted, self.outcome), calibration_error(predicted, self.outcome)
            return {Measured.brier: loss, Measured.auc: ranked, Measured.calibration_error: error, **shared}
        return {Measured.mae: loss, **shared}


@dataclass(frozen=True)
class Choice:
    """The contender that serves a target, and why."""

    contender: str
    why: str


def judge(past: Past, target: Target) -> Judged | None:
    """All contenders of a target; None while no past day could be predicted from an earlier one."""
    origins = past.origins(target)
    if not origins:
        return None
    predicted: dict[str, Reals] = {}
    seconds: dict[str, float] = {}
    for contender in CONTENDERS:
        if target.kind not in contender.kinds:
            continue
        begun = time.process_time()
        parts = [part for lesson, test in origins if (part := _predicted(contender, lesson, test)) is not None]
        if len(parts) == len(origins):
            predicted[contender.name] = np.concatenate(parts)
            seconds[contender.name] = time.process_time() - begun
    tests = [test for _, test in origins]
    users = pl.concat([test.customers.users for test in tests]).rank("dense") - 1
    return Judged(
        target,
        np.repeat(np.arange(len(tests)), [len(test) for test in tests]),
        users.to_numpy().astype(np.int64),
        np.concatenate([test.outcome for test in tests]),
        predicted,
        tuple(str(test.customers.as_of) for test in tests),
        seconds,
    )


def choose(judged: Judged, incumbent: str | None = None) -> Choice:
    """The contender that serves: the incumbent or else the simplest, until one is significantly better.

    Of counts and amounts, contenders whose total is off by more than 5 % are left out unless all are.
    """
    able = list(judged.predicted)
    if not judged.target.kind.is_probability:
        off = {name: abs(bias(judged.predicted[name], judged.outcome)) for name in able}
        able = [name for name in able if off[name] <= _TOLERATED_BIAS] or able
    current = incumbent if incumbent in able else able[0]
    why = f"{judged.target.name}: {current}" + (" as before" if current == incumbent else " is the simplest")
    for name in able:
        found = judged.against(current, name)
        if name != current and found.low > 0:
            why = (
                f"{judged.target.name}: {name}, whose loss is {found.mean:.4g} "
                f"[{found.low:.4g}, {found.high:.4g}] smaller than that of {current}"
            )
            current = name
    return Choice(current, why)


def _predicted(contender: type[Contender], lesson: Lesson, test: Examples) -> Reals | None:
    if not contender.learns:
        fitted = contender.fit(lesson)
        return None if fitted is None else fitted.predict(test.customers, test.horizon)
    found = np.zeros(len(test))
    learned, asked = (each.turns(_FOLDS, _FOLD) for each in (lesson.examples.customers, test.customers))
    for turn in range(_FOLDS):
        rest = Lesson(lesson.target, lesson.examples.where(learned != turn), lesson.now, lesson.seed, lesson.threads)
        fitted = contender.fit(rest)
        if fitted is None:
            return None
        part = test.where(asked == turn)
        found[asked == turn] = fitted.predict(part.customers, part.horizon)
    return found
