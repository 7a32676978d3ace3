"""The tasks of a review: gather the evidence, wait for a person, promote or note the rejection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from dags.common.assets import candidate, champion
from dags.common.steps import step, task_settings
from ml.capabilities import named

if TYPE_CHECKING:
    from airflow.sdk import Context, XComArg

_PATIENCE = timedelta(days=7)
"""Until the next week's candidate takes its place."""
_REVIEW, _VERSION = "review", "version"
"""What the evidence gives: the folder of the review in the data home, and the version that it is about."""
_EVIDENCE, _APPROVAL = "evidence", "approval"
_ANSWER = "answer"
"""What the person said."""


def review_filters() -> dict[str, Callable[[str], str]]:
    """For templates: the text of a review's file by the folder that XCom names."""

    def read(file: str) -> Callable[[str], str]:
        return lambda folder: (task_settings().home / folder / file).read_text(encoding="utf-8")

    return {"subject_of": read("subject.txt"), "body_of": read("body.md")}


def collect(name: str) -> XComArg:
    """Compare the candidate with the champion; skipped where nobody needs to decide any more."""

    @task(task_id=_EVIDENCE, multiple_outputs=True)
    def evidence() -> dict[str, str | int]:
        from ml.registry.decisions import candidate_to_review, settled
        from ml.registry.evidence import keep, review_of

        settings, capability, context = task_settings(), named(name), get_current_context()
        events = context["triggering_asset_events"].get(candidate(name), [])
        proposed = [int(event.extra[_VERSION]) for event in events if event.extra.get(_VERSION)]
        asked = context["params"][_VERSION]
        version = int(asked) if asked else max(proposed, default=0)
        version = version or candidate_to_review(settings, capability.model).version
        if why := settled(settings, capability.model, version):
            raise AirflowSkipException(why)
        with step() as work:
            folder = keep(settings, review_of(settings, capability, version))
            work.wrote(folder)
            work.note(f"version {version} of {capability.model}")
        return {_VERSION: version, _REVIEW: settings.relative(folder)}

    return evidence()


class Approval(ApprovalOperator):
    """Airflow's operator, which passes nothing on where a person rejects: the answer goes to XCom first."""

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Keep who answered what, and why; nobody where the time ran out."""
        if "error" not in event:
            who = event["responded_by_user"]
            answer = {
                "is_approved": event["chosen_options"] == [self.APPROVE],
                "who": f"{who['name']} in Airflow" if who else None,
                "reason": (event["params_input"] or {}).get("reason") or "",
            }
            context["ti"].xcom_push(_ANSWER, answer)
        return super().execute_complete(context, event)


def ask() -> Any:
    """Wait for a person; what they read is the review's text. Without an answer in time nothing is decided."""
    folder = f"{{{{ ti.xcom_pull(task_ids='{_EVIDENCE}', key='{_REVIEW}') | %s }}}}"
    reason = Param("", type="string", maxLength=500, title="Reason", description="kept with the decision")
    return Approval(
        task_id=_APPROVAL,
        subject=folder % "subject_of",
        body=folder % "body_of",
        defaults=ApprovalOperator.REJECT,
        response_timeout=_PATIENCE,
        params={"reason": reason},
    )


def promote_approved(name: str) -> XComArg:
    """Move ``champion`` to the approved candidate; a kill before the ledger's row is mended by the retry."""

    @task(task_id="promote", outlets=[champion(name)])
    def promote() -> int:
        from ml.registry.candidates import Answer
        from ml.registry.decisions import approve

        settings, capability = task_settings(), named(name)
        version, review, answer = _answered()
        with step() as work:
            promoted = approve(settings, capability, version, answer["who"], Answer(answer["reason"], review))
            work.note(f"version {promoted} promoted, approved by {answer['who']}")
        return promoted

    return promote()


def note_rejection(name: str) -> XComArg:
    """Write down who rejected the candidate and why; nothing where it was approved, or where nobody answered."""

    @task(task_id="note_rejection", trigger_rule="none_failed")  # ``promote`` is skipped where it was rejected
    def note() -> None:
        from ml.registry.candidates import Answer
        from ml.registry.decisions import reject

        settings, model = task_settings(), named(name).model
        version, review, answer = _answered()
        if answer is None:
            raise AirflowSkipException("nobody was asked")
        if answer["is_approved"]:
            raise AirflowSkipException(f"version {version} was approved")
        if answer["who"] is None:
            raise AirflowSkipException(f"nobody answered within {_PATIENCE.days} days: everything stays as it was")
        with step() as work:
            reject(settings, model, version, answer["who"], Answer(answer["reason"], review))
            work.note(f"version {version} rejected by {answer['who']}")

    return note()


def _answered() -> tuple[int, str, Any]:
    """The version, the review's folder and the person's answer, as ``Approval`` keeps it."""
    pull = get_current_context()["ti"].xcom_pull
    version, review = (pull(task_ids=_EVIDENCE, key=key) for key in (_VERSION, _REVIEW))
    return version, review, pull(task_ids=_APPROVAL, key=_ANSWER)
