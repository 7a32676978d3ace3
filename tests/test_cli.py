"""The command line: what a person reads when something is wrong, and commands that only read."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ml.cli import app
from ml.console import display
from ml.settings import Settings
from testkit.shop import write_shop

pytestmark = pytest.mark.slow


def _shelduck(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from ml.cli import main; main()", *words]
    return subprocess.run(
        command, env={**os.environ, **settings.environment()}, capture_output=True, text=True, check=False
    )


def test_an_error_is_a_message_with_the_next_command_and_no_traceback(settings: Settings) -> None:
    answer = _shelduck(settings, "shelf", "nobody")
    assert answer.returncode == 1
    assert "NotPublished: published/recommend/current: expected a version; found none." in answer.stderr.replace(
        "\n", " "
    )
    assert "Traceback" not in answer.stderr


def test_a_setting_that_cannot_be_is_named_without_its_value_and_no_traceback(settings: Settings) -> None:
    answer = _shelduck(settings, "run", "--as-of", "2025-03-01", "--knowledge", "tomorrow")
    assert answer.returncode == 1
    assert "SHELDUCK_KNOWLEDGE" in answer.stderr
    assert "Traceback" not in answer.stderr and "tomorrow" not in answer.stderr


def test_an_option_of_a_run_goes_before_the_environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Settings] = []
    monkeypatch.setattr(display, "run_with_display", lambda settings, *_: asked.append(settings))
    for name, value in {**settings.environment(), "SHELDUCK_MEMORY_BUDGET": "1GB"}.items():
        monkeypatch.setenv(name, value)
    for words in ([], ["--memory-budget", "500MB", "--knowledge", "now"]):
        assert (
            CliRunner().invoke(app, ["run", "--as-of", "2025-03-01", "--capability", "recommend", *words]).exit_code
            == 0
        )
    assert [(each.memory_budget, each.knowledge) for each in asked] == [(10**9, "then"), (5 * 10**8, "now")]


def test_a_budget_that_is_no_size_is_named(settings: Settings) -> None:
    answer = _shelduck(settings, "run", "--as-of", "2025-03-01", "--memory-budget", "plenty")
    assert answer.returncode == 1
    assert "SHELDUCK_MEMORY_BUDGET" in answer.stderr and "Traceback" not in answer.stderr


def test_the_contract_names_every_table_and_required_columns() -> None:
    printed = _shelduck(Settings(), "contract").stdout
    for word in ("interactions", "items", "event_id", "promotions", "user_attributes", "granted_ts"):
        assert word in printed


def test_a_sound_folder_passes_the_check_and_a_faulty_one_is_explained(settings: Settings, tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    days = write_shop(landing, days=3)
    assert _shelduck(settings, "check", str(landing)).returncode == 0
    faulty = landing / "interactions" / f"dt={days[-1]}" / "more.csv"
    faulty.write_text(
        f"event_id,user_id,item_id,event_type,event_ts,quantity\nx1,s01,i01,purchase,{days[-1]}T08:00:00Z,minus two\n"
    )
    answer = _shelduck(settings, "check", str(landing))
    assert answer.returncode == 1
    assert "quantity" in answer.stdout and "more.csv" in answer.stdout


def test_a_day_is_closed_by_its_mark(settings: Settings) -> None:
    assert _shelduck(settings, "close", "2025-03-01").returncode == 0
    assert settings.closed_mark(date(2025, 3, 1)).exists()


def test_a_training_that_does_not_end_on_a_saturday_is_refused(settings: Settings) -> None:
    answer = _shelduck(settings, "train", "--as-of", "2025-03-05")
    assert answer.returncode != 0
    assert "Saturday" in answer.stderr
