"""A decision is bound to the texts that were seen, checked at once, landed once; a retry changes nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from ml.copy.approval import edits
from ml.copy.approval.decisions import Decider, Decision, Verb, decide
from ml.copy.approval.shown import shown_brief
from ml.copy.landing_rows import DECISIONS
from ml.errors import DecisionRefused
from ml.landing.check import check
from ml.settings import Settings
from testkit.copy_published import BRIEF, DAY, decide_seen, publish_copy, requests

NOW = datetime(2026, 3, 2, 9, 30, 0, 5, tzinfo=UTC)
ANN = Decider("ann", NOW)


@pytest.fixture
def shop(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    publish_copy(settings)
    asked = SimpleNamespace(requests=requests(), catalogue=None)
    monkeypatch.setattr(edits, "requested_of", lambda *_: asked)
    return settings


def _files(settings: Settings) -> list[Path]:
    return sorted((settings.landing_dir / DECISIONS / f"dt={DAY}").glob("*"))


def _rows(settings: Settings) -> list[dict[str, object]]:
    return [json.loads(line) for file in _files(settings) for line in file.read_text().splitlines()]


def _approve(variant: str = "en/email/1", **more: str) -> Decision:
    return Decision(BRIEF, variant, Verb.APPROVE, **more)  # type: ignore[arg-type]


def test_a_decision_is_a_row_of_the_contract_bound_to_the_texts_that_were_seen(shop: Settings) -> None:
    shown = shown_brief(shop, BRIEF).variant("en/email/1")
    landed = decide_seen(shop, DAY, [_approve(reason="fits")], ANN)
    (row,) = _rows(shop)
    assert landed.file in _files(shop) and landed.decisions == 1
    assert row | {"decision_id": ""} == {
        "decision_id": "", "brief_id": BRIEF, "language": "en", "channel": "email", "arm": 1, "decision": "approve",
        "variant_hash": shown.variant_hash, "reason": "fits", "who": "ann", "decided_at": "2026-03-02T09:30:00.000005Z",
    }  # fmt: skip
    edit = Decision(BRIEF, "en/push/2", Verb.EDIT, part="push", text="Alpine Red for you")
    decide_seen(shop, DAY, [edit, Decision(BRIEF, "en/push/1", Verb.REJECT, "dull")], ANN)
    report = check(shop.landing_dir, shop)
    assert not report.faults and len(_rows(shop)) == 3


def test_a_retry_lands_nothing_twice_even_after_a_later_decision(shop: Settings) -> None:
    first = [_approve(), _approve("en/push/1")]
    decide_seen(shop, DAY, first, ANN)
    later = Decider("bob", NOW + timedelta(hours=1))
    decide_seen(shop, DAY, [Decision(BRIEF, "en/email/1", Verb.REJECT, "too dear")], later)
    before = _rows(shop)
    assert len(before) == 3
    assert decide_seen(shop, DAY, first, ANN).file is None
    assert decide_seen(shop, DAY, [_approve("en/push/1")], later).file is None, "it says what was decided last"
    assert _rows(shop) == before
    assert decide_seen(shop, DAY, [_approve()], Decider("ann", NOW + timedelta(hours=2))).decisions == 1, (
        "approved anew"
    )


def test_texts_that_changed_since_they_were_shown_are_not_decided_on(shop: Settings) -> None:
    with pytest.raises(DecisionRefused, match=r"the texts that were shown; found others.*shelduck copy show"):
        decide_seen(shop, DAY, [_approve(), _approve("en/push/1", variant_hash="seen before")], ANN)
    with pytest.raises(DecisionRefused, match="the texts that were shown; found none were named"):
        decide(shop, DAY, [_approve()], ANN)
    assert _files(shop) == [], "all or none"


def test_an_edit_is_refused_with_its_findings_before_anything_is_landed(shop: Settings) -> None:
    lie = Decision(BRIEF, "en/push/1", Verb.EDIT, part="push", text="Alpine Red for $5, 20% off")
    with pytest.raises(DecisionRefused, match=r"price '\$5' \(allowed: .*9\.60") as refused:
        decide_seen(shop, DAY, [_approve(), lie], ANN)
    assert "discount '20%'" in str(refused.value) and _files(shop) == []


@pytest.mark.parametrize(
    ("decision", "told"),
    [
        (Decision(BRIEF, "en/email/1", Verb.REJECT, "  "), "expected a reason"),
        (Decision(BRIEF, "en/sms/1", Verb.APPROVE), "expected one of en/email/1, en/email/2, en/push/1, en/push/2"),
        (Decision(BRIEF, "en/push/1", Verb.EDIT, part="email_body", text="Hello"), "expected one of its parts push"),
        (Decision("no such brief", "en/push/1", Verb.APPROVE), f"expected one of {BRIEF}"),
    ],
)
def test_what_cannot_be_decided_is_told_with_what_can(shop: Settings, decision: Decision, told: str) -> None:
    with pytest.raises(DecisionRefused) as refused:
        decide_seen(shop, DAY, [decision], ANN)
    assert told in str(refused.value) and _files(shop) == []
