"""A search finds what was planted, ends in time, and never sees the weeks on which a training judges."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from rich.console import Console

from ml.console.experiments import run_evaluation, run_tuning
from ml.errors import ModelMissing, WrongParameter
from ml.recommend import recommenders
from ml.recommend.core.base import Fresh
from ml.recommend.core.encoding import Scores
from ml.recommend.core.parameters import Between, Space
from ml.recommend.core.request import Request
from ml.recommend.evaluation.origins import Window
from ml.recommend.experiment import recipe
from ml.recommend.tuning import Budget, Tuned, tune, tuning_days
from ml.registry.client import TUNING, connect
from ml.settings import Settings
from testkit.garden_slices import DAYS, EVALUATION_DAYS, garden_settings, garden_slices
from testkit.shop import FIRST_DAY
from tests.slow import takes_long

AS_OF = FIRST_DAY + timedelta(days=DAYS - 1)
OPTIMUM = 0.3
BUDGET = Budget(minutes=5, trials=14)


@dataclass
class Planted(Fresh):
    """Own purchases, under noise that grows with the distance of ``dial`` from ``OPTIMUM``."""

    name: ClassVar[str] = "planted"
    space: ClassVar[Space] = {"dial": Between(0.0, 1.0)}
    dial: float = 0.9
    other: int = 3

    def _fresh_scorer(self, request: Request):
        noise = np.random.default_rng(1).random(request.seen.shape)
        scores = request.seen.toarray() + 1.0 + 60 * abs(self.dial - OPTIMUM) * noise

        def score(users: slice) -> Scores:
            return scores[users].astype(np.float32)

        return score


@dataclass
class Plain(Planted):
    """The same, with nothing declared."""

    name: ClassVar[str] = "plain"
    space: ClassVar[Space] = {}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return garden_settings(tmp_path_factory.mktemp("a garden") / "var")


@pytest.fixture(scope="module")
def window(settings: Settings) -> Window:
    return Window(*garden_slices(settings, tuning_days(AS_OF, EVALUATION_DAYS)))


@pytest.fixture(scope="module")
@takes_long
def tuned(settings: Settings, window: Window) -> Tuned:
    return tune(settings, Planted, window, BUDGET)


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(recommenders, "RECOMMENDERS", (*recommenders.RECOMMENDERS, Planted))
    yield


def test_few_trials_find_the_planted_optimum_and_its_gain(tuned: Tuned) -> None:
    assert tuned.trials == 14
    assert tuned.now == {"dial": 0.9}
    assert float(tuned.best["dial"]) == pytest.approx(OPTIMUM, abs=0.1)
    assert len(str(tuned.best["dial"])) <= len("0.3141"), "digits that a person can adopt"
    assert tuned.gains["all"].low > 0.1 and tuned.gains["all"].p < 0.01


def test_the_line_to_adopt_makes_trainings_use_what_was_found(
    tuned: Tuned, planted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, _, value = tuned.line.partition("=")
    monkeypatch.setenv(name, value)
    assert recipe(Settings(), "planted").params == {"dial": tuned.best["dial"], "other": 3}


@pytest.mark.slow
def test_what_is_set_already_is_kept_and_is_the_first_trial(settings: Settings, window: Window) -> None:
    own = {"ease": {"penalty": 5.0}, "planted": {"dial": 0.31, "other": 7}}
    given = settings.model_copy(update={"parameters": own})
    found = tune(given, Planted, window, Budget(minutes=5, trials=1))
    assert found.now == found.best == {"dial": 0.31}
    assert found.gains["all"].gain == 0.0
    assert found.settled == own


def test_mlflow_shows_the_study_and_a_nested_run_per_trial(settings: Settings, tuned: Tuned) -> None:
    client = connect(settings)
    experiment = client.get_experiment_by_name(TUNING).experiment_id
    studies = client.search_runs([experiment], "tags.best != ''", order_by=["attributes.start_time ASC"])
    trials = client.search_runs([experiment], f"tags.`mlflow.parentRunId` = '{studies[0].info.run_id}'")
    assert len(trials) == tuned.trials
    assert {run.data.tags["trial"] for run in trials} == {str(number) for number in range(14)}
    best = max(trials, key=lambda run: run.data.metrics["all/ndcg_at_10"])
    assert float(best.data.params["dial"]) == tuned.best["dial"] == json.loads(studies[0].data.tags["best"])["dial"]


@pytest.mark.slow
def test_the_same_seed_tries_the_same_and_another_seed_something_else(
    settings: Settings, window: Window, tuned: Tuned
) -> None:
    short = replace(BUDGET, trials=4)
    other_seed = settings.model_copy(update={"seed": 1})
    again, same, other = (tune(each, Planted, window, short) for each in (settings, settings, other_seed))
    assert again.best == same.best
    assert other.best != same.best


@pytest.mark.slow
def test_it_ends_when_the_time_is_over(settings: Settings, window: Window) -> None:
    assert tune(settings, Planted, window, Budget(minutes=0.0)).trials == 2


def test_a_recommender_without_a_space_says_so(settings: Settings, window: Window) -> None:
    with pytest.raises(WrongParameter, match=r"recommender plain: expected parameters to search.*Declare them"):
        tune(settings, Plain, window, BUDGET)


def test_what_cannot_be_tuned_or_judged_is_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recommenders, "RECOMMENDERS", (*recommenders.RECOMMENDERS, Plain))
    empty, console = Settings(home=tmp_path), Console(file=io.StringIO())
    with pytest.raises(WrongParameter, match="parameters to search"):
        run_tuning(empty, console, "plain", AS_OF, BUDGET)
    wrong = empty.model_copy(update={"parameters": {"ease": {"lambda": 1}}})
    with pytest.raises(WrongParameter, match="found lambda"):
        run_tuning(wrong, console, "ease", AS_OF, BUDGET)
    with pytest.raises(WrongParameter, match="found lambda"):
        run_evaluation(wrong, console, AS_OF, 1, ["popularity", "ease"])
    assert not any(tmp_path.iterdir())


def test_the_weeks_of_the_evaluation_are_never_read(settings: Settings, tuned: Tuned, planted: None) -> None:
    """Their files are poisoned and not even closed; the command finds what it found from clean slices."""
    _, last = tuning_days(AS_OF, EVALUATION_DAYS)
    _poison(settings.landing_dir, last)
    said = io.StringIO()
    found = run_tuning(settings, Console(file=said, width=200), "planted", AS_OF, BUDGET)
    assert found.best == tuned.best
    assert found.scores == tuned.scores
    assert f"known up to {last - timedelta(days=EVALUATION_DAYS)}, judged up to {last}" in said.getvalue()
    assert found.line in said.getvalue()


@pytest.mark.slow
def test_an_evaluation_prints_the_standings_of_each_setting(settings: Settings, planted: None) -> None:
    _, last = tuning_days(AS_OF, EVALUATION_DAYS)
    said = io.StringIO()
    console = Console(file=said, width=200)
    table = run_evaluation(settings, console, last, 1, ["popularity", "planted"])
    assert table.select("setting", "recommender").n_unique() == 6
    for setting in ("all", "new"):
        assert f"{setting}: NDCG@10 with its 95 % interval" in said.getvalue()
    best = table.row(0, named=True)
    assert f"{best['ndcg_at_10']:.4f} [{best['low']:.4f}, {best['high']:.4f}]" in said.getvalue()
    with pytest.raises(ModelMissing, match="found no_such"):
        run_evaluation(settings, console, last, 1, ["no_such"])


def _poison(landing: Path, last: date) -> None:
    for mark in (landing / "_closed").iterdir():
        if mark.name > last.isoformat():
            mark.unlink()
    poisoned = [path for path in landing.glob("*/dt=*/*") if path.parent.name > f"dt={last}"]
    assert poisoned
    for path in poisoned:
        path.write_bytes(b"\x00\xff poison")
