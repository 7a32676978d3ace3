"""An edit is judged as the day will judge it: by the arm's own sheet, with slots filled, beside the other variants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import SimpleNamespace

import pytest

from ml.copy.approval import edits
from ml.copy.approval.edits import findings_of
from ml.copy.approval.shown import shown_brief
from ml.settings import Settings
from ml.text.facts import Slot
from testkit.copy_published import BRIEF, publish_copy, requests

LINKS = tuple(f"https://shop.example/?utm_content={arm}" for arm in (1, 2))
LONG = "{first_product} for you. " + "Tea time. " * 13
TWIN = "Alpine Red is here for you"


@pytest.mark.parametrize(
    ("text", "published", "rules"),
    [
        (f"Alpine Red for you: {LINKS[0]}", {}, set()),
        (f"Alpine Red for you: {LINKS[1]}", {}, {"link"}),
        ("{first_product} for you.", {}, set()),
        (LONG, {}, {"length"}),
        (TWIN, {}, {"duplicate"}),
        (TWIN, {"status": "rejected"}, set()),
    ],
)
def test_an_edit_that_the_day_would_refuse_is_refused_at_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, text: str, published: Mapping[str, str], rules: set[str]
) -> None:
    publish_copy(settings, en_push_2={"push": TWIN, **published})
    asked = [
        replace(
            each,
            sheets={
                part: replace(sheet, links=LINKS, slots=(Slot("first_product"),)) for part, sheet in each.sheets.items()
            },
        )
        for each in requests()
    ]
    monkeypatch.setattr(edits, "requested_of", lambda *_: SimpleNamespace(requests=asked, catalogue=None))
    brief = shown_brief(settings, BRIEF)
    assert {each.rule for each in findings_of(settings, brief, brief.variant("en/push/1"), "push", text)} == rules
