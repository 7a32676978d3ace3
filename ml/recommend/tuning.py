"""Search a recommender's parameters on weeks that no training will judge it on.

Tuning as of D cuts at D - 2 x evaluation_days and looks at the evaluation_days that follow, so the window on which a
training as of D judges, (D - evaluation_days, D], stays unseen. Optuna's TPE (Bergstra et al. 2011) proposes; the first
trial is what the shop has now.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ml.errors import WrongParameter
from ml.recommend.core.parameters import Between, OneOf, Value
from ml.recommend.core.protocol import Recommender
from ml.recommend.evaluation.comparison import METRIC, Difference, Panel
from ml.recommend.evaluation.judge import Evaluation, evaluate
from ml.recommend.evaluation.origins import Window
from ml.recommend.evaluation.settings import ALL, USUAL
from ml.recommend.evaluation.split import Split
from ml.recommend.experiment import Used, describe, settled
from ml.registry.client import TUNING
from ml.registry.tracking import TrainingRun, Trial, training_run
from ml.settings import Settings

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

_NOW, _BEST = "now", "best"
_PARTS: Final = ("gain", "low", "high", "p")


def tuning_days(as_of: date, days: int) -> tuple[date, date]:
    """The day at which a search cuts, and the last day that it reads."""
    return as_of - timedelta(days=2 * days), as_of - timedelta(days=days)


@dataclass(frozen=True)
class Budget:
    """When a search ends: after so many trials, or when the minutes are over; and what it looks at."""

    minutes: float = 10.0
    trials: int | None = None
    setting: str = ALL


@dataclass(frozen=True)
class Tuned:
    """What a search found.

    Attributes:
        now, best: the shop's parameters, and the best ones, of those that were searched.
        gains: by setting, the best minus the shop's, paired by shopper. On the weeks that the search chose by, so
            a little too good to be true: a training or `shelduck evaluate` judges on others.
        trials: how many were tried.
    """

    recommender: str
    setting: str
    now: Mapping[str, Value]
    best: Mapping[str, Value]
    scores: Mapping[str, float]
    gains: Mapping[str, Difference]
    trials: int
    settled: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """The setting that makes trainings use the best parameters, beside those that are set already."""
        return f"SHELDUCK_PARAMETERS={json.dumps({name: dict(each) for name, each in self.settled.items()})}"


OnTrial = Callable[[int, float, float], None]
"""Told the trials so far, the last score and the best one."""


def variants(settings: Settings, kind: type[Recommender]) -> list[Recommender]:
    """The recommender with the shop's parameters and, one by one, with every value of a list that is searched."""
    now = settled(settings, kind)
    lists = {name: each.values for name, each in kind.space.items() if isinstance(each, OneOf)}
    return [now, *(kind(**{**now.params, name: value}) for name, values in lists.items() for value in values)]


def tune(
    settings: Settings, kind: type[Recommender], window: Window, budget: Budget, on_trial: OnTrial | None = None
) -> Tuned:
    """Search ``kind``'s space on ``window``; MLflow has a run for the study and one for each trial.

    Raises:
        WrongParameter: it declares nothing to search.
    """
    must_have_a_space(kind)
    matter = {"recommender": kind.name, "setting": budget.setting, "trials": budget.trials}
    described = describe(
        settings,
        Used([window.then, window.now], window.past),
        experiment=TUNING,
        matter=matter,
        tags=_tags(kind, budget),
    )
    split = window.split()
    split.train.encoded.counts.nnz  # noqa: B018  encoded once for all trials
    with training_run(settings, described) as run:
        search = _Search(settings, kind, budget, split, run, on_trial)
        search.search()
        tuned = search.found()
        run.log_result(
            metrics={
                **{f"{name}/{METRIC}": score for name, score in tuned.scores.items()},
                **{
                    f"{setting}/{part}": getattr(gain, part) for setting, gain in tuned.gains.items() for part in _PARTS
                },
            },
            tags={"best": json.dumps(dict(tuned.best)), "adopt": tuned.line},
        )
    return tuned


@dataclass
class _Search:
    """One study. Keeps the evaluations of the shop's parameters and of the best ones, not of all."""

    settings: Settings
    kind: type[Recommender]
    budget: Budget
    split: Split
    run: TrainingRun
    on_trial: OnTrial | None
    trials: int = 0
    kept: dict[str, Evaluation] = field(default_factory=dict)

    @cached_property
    def configured(self) -> dict[str, Value]:
        """What the shop has now."""
        return settled(self.settings, self.kind).params

    def search(self) -> None:
        """Try parameters until the budget is spent; the shop's own first, then at least one other."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        sampler = optuna.samplers.TPESampler(seed=self.settings.seed, n_startup_trials=5)
        study = optuna.create_study(direction="maximize", sampler=sampler)
        space = {name: self._distribution(name) for name in self.kind.space}
        started, longest = time.monotonic(), 0.0
        first = {name: self.configured[name] for name in space}
        score = self._score(first)
        if all(value in self.kind.space[name] for name, value in first.items()):
            study.add_trial(optuna.trial.create_trial(params=first, distributions=space, value=score))
        while self.budget.trials is None or self.trials < self.budget.trials:
            begun = time.monotonic()
            if self.trials > 1 and begun - started + longest > self.budget.minutes * 60:
                break  # the next trial might end too late
            trial = study.ask(space)
            study.tell(trial, self._score(_as_written(trial.params)))
            longest = max(longest, time.monotonic() - begun)

    def found(self) -> Tuned:
        now, best = self.kept[_NOW], self.kept[_BEST]
        searched = {name: best.params[name] for name in self.kind.space}
        panels = {setting: Panel.of({_NOW: [now], _BEST: [best]}, setting, METRIC) for setting in USUAL}
        others = {name: given for name, given in self.settings.parameters.items() if name != self.kind.name}
        own = {**self.settings.parameters.get(self.kind.name, {}), **searched}
        return Tuned(
            recommender=self.kind.name,
            setting=self.budget.setting,
            now={name: now.params[name] for name in self.kind.space},
            best=searched,
            scores={setting: panel.means[_BEST] for setting, panel in panels.items()},
            gains={setting: panel.differences(_NOW)[_BEST] for setting, panel in panels.items()},
            trials=self.trials,
            settled={**others, self.kind.name: own},  # type: ignore[dict-item]
        )

    def _score(self, chosen: Mapping[str, Value]) -> float:
        started, metric = time.perf_counter(), f"{self.budget.setting}/{METRIC}"
        found = evaluate(self.kind(**{**self.configured, **chosen}), self.split, ks=(10,))
        score = found.metrics[metric]
        self.kept.setdefault(_NOW, found)
        if score > self.kept.setdefault(_BEST, found).metrics[metric]:
            self.kept[_BEST] = found
        seconds, name = time.perf_counter() - started, f"{self.kind.name} {self.trials:03}"
        self.run.log_trial(Trial(name, chosen, found.metrics, seconds, {"trial": str(self.trials)}))
        self.trials += 1
        if self.on_trial:
            self.on_trial(self.trials, score, self.kept[_BEST].metrics[metric])
        return score

    def _distribution(self, name: str) -> BaseDistribution:
        from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

        wanted = self.kind.space[name]
        if not isinstance(wanted, Between):
            return CategoricalDistribution(wanted.values)
        if isinstance(self.configured[name], int):
            return IntDistribution(int(wanted.low), int(wanted.high), log=wanted.log)
        return FloatDistribution(wanted.low, wanted.high, log=wanted.log)


def must_have_a_space(kind: type[Recommender]) -> None:
    """Refuse a recommender that cannot be tuned.

    Raises:
        WrongParameter: it declares nothing to search.
    """
    if not kind.space:
        raise WrongParameter(
            f"recommender {kind.name}",
            expected="parameters to search, in its `space`",
            found="none",
            remedy="Declare them next to the class: docs/evaluation.md",
        )


def _as_written(chosen: Mapping[str, Value]) -> dict[str, Value]:
    """Numbers of four digits, which a person can adopt; more would say nothing."""
    return {name: float(f"{value:.4g}") if isinstance(value, float) else value for name, value in chosen.items()}


def _tags(kind: type[Recommender], budget: Budget) -> dict[str, str]:
    return {"recommender": kind.name, "setting": budget.setting}
