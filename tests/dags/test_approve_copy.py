"""``approve_copy``: what it waits for, what it asks, and that an answer is landed and published, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from airflow.providers.standard.operators import hitl
from airflow.sdk.exceptions import AirflowSkipException, TaskAwaitingInput

from dags.common import approval, steps, tasks
from dags.common.approval import CopyQuestion
from ml.copy.approval.questions import is_asked, keep, note_asked, read_answer, read_question
from ml.copy.approval.shown import shown_brief
from ml.copy.capability import COPY
from ml.copy.columns import Copy
from ml.copy.landing_rows import DECISIONS, landed_rows
from ml.copy.outputs import COPY_VARIANT
from ml.publish.draft import DraftRecord, write_draft
from ml.settings import Settings
from testkit.copy_published import BRIEF, DAY, publish_copy, tables
from tests.slow import takes_long

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_NAMES = ("email_1", "email_2", "push_1", "push_2")
HOSTILE = "{{ 7 * 7 }} {% raw %} Alpine Red"


def _event(option: str, **filled: object) -> dict[str, Any]:
    form: dict[str, object] = {"variants": None, "reason": None, "edit": None, "text": None}
    who = {"id": "ann", "name": "ann"}
    return {
        "chosen_options": [option], "params_input": form | filled, "responded_at": AT, "responded_by_user": who,
    }  # fmt: skip


def test_a_publication_asks_and_each_brief_is_answered_for_itself(dag_bag: Any) -> None:
    dag = dag_bag.dags["approve_copy"]
    uris = {asset.uri for asset in dag.timetable.asset_condition.objects}
    assert uris == {"shelduck://published/copy", "shelduck://copy/to_decide"}
    downstream = {task.task_id: sorted(task.downstream_task_ids) for task in dag.tasks}
    assert downstream == {
        "evidence": ["brief.ask", "brief.decide"],
        "brief.ask": ["brief.decide"],
        "brief.decide": ["brief.ask_again", "brief.publish_copy"],
        "brief.ask_again": [],
        "brief.publish_copy": [],
    }
    ask = dag.task_dict["brief.ask"]
    assert ask.is_mapped or dag.task_group.children["brief"], "a question per brief"
    assert (ask.options, ask.defaults) == (["Approve", "Edit", "Reject", "Later"], ["Later"])
    assert ask.response_timeout and dag.is_paused_upon_creation is False
    outlets = {task.task_id: [asset.uri for asset in task.outlets] for task in dag.tasks if task.outlets}
    assert outlets == {
        "brief.ask_again": ["shelduck://copy/to_decide"],
        "brief.publish_copy": ["shelduck://published/copy"],
    }


def test_a_plan_asks_nobody_before_its_texts_are_checked_and_paid_for(dag_bag: Any) -> None:
    dag = dag_bag.dags["plan_campaign"]
    downstream = {task.task_id: sorted(task.downstream_task_ids) for task in dag.tasks}
    assert downstream == {
        "audience": ["products"],
        "products": ["brief"],
        "brief": ["build_brief"],
        "build_brief": ["build_texts", "write"],
        "write": ["build_texts"],
        "build_texts": ["copy"],
        "copy": ["estimate"],
        "estimate": ["propose"],
        "propose": ["publish_copy"],
        "publish_copy": [],
    }
    assert dag.schedule is None
    assert [task.task_id for task in dag.tasks if task.outlets] == ["publish_copy"]


@pytest.fixture
def evidence(dag_bag: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``evidence(brief_id=…, as_of=…)`` runs the task."""
    monkeypatch.setattr(approval, "task_settings", lambda: settings)

    def run(**params: str) -> list[str]:
        instance = SimpleNamespace(task_id="evidence", dag_id="approve_copy", run_id="a run", try_number=1)
        context = {"ti": instance, "params": {"brief_id": None, "as_of": None, **params}}
        for module in (steps, approval):
            monkeypatch.setattr(module, "get_current_context", lambda: context)
        return list(dag_bag.dags["approve_copy"].task_dict["evidence"].python_callable())

    return run


def test_evidence_is_gathered_where_somebody_has_to_decide_and_nobody_is_asked_yet(
    evidence: Any, settings: Settings
) -> None:
    publish_copy(settings)
    (folder,) = evidence()
    assert (settings.home / folder / "body.md").read_text().count("### en/") == 4
    assert evidence() == [folder], "a retry before the question gathers it again"
    note_asked(settings, read_question(settings.home / folder), datetime.now(UTC))
    with pytest.raises(AirflowSkipException, match="nobody has decided on or is asked about"):
        evidence()
    assert evidence(brief_id=BRIEF) == evidence(as_of=DAY.isoformat()) == [folder], "by hand it asks again"
    with pytest.raises(AirflowSkipException):
        evidence(brief_id="another")
    everything = {f"en_{name}": {"status": "rejected", "decided_by": "ann"} for name in _NAMES}
    publish_copy(settings, DAY + timedelta(days=1), **everything)
    with pytest.raises(AirflowSkipException):
        evidence(brief_id=BRIEF)


@pytest.fixture
def question(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CopyQuestion:
    publish_copy(settings, en_push_2={"push": HOSTILE})
    folder = settings.relative(keep(settings, shown_brief(settings, BRIEF)))
    monkeypatch.setattr(approval, "task_settings", lambda: settings)
    return CopyQuestion(task_id="ask", folder=folder, params=approval._form())


def test_a_person_is_asked_with_the_briefs_own_variants_and_no_text_is_read_as_a_template(
    question: CopyQuestion, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(hitl, "upsert_hitl_detail", lambda **details: asked.update(details))
    question.render_template_fields({})
    with pytest.raises(TaskAwaitingInput):
        question.execute({"task_instance": SimpleNamespace(id="an id")})  # type: ignore[typeddict-item]
    assert asked["subject"].startswith("Spring wine: 4 variants") and "\\{\\{ 7 \\* 7 \\}\\}" in asked["body"]
    examples = {name: param["schema"].get("examples") for name, param in asked["params"].items()}
    assert examples["variants"] == ["en/email/1", "en/email/2", "en/push/1", "en/push/2"]
    assert "en/push/2/push" in examples["edit"] and asked["options"][-1] == "Later"
    assert all(param["schema"]["type"][0] == "null" for param in asked["params"].values()), "or no button works"
    about = read_question(settings.home / question.folder)
    assert is_asked(settings, about, datetime.now(UTC)), "the next publication does not ask once more"


def test_an_answer_is_kept_in_the_data_home_and_xcom_carries_its_path_alone(
    question: CopyQuestion, settings: Settings
) -> None:
    path = question.execute_complete({}, _event("Approve", variants=["en/push/1"], reason="fits"))
    assert not Path(path).is_absolute() and "fits" not in path
    answer = read_answer(settings.home / path)
    assert (answer.option, answer.who, answer.at) == ("Approve", "ann in Airflow", AT)
    assert (answer.variants, answer.reason, answer.edit) == (("en/push/1",), "fits", "")
    nobody = question.execute_complete({}, _event("Later") | {"responded_by_user": None})
    assert read_answer(settings.home / nobody).who is None


@pytest.fixture
@takes_long
def run(dag_bag: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``run(event)``: a real run of the DAG in which a person answers ``event`` and the warehouse stands still."""
    monkeypatch.setenv("SHELDUCK_HOME", str(settings.home))

    def computed(name: str, *_: object) -> str:
        """A draft in which what is landed as approved is approved, as ``ml.copy.daily`` computes it."""
        decided = {row[Copy.variant_hash] for row in landed_rows(settings, DECISIONS, DAY)}
        made = tables(DAY, {})
        status = pl.when(pl.col(Copy.variant_hash).is_in(list(decided))).then(pl.lit("approved"))
        variants = made[COPY_VARIANT.name].with_columns(status.otherwise(Copy.status).alias(Copy.status))
        record = DraftRecord(
            capability=name, as_of_date=DAY, slice="slices/x", inputs_hash="y", code_revision="c0dec0dec0de"
        )
        folder = settings.drafts_of(name) / f"{DAY}-again"
        return settings.relative(write_draft(folder, COPY, record, made | {COPY_VARIANT.name: variants}))

    def answered(event: dict[str, Any]) -> dict[str, str]:
        monkeypatch.setattr(CopyQuestion, "execute", lambda self, context: self.execute_complete(context, event))
        ran = dag_bag.dags["approve_copy"].test()
        return {each.task_id: each.state for each in ran.get_task_instances()}

    monkeypatch.setattr(tasks, "snapshot_of", lambda *_: "slices/x")
    monkeypatch.setattr(tasks, "draft_of", computed)
    return answered


def test_in_a_real_run_a_refused_answer_is_asked_about_again_and_an_approval_is_published(
    run: Any, settings: Settings
) -> None:
    publish_copy(settings)
    asked = {"evidence": "success", "brief.ask": "success"}
    refused = run(_event("Reject"))
    assert refused == asked | {
        "brief.decide": "skipped", "brief.ask_again": "success", "brief.publish_copy": "skipped"
    }  # fmt: skip
    assert landed_rows(settings, DECISIONS, DAY) == []
    approved = run(_event("Approve", variants=["en/email/2"]))
    assert approved == asked | {
        "brief.decide": "success", "brief.ask_again": "skipped", "brief.publish_copy": "success"
    }  # fmt: skip
    statuses = {each.name: each.status for each in shown_brief(settings, BRIEF).variants}
    assert statuses == {
        "en/email/1": "proposed", "en/email/2": "approved", "en/push/1": "proposed", "en/push/2": "proposed"
    }  # fmt: skip
    assert len(landed_rows(settings, DECISIONS, DAY)) == 1
