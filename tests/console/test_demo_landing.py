"""`shelduck demo`: its landing files for runs that a scheduler starts, and when there is nothing left to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ml import cli
from ml.console import demo
from ml.console.demo_shops import GROCERIES, REVIEWS, SHOPS
from ml.console.display import Ran
from ml.errors import LandingError
from ml.landing.adapters import complete_journey
from ml.settings import Settings


def test_landing_only_writes_the_files_and_runs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_one_day(landing: Path, *, on_day: Callable[[date], None]) -> None:
        (landing / "_closed").mkdir(parents=True)
        on_day(date(2017, 1, 1))

    monkeypatch.setenv("SHELDUCK_HOME", str(tmp_path / "var"))
    monkeypatch.setattr(complete_journey, "write_landing", write_one_day)
    monkeypatch.setattr(demo, "run_with_progress", lambda *_: pytest.fail("a DAG was run"))

    result = CliRunner().invoke(cli.app, ["demo", "--landing-only"])

    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "var").iterdir()) == ["landing", "shelduck.toml"]
    assert Settings().consent == "assumed"  # the demo shop has none to land, and its home remembers that


def test_a_demo_home_that_was_told_to_land_consents_keeps_to_it(tmp_path: Path) -> None:
    told, untold = Settings(home=tmp_path, consent="landed"), Settings(home=tmp_path)
    assert demo.demo_settings(told).consent == "landed"
    assert demo.demo_settings(untold).consent == "assumed"


def test_the_demo_runs_again_when_the_code_of_the_recommendations_changed_and_only_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, console, ran = Settings(home=tmp_path / "var"), Console(quiet=True), []
    monkeypatch.setattr(complete_journey, "write_landing", lambda landing, *, on_day: landing.mkdir(exist_ok=True))
    monkeypatch.setattr(demo, "run_with_progress", lambda progress, settings, dag, days: ran.append(dag) or Ran())
    monkeypatch.setattr(demo, "newest_as_of", lambda *_: GROCERIES.first_day)
    monkeypatch.setattr(demo, "show_first", lambda *_: ran.append("a shelf is shown"))
    every = [
        *("build_shelves", "a shelf is shown", "train_recommenders", "build_shelves", "build_profile"),
        *("build_predictions", "train_audiences", "build_audiences", "build_copy", "build_assistant"),
    ]

    assert demo.run_demo(settings, console) and ran == every
    assert not demo.run_demo(settings, console) and ran == every

    monkeypatch.setattr(demo, "code_revision", lambda _: "c0dec0dec0de")
    assert demo.run_demo(settings, console) and ran == [*every, *every]


def test_another_shop_runs_its_own_days_of_the_capabilities_it_is_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, ran = Settings(home=tmp_path / "var"), []
    shop = replace(REVIEWS, write=lambda settings, on_day: settings.landing_dir.mkdir())
    monkeypatch.setattr(
        demo, "run_with_progress", lambda progress, settings, dag, days: ran.append((dag, *days)) or Ran()
    )
    monkeypatch.setattr(demo, "newest_as_of", lambda *_: None)

    assert demo.run_demo(settings, Console(quiet=True), shop)

    assert ran[:3] == [
        ("build_shelves", REVIEWS.first_day),
        ("train_recommenders", REVIEWS.trained_week),
        ("build_shelves", *REVIEWS.days),
    ]
    assert {dag for dag, *_ in ran} <= {"build_shelves", "train_recommenders", "build_reviews", "train_reviews"}


def test_the_command_names_the_shops_that_there_are() -> None:
    assert {name.value for name in cli.DemoShopName} == set(SHOPS)


def test_a_shop_whose_texts_are_missing_says_how_to_fetch_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELDUCK_HOME", str(tmp_path / "var"))

    result = CliRunner().invoke(cli.app, ["demo", "--landing-only", "--shop", "reviews"])

    assert isinstance(result.exception, LandingError)
    assert "make demo-reviews" in str(result.exception) and "vaderSentiment-3.3.2.tar.gz" in str(result.exception)
