"""The tasks of an approval of marketing texts: gather the evidence, wait for a person, land what they decided."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.common.assets import copy_to_decide
from dags.common.steps import step, task_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow.sdk import Context, XComArg


COPY = "copy"
_ASK, _DECIDE, _REFUSED = "brief.ask", "brief.decide", "refused"
_OPTIONS = ("Approve", "Edit", "Reject", "Later")
_PATIENCE = timedelta(days=7)


def evidence() -> XComArg:
    """What a person reads, a folder per brief that nobody is asked about yet; skipped where there is none."""

    @task(task_id="evidence")
    def collect() -> list[str]:
        from ml.capabilities import named
        from ml.copy.approval.questions import is_asked, keep, question_of
        from ml.copy.approval.shown import shown_briefs
        from ml.publish.readers import newest_as_of

        settings, params, now = task_settings(), get_current_context()["params"], datetime.now(UTC)
        as_of = date.fromisoformat(params["as_of"]) if params["as_of"] else newest_as_of(settings, named(COPY))
        folders = []
        with step() as work:
            for brief in shown_briefs(settings, as_of):
                by_hand = bool(params["as_of"]) or params["brief_id"] == brief.brief_id
                question = question_of(brief)
                if not brief.undecided or params["brief_id"] not in (None, brief.brief_id):
                    continue
                if by_hand or not is_asked(settings, question, now):
                    folders.append(settings.relative(keep(settings, brief)))
            work.wrote(*(settings.home / folder for folder in folders))
            work.note(f"{len(folders)} briefs to decide on")
        if not folders:
            raise AirflowSkipException("no brief has variants that nobody has decided on or is asked about")
        return folders

    return collect()


class CopyQuestion(HITLOperator):
    """Waits for a person; what they read lies in ``folder``, so that no text of the shop is read as a template."""

    template_fields: Sequence[str] = ("folder",)

    def __init__(self, *, folder: Any, **arguments: Any) -> None:
        super().__init__(subject="", options=list(_OPTIONS), defaults=_OPTIONS[-1], **arguments)
        self.folder = folder

    def execute(self, context: Context) -> Any:
        """Ask, with the brief's own variants and parts to choose from."""
        from ml.copy.approval.questions import BODY, SUBJECT, note_asked, read_question

        settings = task_settings()
        place = settings.home / self.folder
        self.subject, self.body = ((place / name).read_text(encoding="utf-8") for name in (SUBJECT, BODY))
        question = read_question(place)
        for name, choices in (("variants", question.variants), ("edit", question.parts)):
            self.params[name] = _form(list(choices))[name]
        note_asked(settings, question, datetime.now(UTC))
        return super().execute(context)

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Keep who answered what in the data home; nobody where the time ran out. Returns the file's path."""
        from ml.copy.approval.questions import Answer, keep_answer

        super().execute_complete(context, event)
        filled, who = event["params_input"] or {}, event["responded_by_user"]
        given = Answer(
            option=event["chosen_options"][0],
            who=f"{who['name']} in Airflow" if who else None,
            at=event["responded_at"],
            variants=filled.get("variants") or (),
            edit=filled.get("edit") or "",
            text=filled.get("text") or "",
            reason=filled.get("reason") or "",
        )
        settings = task_settings()
        return settings.relative(keep_answer(settings.home / self.folder, given))


def _form(choices: list[str] | None = None) -> dict[str, Param]:
    """All fields may stay empty: Airflow lets nobody answer whose form lacks one that must be filled."""
    offered = {"examples": choices} if choices else {}
    return {
        "variants": Param(
            None, type=["null", "array"], items={"type": "string"}, title="Variants",
            description="to approve or reject; none chosen: all that are shown", **offered,
        ),
        "reason": Param(
            None, type=["null", "string"], maxLength=500, title="Reason", description="kept; to reject, say why"
        ),
        "edit": Param(
            None, type=["null", "string"], title="Edit: part", description="which part to replace", **offered
        ),
        "text": Param(
            None, type=["null", "string"], format="multiline", title="Edit: new text", description="checked at once"
        ),
    }  # fmt: skip


def ask(folder: Any) -> CopyQuestion:
    """Wait for a person; without an answer in time nothing is decided."""
    return CopyQuestion(task_id="ask", folder=folder, params=_form(), response_timeout=_PATIENCE)


def land_decision(folder: Any) -> XComArg:
    """Land what was decided, on the newest published day unless the run names one; skipped where nothing was."""

    @task(task_id="decide")
    def decide(folder: str) -> str:
        from ml.copy.approval.answers import take

        settings, context = task_settings(), get_current_context()
        file = context["ti"].xcom_pull(task_ids=_ASK, map_indexes=context["ti"].map_index)
        with step() as work:
            taken = take(settings, settings.home / folder, settings.home / file, context["params"]["as_of"])
            work.wrote(*([taken.file] if taken.file else []))
            work.note(taken.told)
        context["ti"].xcom_push(_REFUSED, taken.is_refused)
        if not taken.day:
            raise AirflowSkipException(taken.told)
        return taken.day.isoformat()

    return decide(folder)


def ask_again() -> XComArg:
    """Ask once more where an answer was refused: an edit that the facts do not support, a rejection without reason."""

    @task(task_id="ask_again", outlets=[copy_to_decide()], trigger_rule="all_done")
    def again() -> None:
        instance = get_current_context()["ti"]
        if not instance.xcom_pull(task_ids=_DECIDE, key=_REFUSED, map_indexes=instance.map_index):
            raise AirflowSkipException("the answer was taken")

    return again()
