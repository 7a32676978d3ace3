"""docs/conditions.md shows conditions that can be written, and every function."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ml.audiences.conditions.calls import EXAMPLES
from ml.audiences.conditions.parsing import parse
from ml.audiences.conditions.terms import MEASURES, Function
from ml.audiences.conditions.vocabulary import Vocabulary, columns_of
from ml.audiences.shoppers import known_columns
from ml.words import Words

_DOCS = (Path(__file__).parents[3] / "docs" / "conditions.md").read_text(encoding="utf-8")
_LANGUAGE = _DOCS.partition("## What is refused")[0]
_ROWS = [row for row in re.findall(r"^\| `([^`]+)` \|", _LANGUAGE, re.MULTILINE) if "…" not in row]


def _named(*names: str) -> dict[str, Words]:
    return {name: Words(name, name) for name in names}


_VOCABULARY = Vocabulary(
    columns_of(known_columns().values()),
    tags=_named("wine"),
    segments=_named("s1"),
    rfm_classes=_named("champions"),
    stages=_named("at_risk"),
    placements=_named("for_you"),
)


@pytest.mark.parametrize("text", _ROWS)
def test_a_documented_condition_can_be_written(text: str) -> None:
    assert parse(text, _VOCABULARY).notes == ()


def test_every_function_is_documented_and_has_an_example_that_can_be_written() -> None:
    assert {row.partition("(")[0] for row in _ROWS} >= {function.value for function in Function}
    for function, example in EXAMPLES.items():
        parse(f"{example} > 0" if function in MEASURES else example, _VOCABULARY)
    assert set(EXAMPLES) == set(Function)
