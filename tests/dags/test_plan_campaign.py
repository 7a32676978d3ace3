"""The tasks of ``plan_campaign``, called as Airflow calls them, from its form's parameters to a landed brief."""

from __future__ import annotations

import copy
import json
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, ParamValidationError

from dags.common import campaign, steps
from ml.copy.approval.questions import plan_file
from ml.copy.campaigns import steps as plan
from ml.copy.campaigns.asked import Step, asked_of
from ml.settings import Settings
from testkit.campaign_shop import LEAVING, published
from testkit.copy_published import tables

GIVEN: dict[str, Any] = {
    "goal": "win_back", "as_of": "2026-03-01", "cost_per_message": 0.05, "budget": 20, "currency": "USD",
    "channel": "email", "percent_off": 20, "end_date": "2026-03-09",
}  # fmt: skip


def _filled(dag_bag: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The form of the DAG as Airflow validates it."""
    params = copy.deepcopy(dag_bag.dags["plan_campaign"].params)
    params.update(values)
    return dict(params.validate())


@pytest.fixture
def tasks(dag_bag: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``tasks(task_id, …, goal=…)`` runs one."""
    monkeypatch.setattr(plan, "published_of", lambda *_: published())
    monkeypatch.setattr(campaign, "task_settings", lambda: settings)

    def run(task_id: str, *arguments: object, **params: object) -> Any:
        instance = SimpleNamespace(task_id=task_id, dag_id="plan_campaign", run_id="a run", try_number=1)
        context = {"ti": instance, "run_id": "a run", "params": _filled(dag_bag, {**GIVEN, **params})}
        for module in (steps, campaign):
            monkeypatch.setattr(module, "get_current_context", lambda: context)
        return dag_bag.dags["plan_campaign"].task_dict[task_id].python_callable(*arguments)

    return run


def test_each_task_takes_its_step_tells_the_evidence_and_passes_a_path_on(
    tasks: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger=campaign.__name__)
    paths = [tasks(name) for name in ("audience", "products", "brief")]
    assert [path.rsplit("/", 1)[1] for path in paths] == ["1-audience.json", "2-products.json", "3-brief.json"]
    assert any(line.startswith(f"Audience {LEAVING}, 40 members") for line in caplog.messages)
    assert any(line.startswith("| wine | Alpine Red | 30 |") for line in caplog.messages)
    brief_id = json.loads((settings.home / paths[2]).read_text())["chosen"]["brief_id"]
    assert len(list(settings.landing_dir.glob("copy_brief*/dt=2026-03-01/*.jsonl"))) == 2
    (settings.home / "drafts").mkdir(exist_ok=True)
    for name, frame in tables(asked_of(GIVEN).as_of, {}).items():
        own = [pl.lit(brief_id).alias("brief_id")] if "brief_id" in frame.columns else []
        frame.with_columns(own).write_parquet(settings.home / "drafts" / f"{name}.parquet")
    monkeypatch.setattr(campaign, "draft_of", lambda *_: "drafts")
    monkeypatch.setattr(campaign, "snapshot_of", lambda *_: "slices/x")
    assert tasks("build_brief") == "slices/x"
    assert tasks("copy", "slices/x").endswith("4-copy.json") and tasks("estimate").endswith("5-estimate.json")
    assert any(line == "Reaches 40 shoppers; cost: 2.00 USD." for line in caplog.messages)


def test_a_plan_stops_where_a_person_wants_to_look_and_goes_on_from_there(tasks: Any, settings: Settings) -> None:
    tasks("audience", most_steps=1)
    for later in ("products", "brief", "build_brief", "propose"):
        with pytest.raises(AirflowSkipException, match="stopped after step 1 of 6"):
            tasks(later, most_steps=1)
    assert not settings.landing_dir.exists(), "nothing is landed"
    assert tasks("products", most_steps=6).endswith("2-products.json")


def test_a_plan_beyond_its_limits_fails_at_once_and_lands_nothing(tasks: Any, settings: Settings) -> None:
    with pytest.raises(AirflowFailException, match=r"leaving: costs 2\.00 of a budget of 0\.10 USD"):
        tasks("audience", budget=0.1)
    with pytest.raises(AirflowFailException, match="currency: say in which currency"):
        tasks("audience", currency=None)
    assert not settings.landing_dir.exists()


def test_a_proposal_names_the_day_to_publish_and_lays_the_plan_beside_the_question(
    tasks: Any, settings: Settings
) -> None:
    for name in ("audience", "products", "brief"):
        tasks(name)
    assert tasks("propose") == "2026-03-01"
    brief_id = plan.chosen(settings, asked_of(GIVEN), Step.BRIEF)["brief_id"]
    assert plan_file(settings, brief_id).read_text().startswith("## Plan `win_back_20260301_")


def test_the_form_takes_a_goal_a_day_and_limits_and_refuses_what_is_none(dag_bag: Any) -> None:
    assert _filled(dag_bag, GIVEN)["budget"] == 20
    for wrong in (
        {"goal": "conquer"},
        {"as_of": None},
        {"arms": 6},
        {"budget": -1},
        {"most_steps": 0},
        {"tone": "rude"},
    ):
        with pytest.raises(ParamValidationError):
            _filled(dag_bag, GIVEN | wrong)
