"""A question to a person about one brief: kept in the data home, asked once, and answered by decisions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from ml.copy.approval.decisions import Decision, Verb
from ml.copy.approval.evidence import body_of, document_of, subject_of
from ml.copy.approval.shown import ShownBrief
from ml.copy.landing_rows import digest_of
from ml.durable import write_text
from ml.errors import DecisionRefused
from ml.escape import for_markdown
from ml.settings import Settings

PATIENCE: Final = timedelta(days=7)
"""How long a question waits; the same variants are not asked about again meanwhile."""
FOLDER: Final = "copy"
"""Of the reports."""
SUBJECT, BODY, DOCUMENT, QUESTION, ASKED = "subject.txt", "body.md", "review.md", "question.json", "asked.json"
OPTIONS: Final = {"Approve": Verb.APPROVE, "Edit": Verb.EDIT, "Reject": Verb.REJECT}
"""What a person may decide, by what they choose."""
LATER: Final = "Later"
"""Decides nothing; what stands where nobody answers in time."""
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9_-]+")


class Question(BaseModel):
    """What was shown: the texts, by their hashes, and the parts that can be edited."""

    model_config = ConfigDict(frozen=True)

    brief_id: str
    as_of: date
    variants: dict[str, str]
    parts: tuple[str, ...]

    @property
    def key(self) -> str:
        """The same for the same texts, on whatever day they are shown."""
        return digest_of([self.brief_id, sorted(self.variants.items())])


class Answer(BaseModel):
    """What a person filled in.

    Attributes:
        option: one of ``OPTIONS``, or ``LATER``.
        who: None where nobody answered in time.
        variants: names of those that it is about; none: all that were shown.
        edit: of an edit, the part, such as ``en/email/1/email_subject``.
        text: its new text.
    """

    model_config = ConfigDict(frozen=True)

    option: str
    who: str | None
    at: datetime
    variants: tuple[str, ...] = ()
    edit: str = ""
    text: str = ""
    reason: str = ""


def question_of(brief: ShownBrief) -> Question:
    """The question about the undecided variants of a brief."""
    return Question(
        brief_id=brief.brief_id,
        as_of=brief.as_of,
        variants={each.name: each.variant_hash for each in brief.undecided},
        parts=tuple(f"{each.name}/{part.part}" for each in brief.undecided for part in each.parts),
    )


def keep(settings: Settings, brief: ShownBrief) -> Path:
    """Write what a person reads where nothing overwrites it; returns its folder, named by its content.

    What was wrong with the last answer stands first, the plan that the brief came from last.
    """
    notes, plan = [*notes_of(settings, brief.brief_id)], plan_of(settings, brief.brief_id)
    question, text = question_of(brief), document_of(brief, notes, plan)
    digest = digest_of([question.model_dump(mode="json"), text], 12)
    folder = settings.reports_dir / FOLDER / "questions" / f"{_slug(brief.brief_id)}-{brief.as_of}-{digest}"
    folder.mkdir(parents=True, exist_ok=True)
    files = {DOCUMENT: text, BODY: body_of(brief, notes, plan), SUBJECT: subject_of(brief)}
    for name, content in {**files, QUESTION: question.model_dump_json(indent=2)}.items():
        write_text(folder / name, content)
    return folder


def read_question(folder: Path) -> Question:
    """The question that was kept in a folder."""
    return Question.model_validate_json((folder / QUESTION).read_text(encoding="utf-8"))


def keep_answer(folder: Path, answer: Answer) -> Path:
    """Write down what a person answered, beside what they had read; returns the file."""
    file = folder / f"answer-{digest_of(answer.model_dump(mode='json'))}.json"
    write_text(file, answer.model_dump_json(indent=2))
    return file


def read_answer(file: Path) -> Answer:
    """What was answered."""
    return Answer.model_validate_json(file.read_text(encoding="utf-8"))


def decisions_of(question: Question, answer: Answer) -> tuple[Decision, ...]:
    """What an answer decides, each bound to the texts that were shown.

    Raises:
        DecisionRefused: it names what was not shown, or an edit names no part or several variants.
    """
    verb = OPTIONS[answer.option]
    if verb is Verb.EDIT:
        return (_edit(question, answer),)
    chosen = answer.variants or tuple(question.variants)
    return tuple(
        Decision(question.brief_id, name, verb, answer.reason, _hash(question, name)) for name in dict.fromkeys(chosen)
    )


def _edit(question: Question, answer: Answer) -> Decision:
    if answer.edit not in question.parts or not answer.text.strip():
        raise DecisionRefused(
            f"edit of {question.brief_id}",
            expected="a part that was shown, and its new text",
            found=answer.edit or "no part" if answer.text.strip() else "no text",
            remedy="Choose the part and write the text",
        )
    name, _, part = answer.edit.rpartition("/")
    shown = _hash(question, name)
    return Decision(question.brief_id, name, Verb.EDIT, answer.reason, shown, part, answer.text)


def _hash(question: Question, name: str) -> str:
    if name not in question.variants:
        raise DecisionRefused(
            f"variant {name} of {question.brief_id}",
            expected=f"one of {', '.join(question.variants)}",
            found=name,
            remedy="Choose among those that are shown",
        )
    return question.variants[name]


def is_asked(settings: Settings, question: Question, now: datetime) -> bool:
    """Whether the same variants wait for an answer already."""
    marker = _marker(settings, question)
    if not marker.exists():
        return False
    asked = datetime.fromisoformat(json.loads(marker.read_text(encoding="utf-8"))["asked_at"])
    return now - asked < PATIENCE


def note_asked(settings: Settings, question: Question, now: datetime) -> None:
    """Write down that a person is asked."""
    write_text(_marker(settings, question), json.dumps({"asked_at": now.isoformat()}))


def note_ended(settings: Settings, question: Question, refused: str = "") -> None:
    """Write down that nobody waits any more, and what was wrong with the answer, which the next question says."""
    _marker(settings, question).unlink(missing_ok=True)
    note = _refusal(settings, question.brief_id)
    if refused:
        write_text(note, refused)
    else:
        note.unlink(missing_ok=True)


def notes_of(settings: Settings, brief_id: str) -> Iterator[str]:
    """What stands before a brief's variants, Markdown: what was wrong with the last answer."""
    refusal = _refusal(settings, brief_id)
    if refusal.exists():
        yield f"**The last answer was refused.** {for_markdown(refusal.read_text(encoding='utf-8'))}"


def plan_of(settings: Settings, brief_id: str) -> str:
    """The plan of the campaign that a brief came from, Markdown; empty where it came from none."""
    plan = plan_file(settings, brief_id)
    return plan.read_text(encoding="utf-8") if plan.exists() else ""


def plan_file(settings: Settings, brief_id: str) -> Path:
    """Where the plan of the campaign lies that a brief came from."""
    return settings.reports_dir / FOLDER / "plans" / _named(brief_id) / "plan.md"


def _marker(settings: Settings, question: Question) -> Path:
    return settings.reports_dir / FOLDER / "asked" / f"{question.key}.json"


def _refusal(settings: Settings, brief_id: str) -> Path:
    return settings.reports_dir / FOLDER / "refused" / f"{_named(brief_id)}.md"


def _named(brief_id: str) -> str:
    """A name of a file for an id, which may hold anything."""
    return f"{_slug(brief_id)}-{digest_of(brief_id, 12)}"


def _slug(brief_id: str) -> str:
    return _UNSAFE.sub("_", brief_id)[:40]
