"""The evidence of a plan's steps: what was chosen, among what, and why; kept in the data home."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from ml.copy.approval.questions import FOLDER
from ml.copy.campaigns.asked import STEPS, Asked, Step
from ml.durable import write_text
from ml.errors import PlanRefused
from ml.settings import Settings

_TITLES: Final = {
    Step.AUDIENCE: "Audience",
    Step.PRODUCTS: "Products",
    Step.BRIEF: "Brief",
    Step.COPY: "Texts",
    Step.ESTIMATE: "Reach and cost",
    Step.PROPOSAL: "Proposal",
}


class Record(BaseModel):
    """A step that was taken.

    Attributes:
        summary: one sentence, plain text.
        markdown: the evidence.
        chosen: what later steps go on from.
    """

    model_config = ConfigDict(frozen=True)

    step: Step
    summary: str
    markdown: str = ""
    chosen: dict[str, Any] = {}

    @property
    def text(self) -> str:
        """The step as people read it, Markdown."""
        parts = (f"### {_TITLES[self.step]}", self.summary, self.markdown)
        return "\n\n".join(part for part in parts if part) + "\n"


def folder_of(settings: Settings, plan_id: str) -> Path:
    """Where a plan's records lie."""
    return settings.reports_dir / FOLDER / "campaigns" / plan_id


def keep_record(settings: Settings, asked: Asked, record: Record) -> Path:
    """Write a step's record and, for people, its text; returns the record's file."""
    number = STEPS.index(record.step) + 1
    file = folder_of(settings, asked.plan_id) / f"{number}-{record.step.value}.json"
    write_text(file, record.model_dump_json(indent=2))
    write_text(file.with_suffix(".md"), record.text)
    return file


def read_record(file: Path) -> Record:
    """A record that was kept."""
    return Record.model_validate_json(file.read_text(encoding="utf-8"))


def records_of(settings: Settings, plan_id: str) -> list[Record]:
    """The records of a plan so far, in the order of the steps."""
    return [read_record(file) for file in sorted(folder_of(settings, plan_id).glob("*.json"))]


def plan_text(asked: Asked, records: list[Record]) -> str:
    """The whole plan, Markdown."""
    goal = asked.goal.value.replace("_", " ")
    head = f"## Plan `{asked.plan_id}`: {goal}, from what was known on {asked.as_of}"
    return "\n".join([head, "", *(record.text for record in records)])


def not_yet(asked: Asked, step: str) -> str:
    """That a person wants to look before this step, in words; empty where they do not."""
    if STEPS.index(Step(step)) < asked.most_steps:
        return ""
    return (
        f"stopped after step {asked.most_steps} of {len(STEPS)} (most_steps): read the evidence in the data home, then "
        "trigger again with more steps, or with a choice of your own"
    )


def refused(asked: Asked, expected: str, found: str, remedy: str) -> PlanRefused:
    """The error of a plan that cannot be made."""
    return PlanRefused(f"campaign {asked.goal.value} of {asked.as_of}", expected=expected, found=found, remedy=remedy)
