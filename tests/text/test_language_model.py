"""A server is asked as it understands it; whatever it does ends in an answer or in a reason that repeats nothing."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator

import pytest

from ml.text.language_model import Answer, LanguageModel, NoAnswer, Server
from testkit.language_model import KEY, StandIn, running

QUESTION = (
    {"role": "system", "content": "Write."},
    {"role": "user", "content": 'Write 1 variants\n- push: short\n<facts>{"products": [{"names": ["Tea"]}]}</facts>'},
)
SCHEMA = {"type": "object", "properties": {"variants": {"type": "array"}}}


@pytest.fixture(scope="module")
def server() -> Iterator[StandIn]:
    """One server for all tests; each sets its mode."""
    with running() as stand_in:
        yield stand_in


def _ask(server: StandIn, mode: str, *, timeout: float = 5, delay: float = 0) -> Answer:
    server.mode, server.delay = mode, delay
    server.asked.clear(), server.keys.clear()
    with LanguageModel(Server(server.address, "tiny", KEY, timeout)) as model:
        return model.ask(QUESTION, SCHEMA, 77)


def test_the_question_names_model_limit_and_schema_and_carries_the_key(server: StandIn) -> None:
    answer = _ask(server, "true")
    (asked,) = server.asked
    assert (asked["model"], asked["max_tokens"], asked["messages"]) == ("tiny", 77, list(QUESTION))
    assert asked["response_format"]["json_schema"]["schema"] == SCHEMA
    assert server.keys == [f"Bearer {KEY}"]
    assert "Meet Tea." in answer.content and (answer.prompt_tokens, answer.completion_tokens) == (400, 150)


@pytest.mark.parametrize(("mode", "questions"), [("without_schema", 3), ("text_only", 4)])
def test_a_server_that_takes_no_schema_is_asked_in_words_and_remembered(
    server: StandIn, mode: str, questions: int
) -> None:
    server.mode = mode
    server.asked.clear()
    with LanguageModel(Server(server.address, "tiny")) as model:
        assert "Tea" in model.ask(QUESTION, SCHEMA, 77).content
        assert len(server.asked) == questions
        model.ask(QUESTION, SCHEMA, 77)
    assert len(server.asked) == questions + 1
    assert all(each["messages"] == list(QUESTION) for each in server.asked)


@pytest.mark.parametrize(
    ("mode", "reason", "passing", "final"),
    [
        ("busy", "refused with status 429", True, False),
        ("failing", "refused with status 500", True, False),
        ("unauthorised", "refused with status 401: check SHELDUCK_LLM_API_KEY", False, True),
        ("no_such_model", "refused with status 404: check SHELDUCK_LLM_URL and SHELDUCK_LLM_MODEL", False, True),
        ("refusing_all", "refused with status 400", False, False),
        ("moved", "refused with status 301", False, True),
        ("no_completion", "an answer that is no chat completion", True, False),
        ("declining", "the model declined to write", False, False),
        ("endless", "an answer of more than 1,000,000 bytes", False, False),
    ],
)
def test_every_failure_has_its_reason(
    server: StandIn, caplog: pytest.LogCaptureFixture, mode: str, reason: str, passing: bool, final: bool
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(NoAnswer) as failed:
        _ask(server, mode)
    assert (failed.value.reason, failed.value.is_passing, failed.value.is_final) == (reason, passing, final)
    assert failed.value.wait == (7 if mode == "busy" else 0)
    assert KEY not in str(failed.value) + caplog.text and server.address not in caplog.text
    assert failed.value.__cause__ is None, "what a library says may hold the address or the answer"


@pytest.mark.parametrize(("mode", "delay"), [("slow", 5.0), ("dripping", 0.02)])
def test_a_silent_server_and_one_that_drips_are_left_in_time(server: StandIn, mode: str, delay: float) -> None:
    started = time.monotonic()
    with pytest.raises(NoAnswer, match=r"time-out after 0\.3 s") as failed:
        _ask(server, mode, timeout=0.3, delay=delay)
    assert failed.value.is_passing and failed.value.may_cost
    assert time.monotonic() - started < 4


def test_a_server_that_is_not_there_is_told_so() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with LanguageModel(Server(address, "tiny")) as model, pytest.raises(NoAnswer, match="no connection") as failed:
        model.ask(QUESTION, SCHEMA, 77)
    assert failed.value.is_passing and not failed.value.may_cost


@pytest.mark.parametrize("end", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
def test_an_address_is_taken_with_and_without_its_path(server: StandIn, end: str) -> None:
    server.mode = "true"
    with LanguageModel(Server(server.address.removesuffix("/v1") + end, "tiny")) as model:
        assert model.ask(QUESTION, SCHEMA, 77).content


def test_a_server_shows_neither_address_nor_key() -> None:
    assert "s3cret" not in repr(Server("https://me:s3cret@models.example", "tiny", "s3cret"))
