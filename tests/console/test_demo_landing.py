"""`shelduck demo`: its landing files for runs that a scheduler starts, and when there is nothing left to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ml import cli
from ml.console import demo
from ml.console.demo_shops import GROCERIES, REVIEWS, SHOPS
from ml.errors import LandingError
from ml.landing.adapters import complete_journey
from ml.operations.plans import Planned, Run
from ml.operations.runs import Event
from ml.settings import Settings


def test_landing_only_writes_the_files_and_runs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_one_day(landing: Path, *, on_day: Callable[[date], None]) -> None:
        (landing / "_closed").mkdir(parents=True)
        on_day(date(2017, 1, 1))

    monkeypatch.setenv("SHELDUCK_HOME", str(tmp_path / "var"))
    monkeypatch.setattr(complete_journey, "write_landing", write_one_day)
    monkeypatch.setattr(demo, "run_all", lambda *_, **__: pytest.fail("a DAG was run"))

    result = CliRunner().invoke(cli.app, ["demo", "--landing-only"])

    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "var").iterdir()) == ["landing", "shelduck.toml"]
    assert Settings().consent == "assumed"  # the demo shop has none to land, and its home remembers that


def test_a_demo_home_that_was_told_to_land_consents_keeps_to_it(tmp_path: Path) -> None:
    told, untold = Settings(home=tmp_path, consent="landed"), Settings(home=tmp_path)
    assert demo.demo_settings(told, GROCERIES).consent == "landed"
    assert demo.demo_settings(untold, GROCERIES).consent == "assumed"


def test_a_demo_home_switches_off_what_its_shop_could_feed_and_the_demo_does_not_run(tmp_path: Path) -> None:
    told, untold = Settings(home=tmp_path, capabilities=()), Settings(home=tmp_path)
    assert demo.demo_settings(told, REVIEWS).capabilities == ()
    assert demo.demo_settings(untold, REVIEWS).capabilities == REVIEWS.capabilities
    assert demo.demo_settings(untold, GROCERIES).capabilities == ()


def test_the_demo_runs_again_when_the_code_of_the_recommendations_changed_and_only_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, console, ran = Settings(home=tmp_path / "var"), Console(quiet=True), _runs(monkeypatch)
    monkeypatch.setattr(complete_journey, "write_landing", lambda landing, *, on_day: landing.mkdir(exist_ok=True))
    shown: list[int] = []
    monkeypatch.setattr(demo, "show_first", lambda *_: shown.append(len(ran)))

    assert demo.run_demo(settings, console)
    every = [*ran]
    assert shown == [1], "a shelf is shown as soon as the first day is published"
    assert not demo.run_demo(settings, console) and ran == every

    monkeypatch.setattr(demo, "code_revision", lambda _: "c0dec0dec0de")
    assert demo.run_demo(settings, console) and ran == [*every, *every]


def test_whatever_a_shop_is_for_runs_on_its_days_the_trainings_before_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = _runs(monkeypatch)
    monkeypatch.setattr(demo, "show_first", lambda *_: None)
    shop = replace(REVIEWS, write=lambda settings, on_day: settings.landing_dir.mkdir())

    assert demo.run_demo(Settings(home=tmp_path / "var"), Console(quiet=True), shop)

    assert ran == [
        ("build_shelves", REVIEWS.first_day),
        ("train_recommenders", REVIEWS.trained_week),
        *(("build_shelves", day) for day in REVIEWS.days),
        ("train_reviews", REVIEWS.trained_week),
        *(("build_reviews", day) for day in REVIEWS.days),
    ]


def test_a_day_that_is_there_is_shown_first_and_not_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran, shown = _runs(monkeypatch), []
    monkeypatch.setattr(demo, "version_of_day", lambda *_: "a version")
    monkeypatch.setattr(demo, "newest_as_of", lambda *_: REVIEWS.first_day)
    monkeypatch.setattr(demo, "show_first", lambda *_: shown.append(len(ran)))
    shop = replace(REVIEWS, write=lambda settings, on_day: settings.landing_dir.mkdir())

    assert demo.run_demo(Settings(home=tmp_path / "var"), Console(quiet=True), shop)

    assert shown == [0] and ran[0] == ("train_recommenders", REVIEWS.trained_week)


def test_days_served_by_a_model_wait_for_the_first_day_and_the_training_and_these_for_neither(
    settings: Settings,
) -> None:
    waits = {each.run: each.after for each in demo.plan_of(settings, GROCERIES, has_first=False)}
    first, training = ("build_shelves", GROCERIES.first_day), ("train_recommenders", GROCERIES.trained_week)
    assert not waits[first] and not waits[training]
    assert all({first, training} <= waits["build_shelves", day] for day in GROCERIES.days[:1])
    assert all(("build_shelves", day) in waits["build_audiences", day] for day in GROCERIES.days[1:])


def _runs(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """What is run, in its order, instead of running it."""
    ran: list[Run] = []

    def run_all(_: Settings, planned: Sequence[Planned], on_event: Callable[[Event], None], *__: object) -> None:
        for each in planned:
            ran.append(each.run)
            on_event(Event("run", each.dag_id, str(each.day), "success", 1.0))

    monkeypatch.setattr(demo, "run_all", run_all)
    monkeypatch.setattr(demo, "RunProcess", lambda *_: SimpleNamespace(end=lambda: None))
    return ran


def test_the_command_names_the_shops_that_there_are() -> None:
    assert {name.value for name in cli.DemoShopName} == set(SHOPS)


def test_a_shop_whose_texts_are_missing_says_how_to_fetch_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELDUCK_HOME", str(tmp_path / "var"))

    result = CliRunner().invoke(cli.app, ["demo", "--landing-only", "--shop", "reviews"])

    assert isinstance(result.exception, LandingError)
    assert "make demo-reviews" in str(result.exception) and "vaderSentiment-3.3.2.tar.gz" in str(result.exception)
