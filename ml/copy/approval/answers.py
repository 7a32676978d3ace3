"""Takes an answer: lands its decisions, or says what the next question has to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ml.copy.approval.decisions import Decider, decide
from ml.copy.approval.questions import LATER, decisions_of, note_ended, read_answer, read_question
from ml.copy.capability import COPY
from ml.errors import DecisionRefused
from ml.publish.readers import current_version, newest_as_of
from ml.settings import Settings


@dataclass(frozen=True)
class Taken:
    """What became of an answer.

    Attributes:
        day: the day to publish again; None where nothing was decided.
        told: one line for the log; no text of a variant or a person.
    """

    day: date | None
    told: str
    file: Path | None = None
    is_refused: bool = False


def take(settings: Settings, folder: Path, answer_file: Path, as_of: str | None = None) -> Taken:
    """Land what the answer to the question in ``folder`` decides.

    A question may wait for days: its answer counts for the newest published day, whose texts must be those that were
    shown, unless ``as_of`` names another. Then readers of the newest day have what was decided.

    Raises:
        NotPublished: nothing is published.
        StaleFeatures: the snapshot of the day was removed, so that no edit can be checked.
    """
    question, answer = read_question(folder), read_answer(answer_file)
    if answer.option == LATER or answer.who is None:
        note_ended(settings, question)
        return Taken(None, "nobody decided: everything stays proposed")
    day = date.fromisoformat(as_of) if as_of else newest_as_of(settings, COPY) or current_version(settings, COPY).as_of
    try:
        landed = decide(settings, day, decisions_of(question, answer), Decider(answer.who, answer.at))
    except DecisionRefused as refused:
        note_ended(settings, question, str(refused))
        return Taken(None, f"the answer was refused: {refused}", is_refused=True)
    note_ended(settings, question)
    return Taken(day, f"decisions landed: {landed.decisions}, arrival day {day}", landed.file)
