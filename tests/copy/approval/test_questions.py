"""A question shows texts, facts and checks; it is asked once; its answer decides, or is refused with the reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from ml.copy.approval import edits
from ml.copy.approval.answers import take
from ml.copy.approval.evidence import body_of, whole_of
from ml.copy.approval.questions import (
    BODY,
    LATER,
    PATIENCE,
    SUBJECT,
    Answer,
    is_asked,
    keep,
    keep_answer,
    note_asked,
    plan_file,
    question_of,
    read_question,
)
from ml.copy.approval.shown import shown_brief
from ml.copy.landing_rows import DECISIONS, landed_rows
from ml.durable import write_text
from ml.settings import Settings
from testkit.copy_published import BRIEF, DAY, publish_copy, requests

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def shop(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    publish_copy(settings, en_push_1={"status": "approved", "decided_by": "ann"})
    asked = SimpleNamespace(requests=requests(), catalogue=None)
    monkeypatch.setattr(edits, "requested_of", lambda *_: asked)
    return settings


def _asked(settings: Settings) -> Path:
    folder = keep(settings, shown_brief(settings, BRIEF))
    note_asked(settings, read_question(folder), NOW)
    return folder


def _answer(folder: Path, option: str, **filled: object) -> Path:
    answer = Answer.model_validate({"option": option, "who": "ann in Airflow", "at": NOW, **filled})
    return keep_answer(folder, answer)


def _decisions(settings: Settings, day: date = DAY) -> list[tuple[object, ...]]:
    rows = landed_rows(settings, DECISIONS, day)
    return sorted((row["decision"], row["channel"], row["arm"], row["who"]) for row in rows)


def test_a_person_reads_each_undecided_text_beside_the_facts_in_it_and_what_was_refused(shop: Settings) -> None:
    body = body_of(shown_brief(shop, BRIEF))
    assert "### en/email/1\n" in body and "### en/push/1" not in body, "it is approved already"
    assert "Written by: template." in body
    subject = "| email_subject, 33 characters | Spring wine\\: Alpine Red for \\$9\\.60 | Alpine Red; \\$9\\.60 |"
    assert subject in body
    assert "|  | Alpine Red costs \\$9\\.60\\. | Alpine Red; \\$9\\.60 |" in body, "a row per paragraph"
    assert "push by language model: price “\\$1 \\| now”, allowed: \\$9\\.60" in body
    assert "| \\$9\\.60 | price \\(wine\\-1\\) | dim_item\\.price |" in body
    assert "audience `wine_lovers`, 40 shoppers" in body
    pushed = shown_brief(shop, BRIEF).variant("en/push/1")
    assert f"### {pushed.seen} · approved by ann" in whole_of(shown_brief(shop, BRIEF))


def test_it_is_said_who_wrote_what_and_why_it_is_not_what_was_written_first(settings: Settings) -> None:
    model = {"writer": "language_model", "model": "small-1", "reason": "price of the first text"}
    publish_copy(settings, en_push_2=model)
    assert "Written by: language model small\\-1: price of the first text." in body_of(shown_brief(settings, BRIEF))


def test_texts_of_the_shop_are_shown_and_never_interpreted(settings: Settings) -> None:
    publish_copy(settings, en_push_2={"push": "**Red** | [x](http://evil) <b>{{ 7*7 }}</b>"})
    body = body_of(shown_brief(settings, BRIEF))
    assert "[x](http" not in body and "<b>" not in body and "**Red**" not in body
    assert "\\*\\*Red\\*\\* \\| \\[x\\]\\(http\\://evil\\) &lt;b&gt;\\{\\{ 7\\*7 \\}\\}&lt;/b&gt;" in body


def test_the_same_texts_are_asked_about_once_whatever_day_is_published(shop: Settings) -> None:
    question = read_question(_asked(shop))
    assert set(question.variants) == {"en/email/1", "en/email/2", "en/push/2"}
    publish_copy(shop, NEXT, en_push_1={"status": "approved", "decided_by": "ann"})
    tomorrow = question_of(shown_brief(shop, BRIEF, NEXT))
    assert is_asked(shop, tomorrow, NOW + timedelta(days=1)) and not is_asked(shop, tomorrow, NOW + PATIENCE)
    publish_copy(shop, NEXT + timedelta(days=1), en_push_2={"push": "New"})
    assert not is_asked(shop, question_of(shown_brief(shop, BRIEF, NEXT + timedelta(days=1))), NOW)


def test_an_approval_of_all_that_were_shown_is_landed_and_the_day_is_to_be_published(shop: Settings) -> None:
    folder = _asked(shop)
    taken = take(shop, folder, _answer(folder, "Approve"))
    assert taken.day == DAY and not taken.is_refused
    who = "ann in Airflow"
    assert _decisions(shop) == [("approve", "email", 1, who), ("approve", "email", 2, who), ("approve", "push", 2, who)]
    assert not is_asked(shop, read_question(folder), NOW)
    assert take(shop, folder, _answer(folder, "Approve")).day == DAY and len(_decisions(shop)) == 3, "a retry"


def test_an_answer_counts_for_the_newest_published_day_or_the_one_that_was_asked_about(shop: Settings) -> None:
    folder = _asked(shop)
    publish_copy(shop, NEXT)
    answer = _answer(folder, "Reject", variants=["en/push/2"], reason="dull")
    assert take(shop, folder, answer).day == NEXT
    assert _decisions(shop) == [] and len(_decisions(shop, NEXT)) == 1
    assert take(shop, folder, answer, DAY.isoformat()).day == DAY and len(_decisions(shop)) == 1


@pytest.mark.parametrize(
    ("option", "filled", "told"),
    [
        ("Reject", {}, "expected a reason"),
        ("Edit", {"edit": "en/push/2/push", "text": "Only $1"}, "price '$1'"),
        ("Edit", {"text": "Alpine Red"}, "expected a part that was shown"),
        ("Approve", {"variants": ["en/push/1"]}, "expected one of en/email/1"),
    ],
)
def test_a_refused_answer_lands_nothing_and_the_next_question_says_why(
    shop: Settings, option: str, filled: dict[str, object], told: str
) -> None:
    folder = _asked(shop)
    taken = take(shop, folder, _answer(folder, option, **filled))
    assert (taken.day, taken.is_refused) == (None, True) and told in taken.told
    again = _asked(shop)
    assert "**The last answer was refused.**" in (again / BODY).read_text()
    assert _decisions(shop) == []
    take(shop, again, _answer(again, "Reject", reason="dull"))
    assert "refused.**" not in (_asked(shop) / BODY).read_text()


def test_an_edit_that_the_facts_support_is_landed(shop: Settings) -> None:
    folder = _asked(shop)
    take(shop, folder, _answer(folder, "Edit", edit="en/push/2/push", text=" Yours: Alpine Red, $9.60 "))
    (row,) = landed_rows(shop, DECISIONS, DAY)
    assert (row["decision"], row["part"], row["text"]) == ("edit", "push", "Yours: Alpine Red, $9.60")


@pytest.mark.parametrize(("option", "who"), [(LATER, "ann in Airflow"), (LATER, None), ("Approve", None)])
def test_without_an_answer_everything_stays_proposed(shop: Settings, option: str, who: str | None) -> None:
    folder = _asked(shop)
    taken = take(shop, folder, _answer(folder, option, who=who))
    assert taken.day is None and not taken.is_refused and _decisions(shop) == []
    assert not is_asked(shop, read_question(folder), NOW), "the next publication asks again"


def test_the_plan_that_a_brief_came_from_stands_below_its_texts(shop: Settings) -> None:
    write_text(plan_file(shop, BRIEF), "**Campaign win back**")
    folder = _asked(shop)
    assert (folder / BODY).read_text().endswith("**Campaign win back**\n")
    assert (folder / SUBJECT).read_text() == f"Spring wine: 3 variants to decide on, as of {DAY}"


def test_an_id_of_a_brief_is_no_path(settings: Settings) -> None:
    for name in ("../../x", "a/b", "", "..", "x" * 5000):
        place = plan_file(settings, name).relative_to(settings.reports_dir)
        assert ".." not in place.parts and len(place.parts) == 4 and len(place.parts[-2]) < 60
