"""MLflow keeps what a run asked, cost and was refused, and no text of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ml.copy.writing.asking import Outcome
from ml.copy.writing.budget import Purse
from ml.copy.writing.report import Written
from ml.copy.writing.tracking import run_of, track
from ml.model_budget import ModelBudget
from ml.registry.client import COPY, connect
from ml.registry.retention import KINDS
from ml.registry.runs import run_trees
from ml.settings import Settings
from testkit.copy_requests import request

BUDGET = ModelBudget(prompt_price=Decimal("0.5"), completion_price=Decimal(2))
TEXT = "a text that nobody needs to know"


@pytest.fixture(autouse=True)
def _one_revision(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ml.copy.writing.tracking.code_revision", lambda _: "a revision")


def _written() -> Written:
    purse = Purse(BUDGET, 1_000, 500)
    outcomes = [
        Outcome(request("spring"), {(1, "push"): TEXT}, calls=1, seconds=[1.5]),
        Outcome(request("tea"), reason="time-out after 20 s", calls=3, seconds=[2.5]),
    ]
    return Written(date(2025, 3, 2), "tiny", 3, 1, outcomes, 1, ("written-1.jsonl",), purse, {"personal data": 1})


def test_a_run_is_logged_with_cost_latency_and_refusals_and_without_texts(fresh: Settings) -> None:
    track(fresh.model_copy(update={"llm_budget": BUDGET}), _written())
    (tree,) = run_trees(connect(fresh), COPY)
    (run,) = tree.runs
    assert tree.is_own and COPY in KINDS, "it is tidied when it is old"
    metrics = run.data.metrics
    wanted = {"calls": 4, "requests": 3, "requests_asked": 2, "texts_landed": 1, "texts_refused": 1, "cost": 1.5}
    wanted |= {"requests_taken_over": 1, "requests_without_all_texts": 1, "refused/personal_data": 1}
    wanted |= {"prompt_tokens": 1000, "completion_tokens": 500, "latency_median_seconds": 2.0}
    assert {name: metrics[name] for name in wanted} == wanted
    assert run.data.params["model"] == "tiny" and run.data.tags["reason_1"] == "1: time-out after 20 s"
    assert run.data.tags["code_revision"] == "a revision"
    assert TEXT not in str(run.to_dictionary())


def test_a_run_that_was_never_answered_is_logged_without_latencies(settings: Settings) -> None:
    silent = Outcome(request("tea"), reason="no connection to the server", calls=3)
    run = run_of(settings, replace(_written(), outcomes=[silent], landed=0, files=()))
    assert (run.metrics["calls"], run.metrics["answers"]) == (3, 0)
    assert run.tags == {"reason_1": "1: no connection to the server"} and "latency_median_seconds" not in run.metrics


def test_a_tracking_server_that_is_down_costs_the_record_and_not_the_day(
    fresh: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionError("at http://user:s3cret@mlflow")

    monkeypatch.setattr("ml.copy.writing.tracking.log_copy_run", refuse)
    track(fresh, _written())
    assert "MLflow has no record of this run: ConnectionError" in caplog.text and "s3cret" not in caplog.text
