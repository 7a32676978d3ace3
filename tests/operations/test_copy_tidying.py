"""What people were shown of marketing texts stays for as long as reports do, and for as long as a question waits."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from ml.copy.approval.questions import Answer, Question, keep_answer, note_asked, note_ended, plan_file
from ml.copy.campaigns.records import folder_of
from ml.copy.writing.report import report_path
from ml.durable import write_text
from ml.operations.copy_tidying import WHAT
from ml.operations.tidy import tidy
from ml.settings import Settings
from testkit.copy_published import BRIEF, DAY

NOW = datetime.now(UTC)
QUESTION = Question(brief_id=BRIEF, as_of=DAY, variants={"en/email/1": "hash"}, parts=())


def _written(settings: Settings) -> list[Path]:
    """One of each kind, as they are written: a question with its answer, a campaign, a plan, and two notes."""
    question = settings.reports_dir / "copy" / "questions" / f"{BRIEF}-{DAY}-0123456789ab"
    keep_answer(question, Answer(option="Approve", who="ann", at=NOW))
    campaign, plan = folder_of(settings, "win_back_20260301_01234567"), plan_file(settings, BRIEF)
    write_text(campaign / "1-audience.json", "{}")
    write_text(plan, "**Campaign**")
    note_ended(settings, QUESTION, refused="no reason")
    note_asked(settings, QUESTION, NOW)
    notes = [path for name in ("refused", "asked") for path in (settings.reports_dir / "copy" / name).iterdir()]
    assert len(notes) == 2
    return [question, campaign, plan.parent, *notes]


def _age(path: Path, days: float) -> None:
    os.utime(path, (time.time() - days * 86_400,) * 2)


def _tidied(settings: Settings, *, dry_run: bool = False) -> int:
    cleaned = tidy(settings, "tidy_reports", dry_run=dry_run, holder="a test")
    return next(each.count for each in cleaned if each.what == WHAT)


def test_questions_campaigns_plans_and_notes_go_once_they_are_as_old_as_reports_may_be(settings: Settings) -> None:
    written = _written(settings)
    of_a_day = report_path(settings, DAY)
    write_text(of_a_day, "{}")
    for path in (*written, of_a_day):
        _age(path, settings.kept_report_days - 0.1)
    assert _tidied(settings) == 0 and all(path.exists() for path in written)
    for path in (*written, of_a_day):
        _age(path, settings.kept_report_days + 0.1)
    assert _tidied(settings, dry_run=True) == len(written) and all(path.exists() for path in written)
    assert _tidied(settings) == len(written) and not any(path.exists() for path in written)
    assert of_a_day.exists(), "it goes with its day"


def test_what_was_written_again_stays(settings: Settings) -> None:
    written = _written(settings)
    for path in written:
        _age(path, settings.kept_report_days + 1)
    keep_answer(written[0], Answer(option="Later", who=None, at=NOW))
    assert _tidied(settings) == len(written) - 1 and written[0].exists()


def test_a_question_that_waits_for_an_answer_stays_however_short_reports_are_kept(settings: Settings) -> None:
    hasty = settings.model_copy(update={"kept_report_days": 1})
    written = _written(hasty)
    for path in written:
        _age(path, 7.5)
    assert _tidied(hasty) == 0
    for path in written:
        _age(path, 8.5)
    assert _tidied(hasty) == len(written)
