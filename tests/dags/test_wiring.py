"""The DAG files: what is loaded, how it is wired, what importing costs."""

from __future__ import annotations

import ast
import copy
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.exceptions import ParamValidationError

from dags.common import factory
from dags.common.alerts import tell_failure
from dags.common.defaults import WAREHOUSE_POOL
from ml.capabilities import capabilities, learning
from ml.capability import Capability
from ml.operations.tidy import STEPS

DAGS = Path(__file__).parents[2] / "dags"
FILES = sorted(path for path in DAGS.glob("*.py") if path.name != "__init__.py")
MANY = "capabilities"
"""The file with the DAG of every capability that has no file of its own."""
WAREHOUSE_TASKS = {
    *("land", "build", "build_for_training", "tidy_warehouse", "snapshots"),
    *("build_written", "build_brief", "build_texts", "publish_copy", "brief.publish_copy"),
}


def test_every_dag_file_holds_the_dag_of_its_name(dag_bag: Any) -> None:
    assert dag_bag.import_errors == {}
    of_files = {path.stem for path in FILES if path.stem != MANY}
    of_capabilities = {each.daily_dag for each in capabilities()} | {each.review_dag for each in learning()}
    assert set(dag_bag.dags) == of_files | of_capabilities
    assert {"build_shelves", "train_recommenders", "review_candidate"} <= set(dag_bag.dags)


def test_a_day_is_gated_before_it_is_scored_and_before_it_is_published(dag_bag: Any) -> None:
    tasks = dag_bag.dags["build_shelves"].task_dict
    downstream = {name: sorted(task.downstream_task_ids) for name, task in tasks.items()}
    assert downstream == {
        "land": ["build"],
        "build": ["gate_features"],
        "gate_features": ["recommend"],
        "recommend": ["gate_recommend"],
        "gate_recommend": ["publish"],
        "publish": [],
    }


def test_copy_is_computed_after_a_model_was_asked_and_also_where_none_was(dag_bag: Any) -> None:
    tasks = dag_bag.dags["build_copy"].task_dict
    downstream = {name: sorted(task.downstream_task_ids) for name, task in tasks.items()}
    assert downstream == {
        "land": ["build"],
        "build": ["gate_features"],
        "gate_features": ["await_upstream"],
        "await_upstream": ["choose_slice", "write"],
        "write": ["build_written"],
        "build_written": ["gate_written"],
        "gate_written": ["choose_slice"],
        "choose_slice": ["copy"],
        "copy": ["gate_copy"],
        "gate_copy": ["publish"],
        "publish": [],
    }
    choose = tasks["choose_slice"]
    assert choose.trigger_rule == "none_failed_min_one_success", "skipped where nothing was asked or written"
    assert choose.python_callable("before", None) == "before"
    assert choose.python_callable("before", "with texts") == "with texts"


def test_promotion_is_a_task_of_its_own_after_training(dag_bag: Any) -> None:
    tasks = dag_bag.dags["train_recommenders"].task_dict
    assert tasks["train"].downstream_task_ids == {"promote", "propose"}


def test_a_review_runs_on_a_proposal_and_promotes_after_an_answer_only(dag_bag: Any) -> None:
    review = dag_bag.dags["review_candidate"]
    proposed = dag_bag.dags["train_recommenders"].task_dict["propose"].outlets
    assert [asset.uri for asset in review.timetable.asset_condition.objects] == [proposed[0].uri]
    assert [task.task_id for task in review.topological_sort()] == ["evidence", "approval", "promote", "note_rejection"]
    assert review.is_paused_upon_creation is False
    asked = review.task_dict["approval"]
    assert (asked.options, asked.defaults, sorted(asked.params)) == (["Approve", "Reject"], ["Reject"], ["reason"])
    assert asked.response_timeout and asked.downstream_task_ids == {"promote"}
    assert [outlet.uri for task in review.tasks for outlet in task.outlets] == ["shelduck://models/recommend/champion"]


def test_housekeeping_runs_every_step_in_its_order_and_can_only_list(dag_bag: Any) -> None:
    dag = dag_bag.dags["tidy_storage"]
    assert [task.task_id for task in dag.topological_sort()] == list(STEPS)
    assert all(len(task.downstream_task_ids) <= 1 for task in dag.tasks), "a chain: one failure, one message"
    assert dag.params["dry_run"] is False
    assert dag.max_active_runs == 1


def test_a_shadow_run_takes_a_policy_and_days_from_its_form_and_publishes_nothing(dag_bag: Any) -> None:
    dag = dag_bag.dags["shadow_run"]
    assert [task.task_id for task in dag.topological_sort()] == ["snapshots", "shadow", "replay"]
    assert not any(task.outlets for task in dag.tasks), "no DAG may take it for a publication"
    assert dag.schedule is None and dag.max_active_runs == 1
    given = {"policy": "3", "as_of": "2025-05-31", "until": None}

    def filled(values: dict[str, object]) -> dict[str, object]:
        params = copy.deepcopy(dag.params)
        params.update(values)
        return dict(params.validate())

    assert filled(given) == given
    for wrong in ({"policy": "../x"}, {"policy": ""}, {"as_of": None}, {"as_of": "yesterday"}, {"until": 3}):
        with pytest.raises(ParamValidationError):
            filled(given | wrong)


def test_every_failure_is_told(dag_bag: Any) -> None:
    told = {name for dag in dag_bag.dags.values() for task in dag.tasks for name in task.on_failure_callback}
    tasks = [task for dag in dag_bag.dags.values() for task in dag.tasks]
    assert told == {tell_failure} and all(task.on_failure_callback for task in tasks)


def test_every_task_that_opens_the_warehouse_holds_the_pool_and_no_other_does(dag_bag: Any) -> None:
    pools = {(dag.dag_id, task.task_id): task.pool for dag in dag_bag.dags.values() for task in dag.tasks}
    opening = {place for place in pools if place[1] in WAREHOUSE_TASKS}
    assert {name for _, name in opening} == WAREHOUSE_TASKS
    assert {place for place, pool in pools.items() if pool == WAREHOUSE_POOL} == opening


def test_every_dag_explains_itself_and_has_an_owner_retries_and_a_timeout(dag_bag: Any) -> None:
    for dag in dag_bag.dags.values():
        assert dag.doc_md.startswith(f"# {dag.dag_id}")
        assert "shelduck" in dag.tags
        for task in dag.tasks:
            assert task.owner == "shelduck" and task.retries >= 1 and task.execution_timeout, task.task_id


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_dag_file_is_wiring_only(path: Path) -> None:
    text = path.read_text()
    imported = {name.split(".")[0] for node in ast.walk(ast.parse(text)) for name in _modules(node)}
    assert "dags" in imported and imported <= {"airflow", "dags", "ml", "pathlib"}
    assert "airflow" in text.lower(), "Airflow passes over files that do not name it"
    assert len(text.splitlines()) <= 80


def test_a_capability_that_reads_another_waits_for_it_before_it_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    bids = Capability("bids", "Bids", (), (), compute="", upstream=("recommend",))
    monkeypatch.setattr(factory, "named", lambda _: bids)
    made = factory.daily("bids")
    downstream = {name: sorted(task.downstream_task_ids) for name, task in made.task_dict.items()}
    assert made.dag_id == "build_bids" and made.doc_md.startswith("# build_bids")
    assert downstream == {
        "land": ["build"],
        "build": ["gate_features"],
        "gate_features": ["await_upstream"],
        "await_upstream": ["bids"],
        "bids": ["gate_bids"],
        "gate_bids": ["publish"],
        "publish": [],
    }
    waiting = made.task_dict["await_upstream"]
    assert waiting.reschedule and waiting.timeout > 3600, "it holds no process while it waits"
