"""``shelduck copy``: shows what waits with its facts, lands what a person decides, says what publishes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from ml.copy.approval import edits
from ml.copy.approval.shown import shown_brief
from ml.copy.landing_rows import DECISIONS, landed_rows
from ml.owners import operator
from ml.settings import Settings
from testkit.copy_published import BRIEF, DAY, publish_copy, requests
from tests.typed import Answer, type_command

Type = Callable[..., Answer]
PUBLISHES = f"Run: shelduck run --as-of {DAY} --capability copy"


@pytest.fixture
def types(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """``types("copy", …)`` in a home with a published brief."""
    monkeypatch.setenv("SHELDUCK_HOME", str(settings.home))
    monkeypatch.setenv("COLUMNS", "200")
    publish_copy(settings, en_push_1={"status": "approved", "decided_by": "ann"})
    monkeypatch.setattr(edits, "requested_of", lambda *_: SimpleNamespace(requests=requests(), catalogue=None))
    return lambda *words: type_command(capsys, *words)


def _landed(settings: Settings) -> list[tuple[object, ...]]:
    rows = landed_rows(settings, DECISIONS, DAY)
    return sorted((row["decision"], row["channel"], row["arm"], row["who"]) for row in rows)


def test_briefs_and_variants_are_shown_with_what_waits(types: Type) -> None:
    listed = types("copy", "list").output
    assert f"briefs as of {DAY}" in listed and [line.split() for line in listed.splitlines() if BRIEF in line] == [
        [BRIEF, "wine_lovers", "4", "1", "3"]
    ]
    shown = types("copy", "show", BRIEF).output
    assert "3 proposed, 1 approved, 0 rejected" in shown and re.search(r"en/push/1@\w{6} · approved by ann", shown)
    assert "Alpine Red costs $9.60." in shown and "dim_item.price" in shown
    assert f"Decide: shelduck copy approve {BRIEF} en/email/1@" in shown


def _seen(settings: Settings, name: str) -> str:
    """A variant as ``show`` names it."""
    return shown_brief(settings, BRIEF).variant(name).seen


def test_an_approval_takes_the_texts_that_were_shown(types: Type, settings: Settings) -> None:
    seen, other = (_seen(settings, f"en/email/{arm}") for arm in (2, 1))
    assert seen in types("copy", "show", BRIEF).output
    answer = types("copy", "approve", BRIEF, seen, "--why", "short")
    assert "1 decision landed" in answer.output and PUBLISHES in answer.output
    assert _landed(settings) == [("approve", "email", 2, operator())]
    assert "landed before" in types("copy", "approve", BRIEF, seen).output
    assert "1 decision landed" in types("copy", "approve", BRIEF, other, seen).output
    assert [arm for _, _, arm, _ in _landed(settings)] == [1, 2]


@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_texts_that_nobody_saw_are_not_decided_on(types: Type, settings: Settings, verb: str) -> None:
    seen = _seen(settings, "en/email/2")
    publish_copy(
        settings, en_email_2={"email_subject": "Alpine Red, yours for $9.60"}, en_push_1={"status": "rejected"}
    )
    for named in ([], ["en/email/2"], ["en/email/2@"], [seen], [_seen(settings, "en/email/1"), seen]):
        refused = types("copy", verb, BRIEF, *named, "--why", "good")
        assert refused.code == 1 and "the hash of the texts that you read" in " ".join(refused.errors.split())
    assert types("copy", "edit", BRIEF, f"{seen}/email_subject", "Alpine Red").code == 1
    assert _landed(settings) == []
    assert types("copy", verb, BRIEF, _seen(settings, "en/email/2"), "--why", "good").code == 0


def test_an_edit_is_checked_and_a_rejection_needs_its_reason(types: Type, settings: Settings) -> None:
    push = _seen(settings, "en/push/2")
    lie = types("copy", "edit", BRIEF, f"{push}/push", "Now $5")
    assert lie.code == 1 and "price '$5'" in lie.errors
    bare = types("copy", "reject", BRIEF, push)
    assert bare.code == 1 and "expected a reason" in bare.errors and _landed(settings) == []
    assert PUBLISHES in types("copy", "edit", BRIEF, f"{push}/push", "Yours: Alpine Red").output
    assert PUBLISHES in types("copy", "reject", BRIEF, push, "--why", "dull").output
    assert [row[0] for row in _landed(settings)] == ["edit", "reject"]


def test_what_is_not_there_is_answered_with_what_is(types: Type) -> None:
    assert f"expected one of {BRIEF}" in types("copy", "show", "autumn").errors
    told = " ".join(types("copy", "approve", BRIEF, "en/sms/1").errors.split())
    assert "expected one of en/email/1, en/email/2, en/push/1" in told
    assert "expected a published version" in types("copy", "list", "--as-of", "2020-01-01").errors
