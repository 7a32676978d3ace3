"""Texts that others write, in a shop's names and in questions: none changes what is understood or what is run."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ml.assistant.questions.catalogue import LONGEST, Catalogue
from ml.assistant.questions.matching import Match, matched
from ml.assistant.questions.terms import Kind
from ml.assistant.questions.tokens import key_of
from tests.assistant.questions.test_hundred import QUESTIONS

PAYLOADS: list[str] = [
    each["text"]
    for each in yaml.safe_load(
        (Path(__file__).parents[2] / "text" / "validation" / "injections.yaml").read_text(encoding="utf-8")
    )
]
NAMED = (Kind.CATEGORY, Kind.ITEM, Kind.AUDIENCE, Kind.SEGMENT, Kind.TAG)


@pytest.fixture(scope="module")
def poisoned(catalogue: Catalogue) -> Catalogue:
    """The shop's names, and every payload as the name of a thing of each kind."""
    names = {key_of(text): (text,) for text in PAYLOADS if 0 < len(key_of(text)) <= LONGEST}
    words = catalogue.words | {word for key in names for word in key}
    return Catalogue({**catalogue.names, **{kind: {**names, **catalogue.names[kind]} for kind in NAMED}}, words)


def test_no_payload_in_a_name_changes_how_a_question_is_understood(catalogue: Catalogue, poisoned: Catalogue) -> None:
    assert len(PAYLOADS) == 300
    assert len(poisoned.names[Kind.ITEM]) > len(catalogue.names[Kind.ITEM]) + 100
    changed = [each["ask"] for each in QUESTIONS if matched(each["ask"], poisoned) != matched(each["ask"], catalogue)]
    assert changed == []


def test_no_payload_is_answered_as_a_question_alone_or_behind_one(catalogue: Catalogue) -> None:
    asked = [*PAYLOADS, *(f"How many shoppers are at risk? {text}" for text in PAYLOADS)]
    assert [text for text in asked if isinstance(matched(text, catalogue), Match)] == []
