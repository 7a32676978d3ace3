"""The JSON object of an answer is found whatever stands around it."""

from __future__ import annotations

import time

import pytest

from ml.text.json_answers import json_object


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}',
        ' \n{"a": 1}\n',
        'Here you are:\n```json\n{"a": 1}\n```\nAnything else?',
        '<think>{"a": 2} would be wrong</think>{"a": 1}',
        '<THINKING>{"a": 2}<think>{"a": 3}</thinking>{"a": 1}<think>{"a": 4}</think>',
        '</think>{"a": 2}<think>{"a": 1}',
        'A draft: {"a": 3}. Better: {"a": 1}',
        'Braces {like these} and {"a": 1}',
    ],
)
def test_the_object_is_found(text: str) -> None:
    assert json_object(text) == {"a": 1}


@pytest.mark.parametrize("text", ["", "no", "[1, 2]", '{"a": ', "{" * 100_000, '{"a": 1' * 1000])
def test_there_is_none_in_what_holds_none(text: str) -> None:
    assert json_object(text) is None


def test_reasoning_that_never_ends_is_read_once_however_often_it_begins() -> None:
    text = "<think>" * 100_000
    begun = time.process_time()
    assert json_object(text + '{"a": 1}') == {"a": 1}
    assert time.process_time() - begun < 2, "quadratic, it took minutes"
