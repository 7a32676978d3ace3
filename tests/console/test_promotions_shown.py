"""What ``shelduck train`` prints of a capability other than the recommender's."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console
from typer.testing import CliRunner

from ml.capabilities import named
from ml.cli import app
from ml.console import training_report
from ml.console.training_report import show_promotions
from ml.registry.ledger import Promotion
from ml.settings import Settings

ROW = {"row": 0, "trained_as_of": "2025-05-31", "effective_from": "2025-06-01", "content_hash": "c", "who": "the DAG"}


def test_the_versions_of_the_training_are_told_with_every_reason_and_no_others(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        Promotion(**ROW, version=version, why=f"churn: reason {version}; spend: another", at="")  # type: ignore[arg-type]
        for version in (1, 2)
    ]
    asked = []
    monkeypatch.setattr(training_report, "promotions", lambda _, model: asked.append(model) or rows)
    told = StringIO()
    show_promotions(settings, Console(file=told, width=40), named("predictions"), [2])
    assert told.getvalue().splitlines() == [
        "",
        "Version 2 of predictions, trained as of 2025-05-31",
        "  churn: reason 2",
        "  spend: another",
        "It decides from 2025-06-01 on, promoted by the DAG",
    ]
    assert asked == ["predictions"]


def test_a_capability_that_does_not_learn_is_refused_with_those_that_do() -> None:
    answer = CliRunner().invoke(app, ["train", "--as-of", "2025-05-31", "--capability", "profile"])
    assert answer.exit_code == 2 and "profile does not learn; one of recommend, predictions" in answer.output
