"""The questions of ``further.yaml``: none is answered that asks something else, most of the others are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ml.assistant.questions.catalogue import Catalogue
from ml.assistant.questions.matching import Declined, Match, matched

FURTHER: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("further.yaml").read_text(encoding="utf-8"))


def test_a_question_that_comes_close_but_asks_something_else_is_declined(catalogue: Catalogue) -> None:
    close = [each["ask"] for each in FURTHER if "decline" in each]
    assert len(close) == 89
    assert [ask for ask in close if isinstance(matched(ask, catalogue), Match)] == []


def test_other_words_lead_to_the_same_query_and_never_to_another(catalogue: Catalogue) -> None:
    right, wrong = 0, []
    for each in (each for each in FURTHER if "query" in each):
        found = matched(each["ask"], catalogue)
        if isinstance(found, Declined):
            continue
        values = {kind.value: value for kind, value in found.values.items()}
        is_right = found.query.name == each["query"] and each.get("values", {}).items() <= values.items()
        right, wrong = right + is_right, wrong if is_right else [*wrong, each["ask"]]
    assert wrong == [] and right >= 35
